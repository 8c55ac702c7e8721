//! What may be asked of a made-up trace: one list of keys, from which the command's options, their help and the reading
//! of `gen:requests=1e6,rate=5000` are derived.

/// When requests arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// At equal distances.
    Even,
    /// Independently of each other.
    Poisson,
}

/// How long backends take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Service {
    /// The trace does not say.
    Unknown,
    /// Always as long (seconds).
    Constant(f64),
    /// Distributed exponentially around a mean (seconds).
    Exponential(f64),
}

/// A made-up trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How many requests.
    pub requests: u64,
    /// How many a second.
    pub rate: f64,
    /// When they arrive.
    pub arrival: Arrival,
    /// Seconds of a day, over which the rate swells and falls.
    pub day: f64,
    /// By how much of the rate it does.
    pub amplitude: f64,
    /// How many clients, behind NAT not counted.
    pub clients: u32,
    /// Zipf's exponent over the clients; 0: all alike.
    pub zipf: f64,
    /// Share of the requests that come from behind NAT.
    pub nat: f64,
    /// Addresses of NAT.
    pub nats: u32,
    /// Browsers that keep cookies; 0: none.
    pub sessions: u32,
    /// Names of hosts.
    pub hosts: u32,
    /// Targets.
    pub uris: u32,
    /// Values of the header `x-key`; 0: no such header.
    pub keys: u32,
    /// Zipf's exponent over targets and keys.
    pub key_zipf: f64,
    /// Share of POST among the methods.
    pub post: f64,
    /// How long backends take.
    pub service: Service,
    /// What chance begins with.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            requests: 100_000,
            rate: 1000.0,
            arrival: Arrival::Poisson,
            day: 86_400.0,
            amplitude: 0.0,
            clients: 1000,
            zipf: 0.0,
            nat: 0.0,
            nats: 1,
            sessions: 0,
            hosts: 1,
            uris: 100,
            keys: 0,
            key_zipf: 0.0,
            post: 0.0,
            service: Service::Unknown,
            seed: 0,
        }
    }
}

/// A key of a made-up trace.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// How its value is called.
    pub value: &'static str,
    /// What it is, for people.
    pub help: &'static str,
    /// What it has to be, for people.
    kind: &'static str,
    set: fn(&mut Options, &str) -> Option<()>,
    get: fn(&Options) -> String,
}

const fn key(
    name: &'static str,
    (value, kind): (&'static str, &'static str),
    help: &'static str,
    set: fn(&mut Options, &str) -> Option<()>,
    get: fn(&Options) -> String,
) -> Key {
    Key { name, value, help, kind, set, get }
}

const COUNT: (&str, &str) = ("N", "a whole number from 1");
const COUNT_OR_NONE: (&str, &str) = ("N", "a whole number");
const CLIENTS: (&str, &str) = ("N", "a whole number from 1 to 16777216");
const POSITIVE: (&str, &str) = ("R", "a number above 0");
const EXPONENT: (&str, &str) = ("S", "a number from 0 to 10");
const SHARE: (&str, &str) = ("SHARE", "a share from 0 to 1");

/// The keys, in the order of their help.
pub const KEYS: &[Key] = &[
    key("requests", COUNT, "How many requests", |o, t| whole(&mut o.requests, t, 1), |o| o.requests.to_string()),
    key("rate", POSITIVE, "How many a second", |o, t| real(&mut o.rate, t, 1e-6, 1e9), |o| o.rate.to_string()),
    key("arrival", ("HOW", "\"even\" or \"poisson\""), "When they arrive: even or poisson", arrival, |o| {
        if o.arrival == Arrival::Even { "even" } else { "poisson" }.to_owned()
    }),
    key(
        "day",
        ("SECONDS", "a number from 1"),
        "The length of a day, over which the rate swells and falls",
        |o, t| real(&mut o.day, t, 1.0, 1e9),
        |o| o.day.to_string(),
    ),
    key(
        "amplitude",
        ("SHARE", "a share from 0 to 0.99"),
        "By how much of the rate it does so; the trace begins where it is lowest",
        |o, t| real(&mut o.amplitude, t, 0.0, 0.99),
        |o| o.amplitude.to_string(),
    ),
    key("clients", CLIENTS, "How many clients", clients, |o| o.clients.to_string()),
    key(
        "zipf",
        EXPONENT,
        "How unevenly the clients ask: Zipf's exponent, 0 for all alike",
        |o, t| real(&mut o.zipf, t, 0.0, 10.0),
        |o| o.zipf.to_string(),
    ),
    key(
        "nat",
        SHARE,
        "The share of requests from behind NAT",
        |o, t| real(&mut o.nat, t, 0.0, 1.0),
        |o| o.nat.to_string(),
    ),
    key(
        "nats",
        ("N", "a whole number from 1 to 131072"),
        "How many addresses those come from",
        |o, t| whole(&mut o.nats, t, 1).filter(|()| o.nats <= 1 << 17),
        |o| o.nats.to_string(),
    ),
    key(
        "sessions",
        COUNT_OR_NONE,
        "How many browsers that keep their cookies; 0 for none",
        |o, t| whole(&mut o.sessions, t, 0),
        |o| o.sessions.to_string(),
    ),
    key("hosts", COUNT, "How many names of hosts", |o, t| whole(&mut o.hosts, t, 1), |o| o.hosts.to_string()),
    key("uris", COUNT, "How many targets", |o, t| whole(&mut o.uris, t, 1), |o| o.uris.to_string()),
    key(
        "keys",
        COUNT_OR_NONE,
        "How many values of the header x-key; 0 for no such header",
        |o, t| whole(&mut o.keys, t, 0),
        |o| o.keys.to_string(),
    ),
    key(
        "key-zipf",
        EXPONENT,
        "How unevenly targets and keys are asked for",
        |o, t| real(&mut o.key_zipf, t, 0.0, 10.0),
        |o| o.key_zipf.to_string(),
    ),
    key("post", SHARE, "The share of POST", |o, t| real(&mut o.post, t, 0.0, 1.0), |o| o.post.to_string()),
    key(
        "service",
        ("SECONDS", "seconds, or exp: and their mean"),
        "How long backends take: seconds, or exp:MEAN for times distributed exponentially",
        service,
        |o| match o.service {
            Service::Unknown => String::new(),
            Service::Constant(seconds) => seconds.to_string(),
            Service::Exponential(mean) => format!("exp:{mean}"),
        },
    ),
    key("seed", COUNT_OR_NONE, "What chance begins with", |o, t| whole(&mut o.seed, t, 0), |o| o.seed.to_string()),
];

