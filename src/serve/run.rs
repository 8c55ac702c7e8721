//! The way in: a server from its start to its end.

use std::process::ExitCode;

use super::configuration::Source;
use super::options::Options;
use super::process;

/// Serves until it is told to stop. It has to be called before the process has a second thread.
///
/// Exit code 0 after an ordered end, 1 if it could not start; why is in the log and on the standard error.
#[must_use]
pub fn run(options: Options, source: &dyn Source) -> ExitCode {
    match process::start(options, source) {
        Ok(master) => process::keep(master, source),
        Err(process::NotStarted) => ExitCode::FAILURE,
    }
}
