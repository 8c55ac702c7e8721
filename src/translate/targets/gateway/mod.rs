//! The Gateway API of Kubernetes, v1, standard channel: one `Gateway` with the listeners, `HTTPRoute`s for the servers,
//! and for addresses of backends `Service`s with `EndpointSlice`s. All in one file of several documents, for
//! `kubectl apply -f`.
//!
//! `--to gateway-api@CLASS` names the `GatewayClass`, which stands for the implementation.
//!
//! What the controller ingress-nginx generated is known as such (`controller`): its backends are `Service`s already, and its
//! own machinery is no loss.
//!
//! Left out is what only the experimental channel or some implementation can say: retries, sessions, limits, addresses of
//! clients, authentication. Secrets and ConfigMaps are named and not written: their contents are files.

mod answers;
mod backends;
mod capabilities;
mod controller;
mod doors;
mod expressions;
mod headers;
mod hosts;
mod names;
mod notes;
mod paths;
mod programs;
mod rules;

use super::{Ask, Emitter};
use crate::config::ScopeId;
use crate::translate::class::Capability;
use crate::translate::document::{Node, map, yaml};
use crate::translate::ledger::Ledger;
use crate::translate::model::{Found, Model};
use crate::translate::output::File;
use crate::translate::subject::SubjectId;

/// The target.
pub static EMITTER: Emitter = Emitter {
    name: "gateway-api",
    title: "Kubernetes Gateway API v1 (1.5), standard channel",
    capabilities: capabilities::ALL,
    emit,
};

const GROUP: &str = "gateway.networking.k8s.io/v1";

/// What is made while it is made.
struct Plan<'p, 'c> {
    model: &'p Model<'c>,
    ledger: &'p mut Ledger,
    names: names::Names,
    backends: backends::Backends,
    controller: Option<controller::Controller>,
}

fn emit(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let class = ask.version.as_deref();
    if class.is_some_and(|class| !names::is_hostname(class)) {
        return Err("behind gateway-api@ stands the name of a GatewayClass: small letters, digits, - and .".to_owned());
    }
    let controller = controller::Controller::find(model);
    let mut plan =
        Plan { model, ledger, names: names::Names::default(), backends: backends::Backends::default(), controller };
    let doors = doors::doors(&mut plan);
    let mut documents = vec![doors::gateway(&plan, &doors, class)];
    documents.extend(hosts::routes(&mut plan, &doors)?);
    documents.append(&mut plan.backends.documents);
    notes::groups(&mut plan);
    controller::notes(&mut plan);
    notes::settings(&mut plan);
    Ok(vec![yaml("gateway.yaml", &documents, &|subject| model.place(subject))])
}

impl<'c> Plan<'_, 'c> {
    fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        self.ledger.note(subject, capability);
    }

    /// The setting that holds in a scope, and its directive.
    fn setting(&self, scope: ScopeId, name: &str) -> Option<Found<'c>> {
        self.model.setting(scope, name)
    }
}

/// An object.
fn object(version: &str, kind: &str, metadata: Node, spec: Node) -> Node {
    map([("apiVersion", version.into()), ("kind", kind.into()), ("metadata", metadata), ("spec", spec)])
}

/// `metadata` with a name, in a namespace if one is known.
fn metadata(name: &str, namespace: &str) -> Node {
    match namespace {
        "" => map([("name", name.into())]),
        namespace => map([("name", name.into()), ("namespace", namespace.into())]),
    }
}
