//! Scenarios on the command line: the common cases as flags.
//!
//! | flag | value |
//! |---|---|
//! | `--kill` | `PEER@10s..60s`: nothing listens |
//! | `--fail` | `KIND:PEER@10s..60s`: any kind of fault that is no `slow`; `status=503:...` |
//! | `--slow` | `PEER@10s..60s=+200ms`, `...=x3`, `...=x3+200ms` |
//! | `--latency` | `[PEER=]SPEC`: `20ms`, `uniform:10ms..30ms`, `exponential:20ms`, `lognormal:20ms..200ms` (mean and 99th percentile), `trace` |
//!
//! `PEER` is as in a scenario: an address, `*`, `group/NAME`. A window may be open (`10s..`, `..60s`) or left out with its
//! `@`: then it is all of time.

use super::distribution::{DISTRIBUTIONS, Parameters};
use super::read::STATUSES;
use super::{Backend, Distribution, Fault, ScenarioError, Service, Slow, Target, Trouble, Window, quantity};
use crate::balance::Millis;

/// A piece of a flag's text, that knows where it stands.
#[derive(Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Piece<'t> {
    fn error(self, message: impl Into<String>) -> ScenarioError {
        ScenarioError::new(self.start..self.start + self.text.len(), message)
    }

    /// What stands before and behind the byte range of a separator.
    fn cut(self, at: usize, width: usize) -> (Piece<'t>, Piece<'t>) {
        let behind = at + width;
        (Piece { text: &self.text[..at], ..self }, Piece { text: &self.text[behind..], start: self.start + behind })
    }

    fn split(self, separator: &str) -> Option<(Piece<'t>, Piece<'t>)> {
        self.text.find(separator).map(|at| self.cut(at, separator.len()))
    }

    fn split_last(self, separator: &str) -> Option<(Piece<'t>, Piece<'t>)> {
        self.text.rfind(separator).map(|at| self.cut(at, separator.len()))
    }

    fn time(self) -> Result<u64, ScenarioError> {
        let error = || self.error(format!("`{}` is no time", self.text)).help("write 10s, 500ms, 1m30s or 1.5");
        quantity::time(self.text).ok_or_else(error)
    }

    fn target(self) -> Result<Target, ScenarioError> {
        Target::parse(self.text).map_err(|why| self.error(why).help("write an address, `*` or group/NAME"))
    }
}

/// `--kill`: `PEER@WINDOW`.
///
/// # Errors
/// What is wrong with it; the span is of this text.
pub fn kill(text: &str) -> Result<Fault, ScenarioError> {
    let (target, window) = place(Piece { text, start: 0 })?;
    Ok(Fault { target, window, trouble: Trouble::Refuse })
}

/// `--fail`: `KIND:PEER@WINDOW`.
///
/// # Errors
/// What is wrong with it; the span is of this text.
pub fn fail(text: &str) -> Result<Fault, ScenarioError> {
    let whole = Piece { text, start: 0 };
    let form = || whole.error("no kind of fault before the peer").help("write KIND:PEER@FROM..TO");
    let (kind, rest) = whole.split(":").ok_or_else(form)?;
    let (word, code) = kind.split("=").map_or((kind, None), |(word, code)| (word, Some(code)));
    let known: Vec<_> =
        Trouble::KINDS.iter().filter(|(_, k)| !matches!(k, Trouble::Slow(_))).map(|(n, _)| *n).collect();
    let unknown = || word.error(format!("unknown kind of fault `{}`", word.text)).choices(word.text, &known);
    let trouble = match (Trouble::kind(word.text).ok_or_else(unknown)?, code) {
        (Trouble::Slow(_), _) => return Err(word.error("`slow` has a flag of its own").help("use --slow")),
        (Trouble::Status(_), Some(code)) => Trouble::Status(status(code)?),
        (Trouble::Status(_), None) => return Err(word.error("which status?").help("write status=503")),
        (_, Some(code)) => return Err(code.error(format!("`{}` takes no value", word.text))),
        (other, None) => other,
    };
    let (target, window) = place(rest)?;
    Ok(Fault { target, window, trouble })
}

