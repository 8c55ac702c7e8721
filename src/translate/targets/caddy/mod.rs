//! Caddy 2.11, in its JSON: one HTTP server for each address that nginx listens on, the `server` blocks as routes in
//! nginx's order of names, the locations as routes in nginx's order of paths.
//!
//! Paths are matched by regular expressions, as Caddy's own matcher knows no difference between capitals and small
//! letters. What it leaves out: what needs plugins (rate limits), files of passwords, answers in other protocols than HTTP.

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
use crate::config::{ScopeId, Setting};
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, json, map};
use crate::translate::ledger::Ledger;
use crate::translate::model::Model;
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
    fn effective(&self, scope: ScopeId, name: &str) -> Option<(&'m Setting, SubjectId)> {
        let model = self.model;
        model.config.ancestors(scope).find_map(|at| {
            let setting = model.config.scope(at).setting(name)?;
            Some((setting, model.subjects.setting(at, setting)))
        })
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
            name if IDLE.contains(&name) && !is_conditional(model, what.scope) => cx.note(subject, &can::IDLE),
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

/// Directives that every route that passes to a backend speaks of, where they hold for it.
const IDLE: &[&str] = &[
    "limit_conn_zone",
    "limit_req_zone",
    "proxy_connect_timeout",
    "proxy_hide_header",
    "proxy_http_version",
    "proxy_next_upstream",
    "proxy_next_upstream_tries",
    "proxy_read_timeout",
    "proxy_redirect",
    "proxy_send_timeout",
    "proxy_set_header",
];

/// Whether a block holds for some of the requests of a location only.
fn is_conditional(model: &Model, scope: ScopeId) -> bool {
    let name = |scope: ScopeId| model.config.scope(scope).words.first().map(|word| &*word.value);
    model.config.ancestors(scope).any(|scope| matches!(name(scope), Some("if" | "limit_except")))
}

/// A handler of this name, to be filled.
fn handler(name: &str) -> MapOf {
    let mut handler = MapOf::default();
    handler.put("handler", name);
    handler
}

/// A list of texts.
fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Node {
    crate::translate::document::list(texts.into_iter().map(|text| Node::from(text.as_ref())))
}

/// A time as Caddy writes it.
fn time(milliseconds: u64) -> Node {
    let text = match milliseconds % 1000 {
        0 => format!("{}s", milliseconds / 1000),
        _ => format!("{milliseconds}ms"),
    };
    Node::from(text)
}

#[cfg(test)]
mod tests;
