//! `-t` and `-T`: what nginx says of the configuration, and all of its files.

use std::io::{self, Write};

use super::{Failed, Options, say, write_error};
use crate::cli::host::Machine;
use crate::config::{self, Compiled, Host};
use crate::diagnostics::{self, Diagnostic, Nature, Stage};
use crate::disk::Disk;
use crate::modules::Target;
use crate::syntax::{self, COMMAND_LINE, ReadError, Sources};

/// Tests the configuration.
pub fn run(options: &Options, target: &Target) -> Result<(), Failed> {
    open_log(target);
    let conf = &target.paths.conf;
    let failed = || Failed(Some(format!("configuration file {conf} test failed")));
    let prefix = target.paths.conf_prefix();
    let mut sources = Sources::load(conf, &prefix, &Disk).map_err(|error| {
        say(&unreadable(conf, &error));
        failed()
    })?;
    let directives = options.directives.clone().filter(|directives| !directives.is_empty());
    let command_line = directives.map(|text| sources.add_text(COMMAND_LINE, text, &prefix, &Disk));
    let options_of_reading = config::Options { command_line };
    let compiled = config::compile(&sources, target, &Machine, options_of_reading);
    if !print(&compiled, &sources, options, conf) {
        return Err(failed());
    }
    if !options.quiet {
        say(&format!("configuration file {conf} test is successful"));
    }
    if options.dump {
        dump(&sources).map_err(|error| format!("cannot write the configuration: {error}"))?;
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
