//! Made-up traces: clients, targets and arrivals drawn by chance that is the same everywhere.
//!
//! `ChaCha8` gives the numbers, `rand_distr` (on `libm`, not on the machine's own functions) the distributions: Zipf's
//! by rejection, the exponential by ziggurat.

mod options;
mod texts;

pub use options::{Arrival, KEYS, Key, Options, Service};

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Exp1, Zipf};

use self::texts::{Numbered, Texts};
use super::{Batch, Header, Id, Record, Slice, Source};
use crate::balance::Millis;

/// Requests of a batch: as many as stay in a processor's cache.
const BATCH: u64 = 2048;

/// One of several, evenly or by Zipf's law.
#[derive(Debug)]
enum Choice {
    Even(u32),
    Zipf(Zipf<f64>),
}

impl Choice {
    fn new(count: u32, exponent: f64) -> Choice {
        match Zipf::new(f64::from(count), exponent) {
            Ok(zipf) if exponent > 0.0 && count > 1 => Choice::Zipf(zipf),
            _ => Choice::Even(count),
        }
    }

    /// From 0.
    fn draw(&self, chance: &mut ChaCha8Rng) -> u32 {
        match self {
            Choice::Even(0 | 1) => 0,
            Choice::Even(count) => ((u64::from(chance.next_u32()) * u64::from(*count)) >> 32) as u32,
            Choice::Zipf(zipf) => chance.sample(zipf) as u32 - 1,
        }
    }
}

/// Something that happens with a probability.
fn happens(share: f64, chance: &mut ChaCha8Rng) -> bool {
    share > 0.0 && f64::from(chance.next_u32()) < share * 4_294_967_296.0
}

/// Makes requests up.
#[derive(Debug)]
pub struct Generator {
    options: Options,
    chance: ChaCha8Rng,
    client: Choice,
    uri: Choice,
    key: Choice,
    texts: Texts,
    clock: Clock,
    /// Requests made.
    made: u64,
}

impl Generator {
    /// Makes up what is asked for.
    #[must_use]
    pub fn new(options: Options) -> Generator {
        Generator {
            chance: ChaCha8Rng::seed_from_u64(options.seed),
            client: Choice::new(options.clients, options.zipf),
            uri: Choice::new(options.uris, options.key_zipf),
            key: Choice::new(options.keys, options.key_zipf),
            texts: Texts::new(&options),
            clock: Clock::new(&options),
            made: 0,
            options,
        }
    }

    /// Names of the headers that its requests have.
    #[must_use]
    pub fn headers(&self) -> &'static [&'static str] {
        if self.options.keys > 0 { &[texts::KEY] } else { &[] }
    }

    /// How many requests it makes in all.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.options.requests
    }

    fn record(&mut self, batch: &mut Batch) -> Record {
        let chance = &mut self.chance;
        let time = self.clock.next(chance);
        let method = if happens(self.options.post, chance) { self.texts.post } else { self.texts.get };
        let uri = self.texts.uris.text(self.uri.draw(chance), batch);
        let mut record = Record::new(0, method, uri);
        record.id = Id::Number(self.made);
        record.time = time;
        let own = self.client.draw(chance);
        let behind = happens(self.options.nat, chance);
        record.client = Some(IpAddr::V4(if behind { nat(own % self.options.nats) } else { address(own) }));
        if self.options.sessions > 0 {
            record.session = Some(self.session(own, behind, batch));
        }
        let chance = &mut self.chance;
        record.host = self.texts.hosts.text(Choice::Even(self.options.hosts).draw(chance), batch);
        record.headers.start = batch.headers.len() as u32;
        if self.options.keys > 0 {
            let value = self.texts.keys.text(self.key.draw(chance), batch);
            batch.headers.push(Header { name: self.texts.key, value });
        }
        record.headers.end = batch.headers.len() as u32;
        record.service = match self.options.service {
            Service::Unknown => None,
            Service::Constant(seconds) => Some(milliseconds(seconds).0),
            Service::Exponential(mean) => Some(milliseconds(mean * chance.sample::<f64, _>(Exp1)).0),
        };
        record
    }

    /// A client has several browsers where there are more of them than clients, and always its own.
    fn session(&mut self, client: u32, behind: bool, batch: &mut Batch) -> Slice {
        let Options { clients, sessions, .. } = self.options;
        let browser = Choice::Even((sessions / clients).max(1)).draw(&mut self.chance);
        let number = (u64::from(client) + u64::from(clients) * u64::from(browser)) % u64::from(sessions);
        let first = if behind { "n" } else { "s" };
        Numbered::write(first, number as u32, "", batch)
    }
}

impl Source for Generator {
    fn next(&mut self, batch: &mut Batch) -> io::Result<bool> {
        batch.clear();
        self.texts.begin(batch);
        let count = BATCH.min(self.options.requests - self.made);
        for _ in 0..count {
            let record = self.record(batch);
            batch.records.push(record);
            self.made += 1;
        }
        Ok(count > 0)
    }
}

