//! TOML to [`Scenario`]. Every fault of the text is found, not only the first.

use std::num::NonZeroU32;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::distribution::{DISTRIBUTIONS, Parameters};
use super::table::{self, Table, Value};
use super::{Backend, Distribution, Dns, Fault, Health, Rate, Reload, Scenario, ScenarioError, Service, Slow, Trouble};
use crate::balance::Millis;

/// Statuses that HTTP has room for.
pub const STATUSES: Range<i64> = 100..600;

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text.
    pub fn parse(text: &str) -> Result<Scenario, Vec<ScenarioError>> {
        let (document, broken) = DeTable::parse_recoverable(text);
        if !broken.is_empty() {
            let place = |error: &toml::de::Error| error.span().unwrap_or(0..text.len());
            return Err(broken.iter().map(|error| ScenarioError::new(place(error), error.message())).collect());
        }
        let mut errors = Vec::new();
        let root = Table::new(document.get_ref(), document.span());
        let scenario = whole(root, &mut errors);
        errors.sort_by_key(|error| error.span.start);
        if errors.is_empty() { Ok(scenario) } else { Err(errors) }
    }
}

fn whole(mut root: Table<'_>, errors: &mut Vec<ScenarioError>) -> Scenario {
    let mut scenario = Scenario {
        faults: all(&mut root, "fault", fault, errors),
        backends: all(&mut root, "backend", backend, errors),
        health: all(&mut root, "health", health, errors),
        dns: all(&mut root, "dns", dns, errors),
        reloads: all(&mut root, "reload", reload, errors),
        rates: all(&mut root, "rate", rate, errors),
        ..Scenario::default()
    };
    if let Some(mut names) = one(&mut root, "resolve") {
        for (name, value) in names.entries() {
            let told =
                table::addresses(value).map_err(|why| ScenarioError::new(value.span(), format!("`{name}` {why}")));
            match told {
                Ok(addresses) => drop(scenario.resolve.insert(name.to_owned(), addresses)),
                Err(error) => names.errors.push(error),
            }
        }
        errors.append(&mut names.errors);
    }
    if let Some(mut client) = one(&mut root, "client") {
        scenario.abort_after = client.time("abort_after");
        errors.extend(client.finish());
    }
    errors.extend(root.finish());
    scenario
}

