//! The configuration to simulate: read, judged as nginx would, compiled.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::path::Path;

use super::Stopped;
use super::names::Names;
use crate::cli::files::{plain, text_of};
use crate::cli::input::{self, Entry, How};
use crate::cli::terminal;
use crate::config::{self, Compiled, Config, MISSING_INCLUDE};
use crate::diagnostics::{Diagnostic, Level, fancy};
use crate::modules::Target;
use crate::simulate::engine::Setup;

/// Reads and judges a configuration. What nginx would not start with is said, and stops here.
pub fn load(path: &Path, prefix: Option<&str>, target: &Target, names: &Names) -> Result<Config, Stopped> {
    let how = How { prefix, around: None };
    let read = if path.as_os_str() == "-" { input::standard_input(how) } else { input::file(path, how) };
    let entry = read.map_err(|error| format!("cannot read {}: {}", text_of(path), plain(&error)))?;
    let mut target = target.clone();
    target.paths.conf = format!("{}nginx.conf", entry.prefix);
    let compiled = config::compile(&entry.sources, &target, names, config::Options::default());
    say_faults(&compiled, &entry);
    let faulty = compiled.diagnostics.iter().any(|finding| finding.level.stops() && finding.code != MISSING_INCLUDE);
    let missing = names.missing();
    if faulty && !missing.is_empty() {
        let listed = missing.join(", ");
        eprintln!("nginxlb: no address for {listed}: give --resolve NAME=ADDRESS, or --stand-in for made-up ones");
    }
    if faulty { Err(Stopped::Faulty) } else { Ok(compiled.config) }
}

/// Says what is wrong; of warnings only that an included file is missing, since `lint` says the rest.
fn say_faults(compiled: &Compiled, entry: &Entry) {
    let worth = |finding: &&Diagnostic| finding.level.stops() || finding.code == MISSING_INCLUDE;
    for finding in compiled.diagnostics.iter().filter(worth) {
        let mut finding = finding.clone();
        if finding.code == MISSING_INCLUDE {
            finding.level = Level::Warn;
            finding.help.get_or_insert_with(|| "it is read as if it were empty".to_owned());
        }
        let aside = fancy::Aside { subject: &entry.subject, topic: None, again: &[] };
        eprintln!("{}", fancy::draw(&finding, &entry.sources, aside, terminal::style(&io::stderr())));
    }
}

/// What names that are resolved at run time resolve to at the start: all that are known, and those of these groups.
pub fn run_time_names<'a>(setups: impl Iterator<Item = &'a Setup>, names: &Names) -> HashMap<String, Vec<IpAddr>> {
    let mut found: HashMap<_, _> =
        names.known().map(|(name, addresses)| (name.to_owned(), addresses.to_vec())).collect();
    let upstreams = setups.flat_map(|setup| &setup.plan.upstreams);
    for host in upstreams.flat_map(|upstream| &upstream.names).map(|name| &name.host) {
        found.insert(host.clone(), names.find(host).unwrap_or_default());
    }
    found
}
