//! `-s`: a signal to the server whose process number the configuration knows.

use std::fs;
use std::process::ExitCode;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::start::first_log;
use super::{read, start};
use crate::cli::host::Starting;
use crate::diagnostics::{self, Nature};
use crate::modules::Target;
use crate::serve::Settings;
use crate::serve::log::{Level, Logs, MAIN, native, refusal};

/// nginx's room for a process number and what may end its line.
const LONGEST: usize = 22;

/// Sends the signal; what stands in the way goes where nginx says it.
pub fn run(signal: &str, target: &Target, directives: Option<&str>) -> ExitCode {
    let (logs, failed) = Logs::early(&first_log(target));
    let say = |level: Level, message: &str| logs.error(MAIN, level, None, format_args!("{message}"));
    if let Some(message) = failed {
        say(Level::Alert, &message);
    }
    let Some(name) = pid_file(target, directives, &logs) else { return ExitCode::FAILURE };
    say(Level::Notice, "signal process started");
    match send(signal, &name) {
        Ok(()) => ExitCode::SUCCESS,
        Err((level, message)) => {
            say(level, &message);
            ExitCode::FAILURE
        }
    }
}

/// The file of the process number, as the configuration has it.
fn pid_file(target: &Target, directives: Option<&str>, logs: &Logs) -> Option<String> {
    let reading = match read::read(target, directives, &Starting::looking()) {
        Ok(reading) => reading,
        Err((level, message)) => {
            logs.error(MAIN, start::level_named(level), None, format_args!("{message}"));
            return None;
        }
    };
    let (findings, stopped) = reading.said();
    for finding in findings.iter().filter(|finding| finding.nature != Nature::Lint) {
        let level = start::level_named(finding.level.name());
        logs.error_bytes(MAIN, level, None, &diagnostics::nginx::message(finding, &reading.sources));
    }
    (!stopped).then(|| Settings::of(&reading.compiled.config, target, 1).pid)
}

fn send(signal: &str, name: &str) -> Result<(), (Level, String)> {
    let text = fs::read(native(name))
        .map_err(|error| (Level::Error, format!("open() \"{name}\" failed ({})", refusal(&error))))?;
    let text = String::from_utf8_lossy(&text[..text.len().min(LONGEST)]).into_owned();
    let number = text.trim_end_matches(['\r', '\n']);
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let pid: Option<i32> = if digits { number.parse().ok() } else { None };
    let pid = pid.ok_or_else(|| (Level::Error, format!("invalid PID number \"{number}\" in \"{name}\"")))?;
    let signal = match signal {
        "stop" => Signal::SIGTERM,
        "quit" => Signal::SIGQUIT,
        "reopen" => Signal::SIGUSR1,
        _ => Signal::SIGHUP,
    };
    kill(Pid::from_raw(pid), signal).map_err(|error| {
        let (number, refusal) = (signal as i32, format!("{}: {}", error as i32, error.desc()));
        (Level::Alert, format!("kill({pid}, {number}) failed ({refusal})"))
    })
}
