//! The texts of a made-up trace: those of a kind that has few are written once per batch and shared.

use super::Options;
use crate::simulate::trace::{Batch, Slice};

/// The header that has keys.
pub const KEY: &str = "x-key";
/// Texts of a kind that are written in advance; of more, each request writes its own.
const SHARED: u32 = 1024;

/// Texts that differ by a number.
#[derive(Debug)]
pub struct Numbered {
    before: &'static str,
    after: &'static str,
    shared: Vec<Slice>,
}

impl Numbered {
    fn new(before: &'static str, count: u32, after: &'static str, all: &mut Batch) -> Numbered {
        let shared = match count {
            0..=SHARED => (0..count).map(|number| Numbered::write(before, number, after, all)).collect(),
            _ => Vec::new(),
        };
        Numbered { before, after, shared }
    }

    /// The text of a number.
    pub fn text(&self, number: u32, batch: &mut Batch) -> Slice {
        let shared = self.shared.get(number as usize).copied();
        shared.unwrap_or_else(|| Numbered::write(self.before, number, self.after, batch))
    }

    /// Writes a text with a number in it.
    pub fn write(before: &str, number: u32, after: &str, batch: &mut Batch) -> Slice {
        let start = batch.bytes.len() as u32;
        batch.bytes.extend_from_slice(before.as_bytes());
        let (mut digits, mut rest, mut at) = ([0; 10], number, 10);
        while at == 10 || rest > 0 {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        batch.bytes.extend_from_slice(&digits[at..]);
        batch.bytes.extend_from_slice(after.as_bytes());
        Slice { start, len: batch.bytes.len() as u32 - start }
    }
}

/// All texts.
#[derive(Debug)]
pub struct Texts {
    /// The bytes that every batch begins with.
    bytes: Vec<u8>,
    /// `GET`.
    pub get: Slice,
    /// `POST`.
    pub post: Slice,
    /// The name of the header that has keys.
    pub key: Slice,
    /// Names of hosts.
    pub hosts: Numbered,
    /// Targets.
    pub uris: Numbered,
    /// Keys.
    pub keys: Numbered,
}

impl Texts {
    /// Those that a trace needs.
    pub fn new(options: &Options) -> Texts {
        let mut all = Batch::default();
        let [get, post, key] = ["GET", "POST", KEY].map(|text| all.push(text.as_bytes()));
        let hosts = Numbered::new("h", options.hosts, ".example.com", &mut all);
        let uris = Numbered::new("/u/", options.uris, "", &mut all);
        let keys = Numbered::new("k", options.keys, "", &mut all);
        Texts { bytes: all.bytes, get, post, key, hosts, uris, keys }
    }

    /// Begins a batch.
    pub fn begin(&self, batch: &mut Batch) {
        batch.bytes.extend_from_slice(&self.bytes);
    }
}
