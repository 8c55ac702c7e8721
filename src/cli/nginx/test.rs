//! `-t` and `-T`: what nginx says of the configuration, and all of its files.

use std::io::{self, Write};

use super::read::{self, Reading};
use super::{Failed, Options, say, write_error};
use crate::cli::host::Machine;
use crate::config::Host;
use crate::diagnostics::{self, Diagnostic, Nature, Stage};
use crate::modules::Target;
use crate::syntax::{self, COMMAND_LINE, Sources};

/// Tests the configuration.
pub fn run(options: &Options, target: &Target) -> Result<(), Failed> {
    open_log(target);
    let conf = &target.paths.conf;
    let failed = || Failed(Some(format!("configuration file {conf} test failed")));
    let reading = read::read(target, options.directives.as_deref(), &Machine).map_err(|(level, message)| {
        say(&format!("[{level}] {message}"));
        failed()
    })?;
    if !print(&reading, options, conf) {
        return Err(failed());
    }
    if !options.quiet {
        say(&format!("configuration file {conf} test is successful"));
    }
    if options.dump {
        dump(&reading.sources).map_err(|error| format!("cannot write the configuration: {error}"))?;
    }
    Ok(())
}

/// Opens the log that nginx has before it knows its configuration. That it cannot is no reason to stop.
fn open_log(target: &Target) {
    let name = &target.paths.error_log;
    if name.is_empty() {
        return;
    }
    let path = if name.starts_with('/') { name.clone() } else { format!("{}{name}", target.paths.prefix) };
    if let Err(refusal) = Machine.open_log(&path) {
        say(&format!("[alert] could not open error log file: open() \"{path}\" failed ({refusal})"));
    }
}

/// Prints what nginx would have printed until it stopped, and whether it did not stop.
fn print(reading: &Reading, options: &Options, conf: &str) -> bool {
    let (said, stopped) = reading.said();
    let read = said.partition_point(|finding| finding.stage == Stage::Read);
    let stopped_reading = stopped && read == said.len();
    let write = |findings: &[&Diagnostic]| {
        // Of what has no words in nginx only the verdict counts.
        for finding in findings.iter().filter(|finding| finding.nature != Nature::Lint) {
            write_error(&diagnostics::nginx::line(finding, &reading.sources));
        }
    };
    write(&said[..read]);
    if !stopped_reading && !options.quiet {
        say(&format!("the configuration file {conf} syntax is ok"));
    }
    write(&said[read..]);
    !stopped
}

/// Every file once, in the order of first reading, with nginx's markers.
fn dump(sources: &Sources) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for file in sources.files.iter().filter(|file| file.path != COMMAND_LINE) {
        out.write_all(&syntax::encode(&format!("# configuration file {}:\n", file.path)))?;
        out.write_all(&syntax::encode(&file.text))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
