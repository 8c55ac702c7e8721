//! A scenario as data: what [`Scenario::parse`](super::Scenario::parse) and the flags make.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;

use super::{Service, Target};
use crate::balance::Millis;

/// What happens while the trace is replayed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    /// What goes wrong; the first that covers a peer and a time counts.
    pub faults: Vec<Fault>,
    /// How the backends work; for each key the first that covers a peer counts.
    pub backends: Vec<Backend>,
    /// What health checks get.
    pub health: Vec<Health>,
    /// Names whose addresses change.
    pub dns: Vec<Dns>,
    /// Changes of the configuration.
    pub reloads: Vec<Reload>,
    /// Times at which requests arrive faster or slower.
    pub rates: Vec<Rate>,
    /// Addresses of names.
    pub resolve: BTreeMap<String, Vec<IpAddr>>,
    /// Milliseconds after which clients go away.
    pub abort_after: Option<u64>,
}

/// From a time, which belongs to it, to another, which does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub from: Millis,
    /// The first moment after it.
    pub to: Millis,
}

impl Window {
    /// All of time.
    pub const ALWAYS: Window = Window { from: Millis(0), to: Millis(u64::MAX) };

    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds(self, now: Millis) -> bool {
        self.from <= now && now < self.to
    }
}

/// Something that goes wrong for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Whose.
    pub target: Target,
    /// When.
    pub window: Window,
    /// What.
    pub trouble: Trouble,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trouble {
    /// Nothing listens.
    Refuse,
    /// No answer to the connection: it hangs until `proxy_connect_timeout`.
    Unreachable,
    /// Accepts and never answers: it hangs until `proxy_read_timeout`.
    Timeout,
    /// Accepts, reads and closes without an answer.
    Reset,
    /// Answers a header that cannot be read.
    Invalid,
    /// Answers with this status.
    Status(u16),
    /// Answers, but late.
    Slow(Slow),
}

impl Trouble {
    /// The words for them; what has parameters stands there with none.
    pub const KINDS: &'static [(&'static str, Trouble)] = &[
        ("refuse", Trouble::Refuse),
        ("unreachable", Trouble::Unreachable),
        ("timeout", Trouble::Timeout),
        ("reset", Trouble::Reset),
        ("invalid", Trouble::Invalid),
        ("status", Trouble::Status(0)),
        ("slow", Trouble::Slow(Slow::NOT)),
    ];

    /// The kind of this name.
    #[must_use]
    pub fn kind(word: &str) -> Option<Trouble> {
        Trouble::KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }
}

/// How much later an answer comes: `time * factor + extra`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slow {
    /// How many times as long the backend takes.
    pub factor: f64,
    /// Milliseconds on top, until the header.
    pub extra: u64,
}

impl Slow {
    /// Not later at all.
    pub const NOT: Slow = Slow { factor: 1.0, extra: 0 };

    /// Milliseconds that so many milliseconds of work take, without `extra`.
    #[must_use]
    pub fn stretch(self, time: u64) -> u64 {
        // The common case stays exact, and costs no floating point.
        if self.factor.to_bits() == 1.0_f64.to_bits() { time } else { (time as f64 * self.factor).round() as u64 }
    }
}

/// How a backend works; what is `None` is left to the next table that speaks of the peer.
#[derive(Debug, Clone, PartialEq)]
pub struct Backend {
    /// Whose.
    pub target: Target,
    /// Milliseconds from the request to the header; by default what the trace says, or none.
    pub service: Option<Service>,
    /// Milliseconds until a connection stands; by default none.
    pub connect: Option<u64>,
    /// Milliseconds from the header to the last byte; by default none.
    pub body: Option<u64>,
    /// How many requests it works on at once; the others wait, first in, first out.
    pub concurrency: Option<NonZeroU32>,
    /// How many may wait. Then the system drops what wants to connect, so that nginx waits for `proxy_connect_timeout`.
    pub queue: Option<u32>,
}

impl Backend {
    /// Says nothing yet of its target.
    #[must_use]
    pub fn new(target: Target) -> Backend {
        Backend { target, service: None, connect: None, body: None, concurrency: None, queue: None }
    }
}

/// What a health check gets for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// From whom.
    pub target: Target,
    /// When.
    pub window: Window,
    /// Whether the answer passes.
    pub ok: bool,
}

/// A name gets other addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// The name.
    pub name: String,
    /// From when on.
    pub at: Millis,
    /// Its addresses then; none if it is gone.
    pub addresses: Vec<IpAddr>,
}

/// `nginx -s reload` with another configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reload {
    /// When.
    pub at: Millis,
    /// The file, as written.
    pub config: String,
}

/// Requests arrive faster or slower for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// When.
    pub window: Window,
    /// How many times as fast.
    pub factor: f64,
}