/// `--slow`: `PEER@WINDOW=HOW`.
///
/// # Errors
/// What is wrong with it; the span is of this text.
pub fn slow(text: &str) -> Result<Fault, ScenarioError> {
    let whole = Piece { text, start: 0 };
    let form = || whole.error("how slow?").help("write PEER@FROM..TO=+200ms, or =x3, or =x3+200ms");
    let (peers, how) = whole.split_last("=").ok_or_else(form)?;
    let (factor, extra) = how.split("+").map_or((how, None), |(factor, extra)| (factor, Some(extra)));
    let times = || factor.text.strip_prefix('x')?.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    let factor = match (factor.text.is_empty(), extra) {
        (true, Some(_)) => Slow::NOT.factor,
        _ => times()
            .ok_or_else(|| factor.error(format!("`{}` says not how slow", factor.text)).help("write x3 or +200ms"))?,
    };
    let extra = extra.map_or(Ok(Slow::NOT.extra), Piece::time)?;
    let (target, window) = place(peers)?;
    Ok(Fault { target, window, trouble: Trouble::Slow(Slow { factor, extra }) })
}

/// `--latency`: `[PEER=]SPEC`.
///
/// # Errors
/// What is wrong with it; the span is of this text.
pub fn latency(text: &str) -> Result<Backend, ScenarioError> {
    let whole = Piece { text, start: 0 };
    let (target, spec) = match whole.split_last("=") {
        Some((peers, spec)) => (peers.target()?, spec),
        None => (Target::All, whole),
    };
    Ok(Backend { service: Some(service(spec)?), ..Backend::new(target) })
}

fn service(spec: Piece<'_>) -> Result<Service, ScenarioError> {
    let Some((name, rest)) = spec.split(":") else {
        let fixed = || spec.time().map(|time| Service::Drawn(Distribution::constant(time)));
        return if spec.text == "trace" { Ok(Service::Trace) } else { fixed() };
    };
    let names: Vec<_> = DISTRIBUTIONS.iter().map(|(name, _)| *name).collect();
    let unknown = || name.error(format!("unknown distribution `{}`", name.text)).choices(name.text, &names);
    let (_, make) = DISTRIBUTIONS.iter().find(|(known, _)| *known == name.text).ok_or_else(unknown)?;
    let time = |piece: Piece<'_>| piece.time().map(|time| Some(time as f64));
    let given = match (rest.split(".."), name.text) {
        (Some((min, max)), "uniform") => Parameters { min: time(min)?, max: time(max)?, ..Parameters::default() },
        (Some((mean, p99)), _) => Parameters { mean: time(mean)?, p99: time(p99)?, ..Parameters::default() },
        (None, _) => Parameters { mean: time(rest)?, ..Parameters::default() },
    };
    make(&given).map_err(|why| rest.error(why))
}

/// `PEER@FROM..TO`.
fn place(piece: Piece<'_>) -> Result<(Target, Window), ScenarioError> {
    let Some((peers, span)) = piece.split_last("@") else { return Ok((piece.target()?, Window::ALWAYS)) };
    let form = || span.error(format!("`{}` is no span of time", span.text)).help("write FROM..TO, FROM.. or ..TO");
    let (from, to) = span.split("..").ok_or_else(form)?;
    let from = if from.text.is_empty() { Window::ALWAYS.from } else { Millis(from.time()?) };
    let to = if to.text.is_empty() { Window::ALWAYS.to } else { Millis(to.time()?) };
    if from >= to {
        return Err(span.error("the span of time ends before it begins"));
    }
    Ok((peers.target()?, Window { from, to }))
}

