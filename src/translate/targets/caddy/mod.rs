//! Caddy 2.11, in its JSON: one HTTP server for each address that nginx listens on, the `server` blocks as routes in
//! nginx's order of names, the locations as routes in nginx's order of paths.
//!
//! Paths are matched by regular expressions, because Caddy's own matcher for paths ignores case. Left out: what needs
//! plugins (rate limits), files of passwords, protocols other than HTTP.

mod answers;
mod balance;
mod capabilities;
mod headers;
mod listen;
mod maps;
mod program;
mod proxy;
mod routes;
mod text;
mod tls;

use std::collections::BTreeSet;

use super::{Ask, Emitter};
use crate::config::ScopeId;
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, json, map, texts, time};
use crate::translate::idle;
use crate::translate::ledger::Ledger;
use crate::translate::model::{Found, Model};
use crate::translate::order;
use crate::translate::output::File;
use crate::translate::subject::SubjectId;
use capabilities as can;
use listen::absent;

/// The target.
pub static EMITTER: Emitter = Emitter { name: "caddy", title: "Caddy 2.11 (JSON)", capabilities: can::ALL, emit };

/// What the parts of the emitter share.
struct Cx<'m> {
    model: &'m Model<'m>,
    ledger: &'m mut Ledger,
    /// The server that is written needs the map for the host.
    uses_host: bool,
    /// Headers of clients that the server that is written passes on as they came, though Caddy would set them.
    kept: BTreeSet<&'static str>,
    /// Maps that the server that is written needs, by number.
    maps: BTreeSet<usize>,
    /// Regular expressions with names so far.
    regexes: usize,
}

impl<'m> Cx<'m> {
    fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        self.ledger.note(subject, capability);
    }

    /// The setting that holds in a scope, and its directive.
    fn effective(&self, scope: ScopeId, name: &str) -> Option<Found<'m>> {
        self.model.setting(scope, name)
    }

    /// A name for a regular expression.
    fn regex_name(&mut self) -> String {
        self.regexes += 1;
        format!("r{}", self.regexes)
    }
}

fn emit(model: &Model, _ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let mut cx = Cx { model, ledger, uses_host: false, kept: BTreeSet::new(), maps: BTreeSet::new(), regexes: 0 };
    let mut servers = MapOf::default();
    for (number, listeners) in order::alike(model).into_iter().enumerate() {
        servers.put(&format!("srv{number}"), listen::server(&mut cx, &listeners));
    }
    balance::unused(&mut cx);
    for (subject, what) in model.subjects.iter() {
        match what.name() {
            "limit_req_status" | "limit_conn_status" => cx.note(subject, &can::LIMIT_STATUS),
            _ if cx.ledger.knows(subject) => {}
            "map" | "geo" | "split_clients" => cx.note(subject, &can::MAP_IDLE),
            _ if idle::is_of_routes(model, what) => cx.note(subject, &can::IDLE),
            _ => {}
        }
    }
    let mut apps = MapOf::default();
    apps.put("http", map([("servers", servers.node())]));
    if let Some(tls) = tls::app(&mut cx) {
        apps.put("tls", tls);
    }
    Ok(vec![json("caddy.json", &map([("apps", apps.node())]))])
}

/// A handler of this name, to be filled.
fn handler(name: &str) -> MapOf {
    let mut handler = MapOf::default();
    handler.put("handler", name);
    handler
}

#[cfg(test)]
mod tests;
