//! Reading a configuration for nginx's command line: its files, `-g`, and what nginx says until it stops.

use crate::config::{self, Compiled, Host};
use crate::diagnostics::Diagnostic;
use crate::disk::Disk;
use crate::modules::Target;
use crate::syntax::{COMMAND_LINE, ReadError, Sources};

/// A configuration that was read, good or not.
pub struct Reading {
    /// Its files.
    pub sources: Sources,
    /// What it says, and what is to be said of it.
    pub compiled: Compiled,
}

/// Reads the configuration of `target`, after the directives of `-g`.
///
/// # Errors
/// nginx's message with its level, for a main file that it cannot read.
pub fn read(target: &Target, directives: Option<&str>, host: &dyn Host) -> Result<Reading, (&'static str, String)> {
    let conf = &target.paths.conf;
    let prefix = target.paths.conf_prefix();
    let mut sources = Sources::load(conf, &prefix, &Disk).map_err(|error| unreadable(conf, &error))?;
    let directives = directives.filter(|directives| !directives.is_empty());
    let command_line = directives.map(|text| sources.add_text(COMMAND_LINE, text.to_owned(), &prefix, &Disk));
    let compiled = config::compile(&sources, target, host, config::Options { command_line });
    Ok(Reading { sources, compiled })
}

impl Reading {
    /// What nginx would have said until it stopped, and whether it stopped.
    pub fn said(&self) -> (Vec<&Diagnostic>, bool) {
        let Compiled { said, diagnostics, .. } = &self.compiled;
        let mut all: Vec<&Diagnostic> = said.iter().filter_map(|at| diagnostics.get(*at)).collect();
        let end = all.iter().position(|finding| finding.level.stops());
        if let Some(end) = end {
            all.truncate(end + 1);
        }
        (all, end.is_some())
    }
}

/// nginx's message for a main file that it cannot read: opening a folder goes well, reading it does not.
fn unreadable(conf: &str, error: &ReadError) -> (&'static str, String) {
    match error.errno {
        21 => ("crit", format!("pread() \"{conf}\" failed ({error})")),
        _ => ("emerg", format!("open() \"{conf}\" failed ({error})")),
    }
}