/// A whole number, also as `1e6`.
fn whole<T: TryFrom<u64>>(place: &mut T, text: &str, least: u64) -> Option<()> {
    let floating = || text.parse().ok().filter(|n: &f64| n.fract() == 0.0 && (0.0..1e18).contains(n)).map(|n| n as u64);
    let number: u64 = text.parse().ok().or_else(floating)?;
    *place = T::try_from(number).ok().filter(|_| number >= least)?;
    Some(())
}

fn real(place: &mut f64, text: &str, least: f64, most: f64) -> Option<()> {
    *place = text.parse().ok().filter(|number| (least..=most).contains(number))?;
    Some(())
}

fn clients(options: &mut Options, text: &str) -> Option<()> {
    whole(&mut options.clients, text, 1).filter(|()| options.clients <= 1 << 24)
}

fn arrival(options: &mut Options, text: &str) -> Option<()> {
    options.arrival = match text {
        "even" => Arrival::Even,
        "poisson" => Arrival::Poisson,
        _ => return None,
    };
    Some(())
}

fn service(options: &mut Options, text: &str) -> Option<()> {
    let mut seconds = 0.0;
    let mean = text.strip_prefix("exp:");
    real(&mut seconds, mean.unwrap_or(text), 0.0, 1e6)?;
    options.service = if mean.is_some() { Service::Exponential(seconds) } else { Service::Constant(seconds) };
    Some(())
}

impl Key {
    /// What it is where it is not given; empty: nothing.
    #[must_use]
    pub fn default(&self) -> String {
        (self.get)(&Options::default())
    }

    /// Reads a value.
    ///
    /// # Errors
    /// What it has to be, in words that name the key.
    pub fn set(&self, options: &mut Options, text: &str) -> Result<(), String> {
        (self.set)(options, text).ok_or_else(|| format!("\"{}\" has to be {}, not \"{text}\"", self.name, self.kind))
    }
}

impl Options {
    /// Reads `requests=1e6,rate=5000`; what is not named is as by default.
    ///
    /// # Errors
    /// What is wrong, in words that name the key.
    pub fn read(text: &str) -> Result<Options, String> {
        let mut options = Options::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("\"{part}\" is not KEY=VALUE"))?;
            let Some(key) = KEYS.iter().find(|key| key.name == name.trim()) else {
                let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
                return Err(format!("unknown key \"{}\"; known are {}", name.trim(), known.join(", ")));
            };
            key.set(&mut options, value.trim())?;
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Options, &str>) {
        assert_eq!(Options::read(text), expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn keys_and_values() {
        let some = Options { requests: 1_000_000, rate: 0.5, clients: 7, ..Options::default() };
        check("", Ok(Options::default()));
        check("requests=1e6, rate=0.5,clients=7,", Ok(some));
        check("service=exp:0.1", Ok(Options { service: Service::Exponential(0.1), ..Options::default() }));
        check(
            "service=2,arrival=even",
            Ok(Options { service: Service::Constant(2.0), arrival: Arrival::Even, ..Options::default() }),
        );
        check("rate", Err("\"rate\" is not KEY=VALUE"));
        check("rate=-1", Err("\"rate\" has to be a number above 0, not \"-1\""));
        check("rate=nan", Err("\"rate\" has to be a number above 0, not \"nan\""));
        check("requests=1.5", Err("\"requests\" has to be a whole number from 1, not \"1.5\""));
        check("clients=2e7", Err("\"clients\" has to be a whole number from 1 to 16777216, not \"2e7\""));
        let unknown = Options::read("colour=red").unwrap_err();
        assert!(unknown.starts_with("unknown key \"colour\"; known are requests, rate, "), "{unknown}");
    }

    #[test]
    fn defaults_are_read_as_themselves() {
        for key in KEYS.iter().filter(|key| !key.default().is_empty()) {
            let mut options = Options::default();
            key.set(&mut options, &key.default()).unwrap();
            assert_eq!(options, Options::default(), "{}", key.name);
        }
    }
}
