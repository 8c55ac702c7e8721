//! The commands: the only room that knows a terminal, arguments and exit codes.

mod host;
mod nginx;
mod target;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Runs the program with its arguments, its own name first.
#[must_use]
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let (name, rest) = arguments.split_first().map_or((None, [].as_slice()), |(name, rest)| (Some(name), rest));
    let called = name.and_then(|name| Path::new(name).file_name()).unwrap_or_default();
    if called == "nginx" {
        return nginx::run(rest);
    }
    match rest.split_first() {
        Some((command, rest)) if command == "nginx" => nginx::run(rest),
        _ => {
            eprintln!("usage: nginxlb nginx -t [-p prefix] [-c file]");
            ExitCode::from(2)
        }
    }
}
