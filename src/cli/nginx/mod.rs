//! nginx's own command line: `nginxlb nginx -t`, or the program called by the name of nginx.

mod options;

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

use options::Options;

use super::host::Machine;
use super::target;
use crate::config::{self, Compiled};
use crate::diagnostics::{self, Diagnostic, Nature, Stage};
use crate::disk::Disk;
use crate::modules::Target;
use crate::syntax::{self, ReadError, Sources};

/// Runs nginx's command line, without the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let arguments: Vec<String> = arguments.iter().map(|argument| syntax::decode(argument.as_bytes())).collect();
    match answer(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(message)) => {
            if let Some(message) = message {
                say(&message);
            }
            ExitCode::FAILURE
        }
    }
}

/// Exit code 1, with nginx's last word if it has not been said.
struct Failed(Option<String>);

impl From<String> for Failed {
    fn from(message: String) -> Failed {
        Failed(Some(message))
    }
}

/// Writes nginx's line to the standard error; when that is closed there is no one to tell.
fn say(message: &str) {
    write_error(&syntax::encode(&format!("nginx: {message}")));
}

fn write_error(line: &[u8]) {
    let _ = io::stderr().write_all(&[line, b"\n"].concat());
}

fn answer(arguments: &[String]) -> Result<(), Failed> {
    let options = Options::read(arguments)?;
    let mut target = target::from_environment()?;
    target.paths.start(options.prefix.as_deref(), options.conf.as_deref());
    if let Some(error_log) = &options.error_log {
        target.paths.error_log.clone_from(error_log);
    }
    if options.test { test(&options, &target) } else { Err("only -t is in this build".to_owned().into()) }
}

/// `-t`: what nginx says of the configuration.
fn test(options: &Options, target: &Target) -> Result<(), Failed> {
    let conf = &target.paths.conf;
    let failed = || Failed(Some(format!("configuration file {conf} test failed")));
    let sources = Sources::load(conf, &target.paths.conf_prefix(), &Disk).map_err(|error| {
        say(&unreadable(conf, &error));
        failed()
    })?;
    let compiled = config::compile(&sources, target, &Machine, config::Options::default());
    if !print(&compiled, &sources, options, conf) {
        return Err(failed());
    }
    if !options.quiet {
        say(&format!("configuration file {conf} test is successful"));
    }
    Ok(())
}

/// nginx's message for a main file that it cannot read: opening a folder goes well, reading it does not.
fn unreadable(conf: &str, error: &ReadError) -> String {
    match error.errno {
        21 => format!("[crit] pread() \"{conf}\" failed ({error})"),
        _ => format!("[emerg] open() \"{conf}\" failed ({error})"),
    }
}

/// Prints what nginx would have printed until it stopped, and whether it did not stop.
fn print(compiled: &Compiled, sources: &Sources, options: &Options, conf: &str) -> bool {
    let all: Vec<&Diagnostic> = compiled.said.iter().filter_map(|at| compiled.diagnostics.get(*at)).collect();
    let end = all.iter().position(|finding| finding.level.stops());
    let said = &all[..end.map_or(all.len(), |at| at + 1)];
    let read = said.partition_point(|finding| finding.stage == Stage::Read);
    let stopped_reading = end.is_some_and(|at| at < read);
    let write = |findings: &[&Diagnostic]| {
        // Of what has no words in nginx only the verdict counts.
        for finding in findings.iter().filter(|finding| finding.nature != Nature::Lint) {
            write_error(&diagnostics::nginx::line(finding, sources));
        }
    };
    write(&said[..read]);
    if !stopped_reading && !options.quiet {
        say(&format!("the configuration file {conf} syntax is ok"));
    }
    write(&said[read..]);
    end.is_none()
}