/// What `read` makes of each `[[key]]`.
fn all<T>(
    root: &mut Table<'_>,
    key: &'static str,
    read: fn(&mut Table<'_>) -> Option<T>,
    errors: &mut Vec<ScenarioError>,
) -> Vec<T> {
    let mut found = Vec::new();
    for value in root.read(key, table::list).into_iter().flatten() {
        let Some(mut table) = entries(value) else {
            errors.push(ScenarioError::new(value.span(), format!("`{key}` wants tables: [[{key}]]")));
            continue;
        };
        found.extend(read(&mut table));
        errors.extend(table.finish());
    }
    found
}

/// The table `[key]`.
fn one<'t>(root: &mut Table<'t>, key: &'static str) -> Option<Table<'t>> {
    root.read(key, |value| entries(value).ok_or_else(|| format!("wants a table: [{key}]")))
}

fn entries<'t>(value: &'t Value<'t>) -> Option<Table<'t>> {
    Some(Table::new(value.get_ref().as_table()?, value.span()))
}

fn fault(table: &mut Table<'_>) -> Option<Fault> {
    let (target, window) = (table.target(), table.window());
    let kind = table.value("kind").map(|value| chosen(value, "kind of fault", Trouble::KINDS));
    let code = table.read("code", status);
    let slow = slow(table);
    let kind = kind.and_then(|chosen| chosen.map_err(|error| table.errors.push(error)).ok());
    let kind = table.required("kind", kind)?;
    let trouble = match kind {
        Trouble::Status(_) => Trouble::Status(table.required("code", code)?),
        Trouble::Slow(_) if slow == Slow::NOT => {
            table.complain("a slow backend wants a `factor`, `extra` or both");
            return None;
        }
        Trouble::Slow(_) => Trouble::Slow(slow),
        other => other,
    };
    if code.is_some() && !matches!(kind, Trouble::Status(_)) {
        table.complain("`code` belongs to `kind = \"status\"`");
    }
    if slow != Slow::NOT && !matches!(kind, Trouble::Slow(_)) {
        table.complain("`factor` and `extra` belong to `kind = \"slow\"`");
    }
    Some(Fault { target: target?, window: window?, trouble })
}

fn slow(table: &mut Table<'_>) -> Slow {
    let factor = table.read("factor", not_negative).unwrap_or(Slow::NOT.factor);
    Slow { factor, extra: table.time("extra").unwrap_or(Slow::NOT.extra) }
}

fn status(value: &Value<'_>) -> Result<u16, String> {
    let code = table::whole(value)?;
    if STATUSES.contains(&code) { Ok(code as u16) } else { Err(format!("is no status: {code} is not in 100..599")) }
}

fn not_negative(value: &Value<'_>) -> Result<f64, String> {
    table::number(value).and_then(|n| if n < 0.0 { Err(format!("is negative: {n}")) } else { Ok(n) })
}

fn count(value: &Value<'_>) -> Result<u32, String> {
    let number = table::whole(value)?;
    u32::try_from(number).map_err(|_| format!("is out of range: {number}"))
}

fn backend(table: &mut Table<'_>) -> Option<Backend> {
    let target = table.target();
    let service = service(table);
    let (connect, body) = (table.time("connect"), table.time("body"));
    let positive = |value: &Value<'_>| NonZeroU32::new(count(value)?).ok_or_else(|| "must be at least 1".to_owned());
    let concurrency = table.read("concurrency", positive);
    let queue = table.read("queue", count);
    if queue.is_some() && concurrency.is_none() && table.errors.is_empty() {
        table.complain("a `queue` wants a `concurrency`");
    }
    Some(Backend { target: target?, service, connect, body, concurrency, queue })
}

/// `service`: a time, or a table that tells a distribution.
fn service(table: &mut Table<'_>) -> Option<Service> {
    let value = table.value("service")?;
    if let Some(mut inner) = entries(value) {
        let service = drawn(&mut inner);
        table.errors.extend(inner.finish());
        return service;
    }
    let told = match value.get_ref() {
        DeValue::String(word) if word == "trace" => Ok(Service::Trace),
        _ => table::time(value).map(|time| Service::Drawn(Distribution::constant(time))),
    };
    let told = told.map_err(|why| ScenarioError::new(value.span(), format!("`service` {why}")));
    told.map_err(|error| table.errors.push(error)).ok()
}

fn drawn(table: &mut Table<'_>) -> Option<Service> {
    let make = table.value("distribution").map(|value| chosen(value, "distribution", DISTRIBUTIONS));
    let [mean, min, max, p99] = ["mean", "min", "max", "p99"].map(|key| table.time(key).map(|ms| ms as f64));
    let given = Parameters { mean, min, max, sigma: table.read("sigma", not_negative), p99 };
    let make = make.and_then(|chosen| chosen.map_err(|error| table.errors.push(error)).ok());
    let service = table.required("distribution", make)?(&given);
    service.map_err(|why| table.complain(why)).ok()
}

/// What a word stands for.
fn chosen<T: Copy>(value: &Value<'_>, what: &str, known: &[(&str, T)]) -> Result<T, ScenarioError> {
    let word = value.get_ref().as_str().unwrap_or_default();
    let found = known.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    found.ok_or_else(|| ScenarioError::new(value.span(), format!("unknown {what} `{word}`")).choices(word, &names))
}

fn health(table: &mut Table<'_>) -> Option<Health> {
    let (target, window) = (table.target(), table.window());
    let ok = table.read("ok", |value| value.get_ref().as_bool().ok_or_else(|| "wants true or false".to_owned()));
    Some(Health { target: target?, window: window?, ok: ok.unwrap_or(false) })
}

fn dns(table: &mut Table<'_>) -> Option<Dns> {
    let name = table.read("name", table::text);
    let at = table.time("at");
    let addresses = table.read("addresses", table::addresses);
    let name = table.required("name", name);
    let at = table.required("at", at);
    let addresses = table.required("addresses", addresses);
    Some(Dns { name: name?.to_owned(), at: Millis(at?), addresses: addresses? })
}

fn reload(table: &mut Table<'_>) -> Option<Reload> {
    let at = table.time("at");
    let config = table.read("config", table::text);
    let at = table.required("at", at);
    let config = table.required("config", config);
    Some(Reload { at: Millis(at?), config: config?.to_owned() })
}

fn rate(table: &mut Table<'_>) -> Option<Rate> {
    let window = table.window();
    let positive = |value: &Value<'_>| match table::number(value)? {
        factor if factor > 0.0 => Ok(factor),
        factor => Err(format!("must be above 0, not {factor}")),
    };
    let factor = table.read("factor", positive);
    let factor = table.required("factor", factor);
    Some(Rate { window: window?, factor: factor? })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::balance::Random;
    use crate::simulate::scenario::{BackendId, Backends, Pace, Target, flags};

    const WHOLE: &str = include_str!("../../../testdata/scenarios/whole.toml");
    const FAULTY: &str = include_str!("../../../testdata/scenarios/faulty.toml");

    /// The faults of a text, each under its line.
    fn faults(text: &str) -> String {
        let mut shown = String::new();
        for error in Scenario::parse(text).unwrap_err() {
            let (line, column) = error.position(text);
            let guilty = text[error.span.clone()].lines().next().unwrap_or_default();
            let _ = writeln!(shown, "{line}:{column}: {error}\n    {guilty}");
        }
        shown
    }

    #[test]
    fn reads_everything() {
        let scenario = Scenario::parse(WHOLE).unwrap();
        assert_eq!(scenario.faults.len(), 4);
        assert_eq!(scenario.faults[0].window.to, Millis(90_000));
        assert_eq!(scenario.faults[1].trouble, Trouble::Status(503));
        assert_eq!(scenario.faults[1].target, Target::Group("backend".to_owned()));
        assert_eq!(scenario.faults[2].trouble, Trouble::Slow(Slow { factor: 3.0, extra: 200 }));
        let backend = &scenario.backends[0];
        assert_eq!((backend.connect, backend.body, backend.queue), (Some(1), Some(5), Some(128)));
        assert_eq!(backend.concurrency, NonZeroU32::new(64));
        assert_eq!(scenario.backends[1].service, Some(Service::Trace));
        assert_eq!(scenario.resolve["db.example"].len(), 1);
        assert_eq!(scenario.resolve["api.example"].len(), 2);
        assert_eq!(scenario.abort_after, Some(30_000));
        assert_eq!(scenario.rates[0].factor.to_bits(), 10.0_f64.to_bits());
        assert_eq!(Scenario::parse(""), Ok(Scenario::default()));
    }

    #[test]
    fn the_manual_is_true() {
        let manual = include_str!("../../../docs/scenario.md");
        let examples: Vec<_> = manual.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(!examples.is_empty());
        for example in examples {
            assert!(Scenario::parse(example).is_ok(), "{}", faults(example));
        }
        let words = Trouble::KINDS.iter().map(|(name, _)| *name).chain(DISTRIBUTIONS.iter().map(|(name, _)| *name));
        words.for_each(|word| assert!(manual.contains(&format!("| `{word}` |")), "the manual lacks {word}"));
    }

    #[test]
    fn finds_every_fault() {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/simulate"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!("scenario_faults", faults(FAULTY)) });
    }

    #[test]
    fn finds_what_is_no_toml() {
        assert!(faults("[[fault]\n").starts_with("1:"), "{}", faults("[[fault]\n"));
        assert!(faults("a = 1\na = 2\n").starts_with("2:1: "), "{}", faults("a = 1\na = 2\n"));
        assert!(faults("fault = 3").starts_with("1:9: `fault` wants a list of tables"), "{}", faults("fault = 3"));
        assert!(faults("fault = [3]").starts_with("1:10: `fault` wants tables"), "{}", faults("fault = [3]"));
    }

    struct Chance(u32);

    impl Random for Chance {
        fn next(&mut self) -> u32 {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0 >> 1
        }
    }

    proptest::proptest! {
        /// Whatever a scenario says, it is refused with places in its text or it can be played.
        #[test]
        fn no_text_breaks_it(cuts in proptest::collection::vec((0..WHOLE.len(), 0..8_usize, "[-0-9a-z.\"\\[\\]= \n]{0,3}"), 0..4), seed: u32) {
            let mut text = WHOLE.to_owned();
            for (at, width, with) in cuts {
                let at = at.min(text.len());
                let end = (at + width).min(text.len());
                text.replace_range(at..end, &with);
            }
            match Scenario::parse(&text) {
                Err(errors) => for error in errors {
                    assert!(text.get(error.span.clone()).is_some(), "{error} at {:?}", error.span);
                },
                Ok(scenario) => {
                    let peers = ["10.0.0.1:80", "10.0.0.2:80"];
                    let mut backends = Backends::new(&scenario, [("backend", peers.as_slice())]);
                    let pace = Pace::new(&scenario);
                    let mut chance = Chance(seed);
                    for n in 0..100 {
                        let now = pace.at(Millis(u64::from(chance.next() % 200_000)));
                        backends.fate(BackendId(n % 2), now, Some(u64::from(n)), &mut chance);
                        backends.healthy(BackendId(n % 2), now);
                    }
                    let _ = scenario.events();
                }
            }
        }

        /// So are flags.
        #[test]
        fn no_flag_breaks_it(text in "[-a-z0-9.:@=+*/é]{0,24}") {
            let spans = [flags::kill(&text).err(), flags::fail(&text).err(), flags::slow(&text).err(), flags::latency(&text).err()];
            for error in spans.into_iter().flatten() {
                assert!(text.get(error.span.clone()).is_some(), "{error} at {:?}", error.span);
            }
        }
    }
}
