//! How a trace is replayed.

use crate::simulate::rng::Choice;

/// Which requests share cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sessions {
    /// Those of which the trace says so.
    #[default]
    Trace,
    /// Those of one client address, where the trace does not say.
    Client,
}

/// How a trace is replayed.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Workers; without a `zone` each has a state of its own.
    pub workers: u32,
    /// The workers' numbers.
    pub chance: Choice,
    /// What is not nginx's draws (which worker, how long a backend takes) goes by this seed.
    pub seed: u64,
    /// Which requests share cookies.
    pub sessions: Sessions,
    /// Unix time, in seconds, of the trace's zero; what `$msec` and its kin go by.
    pub started: i64,
    /// Names that only a request brings have an address out of 198.19.0.0/16, where they have none of their own.
    pub stand_in: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            workers: 1,
            chance: Choice::ChaCha(0),
            seed: 0,
            sessions: Sessions::Trace,
            started: 0,
            stand_in: false,
        }
    }
}
