//! Envoy, as one static file for its v3 API: a listener for each address, virtual hosts for servers, routes for
//! locations, a cluster for each way of passing to a group.
//!
//! Envoy looks for a route before it would decode a path, and its hashes are others. So a script, Envoy's Lua filter,
//! stands first: it reads the request as nginx does, gives the path that routes are for, and leaves in the request's
//! metadata, under `nginxlb`, what Envoy has no words for: the target as it was sent, values of variables, the peers that
//! nginx's hashes choose.
//!
//! Left out: files, protocols other than HTTP, and, except for rates, everything that needs state shared by workers.

mod answers;
mod capabilities;
mod choice;
mod clusters;
mod compress;
mod hosts;
mod limits;
mod listeners;
mod pages;
mod passing;
mod program;
mod regex;
mod routes;
mod script;
mod text;
mod tls;

use std::collections::BTreeSet;

use super::{Ask, Emitter};
use crate::translate::class::Capability;
use crate::translate::document::{Node, list, map, yaml};
use crate::translate::ledger::Ledger;
use crate::translate::model::Model;
use crate::translate::output::File;
use crate::translate::subject::{Subject, SubjectId, What};
use capabilities as can;
use clusters::Clusters;
use script::Script;

/// The target.
pub static EMITTER: Emitter = Emitter { name: "envoy", title: "Envoy 1.38 and newer", capabilities: can::ALL, emit };

fn emit(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    if let Some(version) = &ask.version {
        return Err(format!("envoy is written for 1.38 and newer, not for {version}"));
    }
    let mut cx = Cx { model, ledger, clusters: Clusters::default(), front: Front::default() };
    let listeners = listeners::all(&mut cx);
    clusters::note_unused(&mut cx);
    let clusters = cx.clusters.nodes();
    let resources = map([("listeners", list(listeners)), ("clusters", list(clusters))]);
    // A `#` in a path is not refused, as nginx does not; Envoy cuts it off.
    let fragments = map([("envoy.reloadable_features.http_reject_path_with_fragment", Node::from(false))]);
    let layer = map([("name", Node::from("as-nginx")), ("static_layer", fragments)]);
    let runtime = map([("layers", list([layer]))]);
    let document = map([("layered_runtime", runtime), ("static_resources", resources)]);
    Ok(vec![yaml("envoy.yaml", &[document], &|subject| model.place(subject))])
}

/// What the parts of the emitter share.
struct Cx<'a, 'c> {
    model: &'a Model<'c>,
    ledger: &'a mut Ledger,
    clusters: Clusters,
    front: Front,
}

impl Cx<'_, '_> {
    fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        self.ledger.note(subject, capability);
    }

    /// Says something of the directive that holds in a scope, if there is one.
    fn note_setting(&mut self, scope: crate::config::ScopeId, name: &str, capability: &'static Capability) -> bool {
        let found = self.model.setting(scope, name);
        if let Some((_, from)) = found {
            self.note(from, capability);
        }
        found.is_some()
    }

    /// Says something of all directives of this name that hold in a scope, or else of the default.
    fn note_all(&mut self, scope: crate::config::ScopeId, name: &'static str, capability: &'static Capability) {
        let model = self.model;
        let mut subjects: Vec<SubjectId> = model.settings(scope, name).into_iter().map(|(_, from)| from).collect();
        if subjects.is_empty() {
            let is_default = |subject: &Subject| matches!(subject.what, What::Default(own, _) if own == name);
            subjects.extend(model.subjects.iter().filter(|(_, subject)| is_default(subject)).map(|(id, _)| id));
        }
        for subject in subjects {
            self.note(subject, capability);
        }
    }
}

/// What the listener at hand needs besides its routes.
#[derive(Default)]
struct Front {
    script: Script,
    /// Statuses that Envoy itself may answer with.
    statuses: BTreeSet<u16>,
    /// The rates that are limited, each with a filter of its own.
    limits: Vec<limits::Limit>,
    access: bool,
    websocket: bool,
    sticky: bool,
    /// The longest body of a direct response.
    longest: usize,
}

/// `{"@type": ...}` and these.
fn typed<const N: usize>(name: &str, entries: [(&str, Node); N]) -> Node {
    let mut map = crate::translate::document::MapOf::default();
    map.put("@type", format!("type.googleapis.com/{name}"));
    for (name, node) in entries {
        map.put(name, node);
    }
    map.node()
}

/// A time in Envoy's words.
fn duration(milliseconds: u64) -> Node {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    Node::from(if rest == 0 { format!("{whole}s") } else { format!("{whole}.{rest:03}s") })
}

fn number(number: u64) -> Node {
    Node::from(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A header for `..._headers_to_add`.
fn header(name: &str, value: &str, action: &str) -> Node {
    let own = map([("key", Node::from(name)), ("value", Node::from(value))]);
    map([("header", own), ("append_action", Node::from(action))])
}

/// In place of what there is.
const OVERWRITE: &str = "OVERWRITE_IF_EXISTS_OR_ADD";
/// Besides what there is.
const APPEND: &str = "APPEND_IF_EXISTS_OR_ADD";
