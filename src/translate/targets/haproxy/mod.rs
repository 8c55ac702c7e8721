//! HAProxy, 2.6 and newer: a `frontend` for each address and a `backend` for each way of passing to a group.
//!
//! A frontend finds the server by the host and the route by the cleaned path, as numbers in variables; the rules of a
//! route ask for its number, so that the first route that fits decides alone, and so that all routes to a group share one
//! backend with its turns and failures. What HAProxy answers by itself looks as nginx's own pages do.
//!
//! Left out: files, caches, what is not HTTP towards backends, passwords.

mod answers;
mod backends;
mod begin;
mod capabilities;
mod choice;
mod frontend;
mod headers;
mod ketama;
mod limits;
mod logs;
mod maps;
mod methods;
mod passing;
mod plan;
mod program;
mod resolvers;
mod rest;
mod samples;
mod servers;
mod words;

use super::{Ask, Emitter};
use crate::modules::shared::map::{Map, Maps};
use crate::translate::class::Capability;
use crate::translate::ledger::Ledger;
use crate::translate::model::{Model, page};
use crate::translate::output::{File, Lines};
use crate::translate::subject::SubjectId;
use backends::Backends;
use capabilities as can;
use limits::Tables;
use resolvers::Resolvers;
use samples::Kept;

/// The target.
pub static EMITTER: Emitter = Emitter { name: "haproxy", title: "HAProxy 2.6 and newer", capabilities: can::ALL, emit };

/// The first version that has all that is written: `be2dec`, `host_only`, `default-path`, `set-var-fmt`.
const OLDEST: (u32, u32) = (2, 6);

/// What a translation collects on its way.
struct Work<'m, 'c> {
    model: &'m Model<'c>,
    ledger: &'m mut Ledger,
    maps: &'m [Map],
    kept: Kept,
    backends: Backends<'m>,
    tables: Tables,
    resolvers: Resolvers,
    files: Vec<File>,
    /// The rules that look maps up.
    map_rules: Vec<plan::Rule>,
    /// Something rewrites paths.
    rewrites: bool,
    /// How many routes have a number.
    routes: usize,
    /// How many values were kept for answers, or for conditions.
    values: usize,
}

impl Work<'_, '_> {
    fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        self.ledger.note(subject, capability);
    }

    /// What stands below nginx's pages.
    fn signature(&self) -> String {
        let config = self.model.config;
        let tokens = config.http.and_then(|http| config.effective(http, "server_tokens"));
        let off = tokens.is_some_and(|setting| setting.arg(1) == "off");
        if off { "nginx".to_owned() } else { format!("nginx/{}", self.model.nginx.version) }
    }

    /// A number for a variable of its own.
    fn next_value(&mut self) -> usize {
        self.values += 1;
        self.values
    }
}

fn emit(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    accept(ask)?;
    let maps = model.config.http.and_then(|http| model.config.scope(http).slot::<Maps>());
    let mut work = Work {
        model,
        ledger,
        maps: maps.map(|maps| maps.maps.as_slice()).unwrap_or_default(),
        kept: Kept::default(),
        backends: Backends::default(),
        tables: Tables::default(),
        resolvers: Resolvers::default(),
        files: Vec::new(),
        map_rules: Vec::new(),
        rewrites: false,
        routes: 0,
        values: 0,
    };
    program::look(&mut work);
    let frontends: Vec<_> = (0..model.listeners.len()).map(|number| frontend::plan(&mut work, number)).collect();
    let backends = backends::plan(&mut work);
    work.map_rules = maps::plan(&mut work);
    rest::note(&mut work);
    let mut out = Lines::default();
    if !work.files.is_empty() {
        out.plain("global");
        out.plain("  default-path config");
        out.plain("");
    }
    defaults(&mut out, &work.signature());
    for frontend in &frontends {
        frontend::write(&work, &mut out, frontend);
    }
    for backend in &backends {
        backends::write(&mut out, backend);
    }
    work.tables.write(&mut out);
    work.resolvers.write(&mut out);
    let mut files = vec![out.file("haproxy.cfg")];
    files.append(&mut work.files);
    Ok(files)
}

/// Whether the version that was asked for has what is written.
fn accept(ask: &Ask) -> Result<(), String> {
    let Some(version) = &ask.version else { return Ok(()) };
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= OLDEST => Ok(()),
        (Some(Ok(_)), Some(Ok(_))) => Err(format!("HAProxy {version} is too old: 2.6 and newer are written for")),
        _ => Err(format!("{version} is no version of HAProxy, such as 2.8")),
    }
}

/// nginx's times towards clients, and its pages for what goes wrong.
fn defaults(out: &mut Lines, signature: &str) {
    out.plain("defaults");
    out.plain("  mode http");
    out.plain("  timeout connect 60s");
    out.plain("  timeout client 60s");
    out.plain("  timeout server 60s");
    let own = answers::KEPT.iter().map(|status| (*status, *status));
    for (status, shown) in own.chain([(503, 502)]) {
        if let Some(page) = page(shown, signature) {
            let page = words::word(&page);
            out.plain(&format!("  http-error status {status} content-type text/html string {page}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let accept = |version: &str| accept(&Ask { version: Some(version.to_owned()), folder: String::new() });
        assert!(accept("2.6").is_ok() && accept("2.8.25").is_ok() && accept("3.0").is_ok());
        assert!(accept("2.4").unwrap_err().contains("too old"));
        assert!(accept("lts").unwrap_err().contains("no version"));
    }
}
