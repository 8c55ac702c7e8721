//! A case: what a user wrote, what came in, what the backends did. One folder, in the layout of the recordings.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds from the case's zero, written as seconds.
pub type Millis = u64;

mod seconds {
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub fn serialize<S: Serializer>(millis: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(*millis as f64 / 1000.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        Ok((f64::deserialize(from)? * 1000.0).round() as u64)
    }
}

/// One line of `trace.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    pub id: u32,
    #[serde(with = "seconds")]
    pub t: Millis,
    pub method: String,
    pub client: String,
    pub host: String,
    pub uri: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<f64>,
}

impl Request {
    /// When it arrives.
    pub fn at(&self) -> Duration {
        Duration::from_millis(self.t)
    }
}

/// What a backend does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    /// Nothing listens.
    Refuse,
    /// Accepts, reads, closes.
    Reset,
    /// Answers `code`.
    Status,
    /// Accepts, reads, says nothing.
    Timeout,
    /// Does not answer a connection.
    Unreachable,
    /// Answers a header that has no name. (A first line that is no HTTP would pass: as HTTP/0.9.)
    Invalid,
    /// Answers `extra` later than else.
    Slow,
}

/// One `[[fault]]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    pub peer: SocketAddr,
    #[serde(with = "seconds")]
    pub from: Millis,
    #[serde(with = "seconds")]
    pub to: Millis,
    pub kind: FaultKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<f64>,
}

/// One `[[backend]]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backend {
    pub peer: SocketAddr,
    pub service: f64,
    /// From the header to the last byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<f64>,
}

/// `scenario.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scenario {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fault: Vec<Fault>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backend: Vec<Backend>,
    /// Names and their addresses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resolve: BTreeMap<String, Vec<IpAddr>>,
}

/// One line of `expected.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub id: u32,
    pub status: u16,
    pub tried: Vec<String>,
    pub statuses: Vec<String>,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    pub conf: String,
    pub trace: Vec<Request>,
    pub scenario: Scenario,
}

/// Values one a line.
pub fn lines<T: Serialize>(values: &[T]) -> String {
    values.iter().map(|value| serde_json::to_string(value).unwrap() + "\n").collect()
}

/// The values of a file with one a line.
///
/// # Panics
/// When the file is not there or a line is not such a value.
pub fn read_lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

impl Case {
    /// Writes the three files that `nginxlb simulate` reads.
    pub fn write(&self, folder: &Path) {
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write("nginx.conf", &self.conf);
        write("trace.jsonl", &lines(&self.trace));
        write("scenario.toml", &toml::to_string(&self.scenario).unwrap());
        if !self.scenario.resolve.is_empty() {
            write("hosts", &self.hosts());
        }
    }

    pub fn read(folder: &Path) -> Case {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        Case {
            conf: read("nginx.conf"),
            trace: read_lines(&folder.join("trace.jsonl")),
            scenario: toml::from_str(&read("scenario.toml")).unwrap(),
        }
    }

    /// Every address that the configuration names with a port, itself or by a name, once.
    pub fn peers(&self) -> Vec<SocketAddr> {
        let words = self.conf.split(|c: char| c.is_whitespace() || c == ';');
        let mut peers: Vec<SocketAddr> = words.flat_map(|word| self.addresses(word)).collect();
        peers.sort();
        peers.dedup();
        peers
    }

    fn addresses(&self, word: &str) -> Vec<SocketAddr> {
        if let Ok(address) = word.trim_start_matches("http://").trim_end_matches('/').parse() {
            return vec![address];
        }
        let Some((name, port)) = word.split_once(':') else { return Vec::new() };
        let addresses = self.scenario.resolve.get(name).into_iter().flatten();
        addresses.filter_map(|ip| Some(SocketAddr::new(*ip, port.parse().ok()?))).collect()
    }

    /// The names, as in `/etc/hosts`.
    pub fn hosts(&self) -> String {
        let lines = self.scenario.resolve.iter();
        lines.flat_map(|(name, ips)| ips.iter().map(move |ip| format!("{ip} {name}\n"))).collect()
    }

    /// Whether backends name the session in a cookie of their own.
    pub fn learns(&self) -> bool {
        self.conf.contains("sticky learn")
    }
}
