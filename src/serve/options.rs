//! What the command line asks of a server.

use std::path::PathBuf;
use std::sync::Arc;

use super::log::LogFile;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// In nginx's place, or for someone at a terminal.
    pub place: Place,
    /// The log before the configuration names one: full name, empty for the standard error.
    pub first_log: String,
    /// What cannot be served is a warning instead of the end.
    pub allow_unsupported: bool,
    /// Where the trace of what was served goes.
    pub record: Option<PathBuf>,
    /// Peers are chosen by glibc's `random()` after this seed, for tests that compare; by chance if there is none.
    pub random: Option<u32>,
    /// That file, once it was opened: before the process may have become another user's.
    pub recording: Option<Arc<LogFile>>,
    /// Processors of this machine, for `worker_processes auto`.
    pub processors: usize,
}

/// Where a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where nginx stood: `daemon`, `pid` and the logs are as it has them.
    Nginx,
    /// In the foreground whatever `daemon` says; it tells where it listens, and writes a process number only where
    /// the configuration names a file for it.
    Foreground,
}
