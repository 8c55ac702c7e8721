//! How a backend answers, and how that is written: on the command line and in `/_backend/KEY/VALUE`.

use std::fmt;
use std::time::Duration;

/// What is done instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An answer of that status
    Status(u16),
    /// The connection is reset
    Reset,
    /// The connection is closed without an answer
    Close,
    /// The head and half of the body are sent, then the connection is closed
    Cut,
    /// Nothing, until the client has enough
    Hang,
}

/// As [`fault`] reads it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Status(status) => write!(f, "{status}"),
            Fault::Reset => f.write_str("reset"),
            Fault::Close => f.write_str("close"),
            Fault::Cut => f.write_str("cut"),
            Fault::Hang => f.write_str("hang"),
        }
    }
}

/// How requests are answered.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Behaviour {
    /// The status of an answer
    pub status: u16,
    /// Bytes of the body, which begins with the name; without it as long as what there is to say
    pub size: Option<usize>,
    /// How long a request waits for its answer
    pub latency: Duration,
    /// Up to so much longer, evenly spread
    pub jitter: Duration,
    /// Of how many requests something goes wrong, 0 to 1
    pub fail: f64,
    /// What goes wrong
    pub with: Fault,
    /// Whether the body tells the request
    pub echo: bool,
    /// Whether bodies are chunked
    pub chunked: bool,
    /// Whether every answer ends its connection
    pub close: bool,
    /// Whether each request is told on the standard output as it comes: port, method, path, status or fault
    pub log: bool,
    /// Whether this answer breaks off in the midst of its body
    pub cut: bool,
}

/// Sets one property from its text.
type Set = fn(&mut Behaviour, &str) -> Result<(), String>;

/// What `/_backend/KEY/VALUE` sets.
pub(crate) const KEYS: &[(&str, Set)] = &[
    ("fail", |b, text| rate(text).map(|fail| b.fail = fail)),
    ("jitter", |b, text| time(text).map(|jitter| b.jitter = jitter)),
    ("latency", |b, text| time(text).map(|latency| b.latency = latency)),
    ("size", |b, text| text.parse().map(|size| b.size = Some(size)).map_err(|_| format!("`{text}` is no size"))),
    ("status", |b, text| status(text).map(|status| b.status = status)),
    ("with", |b, text| fault(text).map(|with| b.with = with)),
];

/// Reads `20ms`, `1.5s`, `2m`; a bare number is seconds.
///
/// # Errors
/// What is no time.
pub fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let seconds = digits.parse().unwrap_or(f64::NAN) * unit;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is no time such as 20ms or 1.5s"))
}

/// Reads `0.1` or `10%`.
///
/// # Errors
/// What is no share between none and all.
pub fn rate(text: &str) -> Result<f64, String> {
    let parsed: Option<f64> = match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().map(|percent: f64| percent / 100.0),
        None => text.parse().ok(),
    };
    parsed
        .filter(|rate| (0.0..=1.0).contains(rate))
        .ok_or_else(|| format!("`{text}` is no rate from 0 to 1, or 0% to 100%"))
}

/// Reads the status of a final answer.
///
/// # Errors
/// What is no number from 200 to 599.
pub fn status(text: &str) -> Result<u16, String> {
    let parsed = text.parse().ok().filter(|status| (200..600).contains(status));
    parsed.ok_or_else(|| format!("`{text}` is no status from 200 to 599"))
}

/// Reads `reset`, `close`, `cut`, `hang` or a status.
///
/// # Errors
/// What is none of them.
pub fn fault(text: &str) -> Result<Fault, String> {
    match text {
        "reset" => Ok(Fault::Reset),
        "close" => Ok(Fault::Close),
        "cut" => Ok(Fault::Cut),
        "hang" => Ok(Fault::Hang),
        _ => status(text)
            .map(Fault::Status)
            .map_err(|_| format!("`{text}` is none of reset, close, cut, hang, 200..599")),
    }
}