/// An address of its own for each of the first 2^24 numbers, spread over many networks.
fn address(number: u32) -> Ipv4Addr {
    // An odd factor permutes the numbers of 24 bits; those and the first octet have nothing to do with each other.
    let low = number.wrapping_mul(0x9e_3779) & 0xff_ffff;
    let first = 11 + (number.wrapping_mul(0x85eb_ca6b) >> 26);
    Ipv4Addr::from(first << 24 | low)
}

/// Of the addresses that are set aside for measurements, 198.18.0.0/15.
fn nat(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number)
}

fn milliseconds(seconds: f64) -> Millis {
    Millis((seconds * 1000.0 + 0.5) as u64)
}

/// When requests arrive.
#[derive(Debug)]
struct Clock {
    arrival: Arrival,
    rate: f64,
    day: f64,
    amplitude: f64,
    /// Mean distances passed, while the rate is always the same: a sum of small times would grow inexact.
    passed: f64,
    /// The time, in seconds.
    time: f64,
    /// Until when the mean distance is valid.
    until: f64,
    /// The mean distance, in seconds.
    distance: f64,
}

impl Clock {
    fn new(options: &Options) -> Clock {
        let Options { arrival, rate, day, amplitude, .. } = *options;
        Clock { arrival, rate, day, amplitude, passed: 0.0, time: 0.0, until: 0.0, distance: 1.0 / rate }
    }

    fn next(&mut self, chance: &mut ChaCha8Rng) -> Millis {
        let step = match self.arrival {
            Arrival::Even => 1.0,
            Arrival::Poisson => chance.sample(Exp1),
        };
        if self.amplitude > 0.0 {
            if self.time >= self.until {
                self.until = self.time + self.day / 10_000.0;
                self.distance = 1.0 / (self.rate * (1.0 + self.amplitude * wave(self.time / self.day)));
            }
            self.time += step * self.distance;
        } else {
            self.passed += step;
            self.time = self.passed * self.distance;
        }
        milliseconds(self.time)
    }
}

/// A day's course from -1 at its beginning to 1 at its half and back: of two parabolas, which are near a sine and, other
/// than that, the same on all machines.
fn wave(days: f64) -> f64 {
    let phase = (days + 0.75).fract();
    if phase < 0.5 { 16.0 * phase * (0.5 - phase) } else { 16.0 * (phase - 0.5) * (phase - 1.0) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn requests(options: &str) -> (Vec<Record>, Vec<String>) {
        let mut generator = Generator::new(Options::read(options).unwrap());
        let (mut records, mut sessions, mut batch) = (Vec::new(), Vec::new(), Batch::default());
        while generator.next(&mut batch).unwrap() {
            let text = |slice| String::from_utf8_lossy(batch.get(slice)).into_owned();
            sessions.extend(batch.records.iter().filter_map(|record| record.session).map(text));
            records.append(&mut batch.records);
        }
        (records, sessions)
    }

    #[test]
    fn arrivals() {
        let even = requests("requests=5000,rate=100,arrival=even").0;
        assert!(even.iter().zip(1..).all(|(record, number)| record.time == Millis(number * 10)));
        let poisson = requests("requests=50000,rate=100").0;
        let last = poisson.last().unwrap().time.0;
        assert!((490_000..510_000).contains(&last) && poisson.is_sorted_by_key(|record| record.time), "{last}");
        let days = requests("requests=200000,rate=100,day=1000,amplitude=0.9").0;
        let within = |from, to| days.iter().filter(|record| (from..to).contains(&record.time.0)).count();
        let (night, noon) = (within(0, 100_000), within(450_000, 550_000));
        assert!(noon > night * 10, "{night} {noon}");
    }

    #[test]
    fn clients() {
        let (records, sessions) = requests("requests=100000,clients=50,zipf=1,nat=0.25,nats=2,sessions=200");
        let mut clients: HashMap<_, u32> = HashMap::new();
        for record in &records {
            *clients.entry(record.client.unwrap()).or_default() += 1;
        }
        let nat = |number| clients[&IpAddr::V4(super::nat(number))];
        assert_eq!(clients.len(), 52);
        assert!((24_000..26_000).contains(&(nat(0) + nat(1))));
        let of = |number| f64::from(clients[&IpAddr::V4(address(number))]);
        assert!((of(0) / of(9) - 10.0).abs() < 1.5, "Zipf's law: {} {}", of(0), of(9));
        let mut owners: HashMap<_, IpAddr> = HashMap::new();
        for (record, session) in records.iter().zip(sessions) {
            let client = record.client.unwrap();
            assert_eq!(*owners.entry(session).or_insert(client), client, "a browser stays where it is");
        }
        assert_eq!(owners.len(), 400);
    }

    #[test]
    fn addresses_differ() {
        let all: std::collections::HashSet<_> = (0..1 << 20).map(address).collect();
        assert_eq!(all.len(), 1 << 20);
        assert!(all.iter().all(|address| (11..75).contains(&address.octets()[0])));
    }

    #[test]
    fn a_wave() {
        let at = |days| (wave(days) * 1000.0).round() as i32;
        assert_eq!([at(0.0), at(0.25), at(0.5), at(0.75), at(7.5)], [-1000, 0, 1000, 0, 1000]);
    }
}