fn status(code: Piece<'_>) -> Result<u16, ScenarioError> {
    let parsed = code.text.parse().ok().filter(|code| STATUSES.contains(code));
    parsed.map(|code| code as u16).ok_or_else(|| code.error(format!("`{}` is no status", code.text)).help("100 to 599"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::scenario::Scenario;

    type Read = fn(&str) -> Result<Fault, ScenarioError>;

    fn check(read: Read, text: &str, target: &str, window: (u64, u64), trouble: Trouble) {
        let fault = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(fault.target.to_string(), target, "{text}");
        assert_eq!((fault.window.from.0, fault.window.to.0), window, "{text}");
        assert_eq!(fault.trouble, trouble, "{text}");
    }

    fn refused<T: std::fmt::Debug>(
        read: fn(&str) -> Result<T, ScenarioError>,
        text: &str,
        guilty: &str,
        message: &str,
    ) {
        let error = read(text).unwrap_err();
        assert_eq!((&text[error.span.clone()], error.message.as_str()), (guilty, message), "{text}");
    }

    #[test]
    fn faults() {
        check(kill, "10.0.0.1:80@10s..60s", "10.0.0.1:80", (10_000, 60_000), Trouble::Refuse);
        check(kill, "group/u@1m30s..", "group/u", (90_000, u64::MAX), Trouble::Refuse);
        check(kill, "unix:/run/a@b@..0.5", "unix:/run/a@b", (0, 500), Trouble::Refuse);
        check(kill, "*", "*", (0, u64::MAX), Trouble::Refuse);
        check(fail, "status=503:127.0.0.1:8080@5s..9s", "127.0.0.1:8080", (5000, 9000), Trouble::Status(503));
        check(fail, "timeout:[::1]:80", "[::1]:80", (0, u64::MAX), Trouble::Timeout);
        let slower = |factor, extra| Trouble::Slow(Slow { factor, extra });
        check(slow, "*@5s..=+200ms", "*", (5000, u64::MAX), slower(1.0, 200));
        check(slow, "a:80=x2.5", "a:80", (0, u64::MAX), slower(2.5, 0));
        check(slow, "a:80@..1=x2+1s", "a:80", (0, 1000), slower(2.0, 1000));
    }

    #[test]
    fn latencies() {
        let spec = |text| latency(text).map(|backend| (backend.target.to_string(), backend.service.unwrap()));
        let constant = Service::Drawn(Distribution::constant(20));
        assert_eq!(spec("20ms"), Ok(("*".to_owned(), constant)));
        assert_eq!(spec("10.0.0.1:80=constant:20ms"), Ok(("10.0.0.1:80".to_owned(), constant)));
        assert_eq!(spec("group/u=trace"), Ok(("group/u".to_owned(), Service::Trace)));
        let made = |text: &str| {
            let scenario = Scenario::parse(&format!("backend = [{{ peer = '*', service = {{ {text} }} }}]")).unwrap();
            scenario.backends[0].service.unwrap()
        };
        assert_eq!(spec("uniform:10ms..30ms").unwrap().1, made("distribution = 'uniform', min = 0.01, max = 0.03"));
        assert_eq!(spec("lognormal:20ms..0.1").unwrap().1, made("distribution = 'lognormal', mean = 0.02, p99 = 0.1"));
        assert_eq!(spec("exponential:20ms").unwrap().1, made("distribution = 'exponential', mean = 0.02"));
    }

    #[test]
    fn tell_what_is_wrong() {
        refused(kill, "@1s..2s", "", "the peer is empty");
        refused(kill, "a:80@10s", "10s", "`10s` is no span of time");
        refused(kill, "a:80@1x..2s", "1x", "`1x` is no time");
        refused(kill, "a:80@2s..1s", "2s..1s", "the span of time ends before it begins");
        refused(fail, "refused:a:80@1s..", "refused", "unknown kind of fault `refused`");
        refused(fail, "status=99:a:80", "99", "`99` is no status");
        refused(fail, "status:a:80", "status", "which status?");
        refused(fail, "reset=1:a:80", "1", "`reset` takes no value");
        refused(slow, "a:80@1s..=3", "3", "`3` says not how slow");
        refused(slow, "a:80@1s..", "a:80@1s..", "how slow?");
        refused(latency, "20mss", "20mss", "`20mss` is no time");
        refused(latency, "gauss:20ms", "gauss", "unknown distribution `gauss`");
        refused(latency, "uniform:20ms", "20ms", "`max` is missing");
        refused(latency, "lognormal:20ms..2s", "20ms..2s", "`p99` must be between `mean` and 14.9 times `mean`");
        assert_eq!(fail("refused:a:80").unwrap_err().help.unwrap(), "did you mean `refuse`?");
    }
}
