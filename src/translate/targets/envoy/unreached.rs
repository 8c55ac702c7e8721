//! What no request comes to: conditions of locations that answer before nginx looks at them. Whatever has a place where
//! it counts was spoken of by then.

use std::collections::HashSet;

use super::{Cx, can};
use crate::config::ScopeId;
use crate::translate::model::Action;
use crate::translate::subject::SubjectId;

/// What is spoken of wherever it counts.
const SPOKEN_OF: &[&str] = &[
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "deny",
    "limit_conn",
    "limit_conn_status",
    "limit_req",
    "limit_req_status",
    "proxy_hide_header",
    "proxy_next_upstream",
    "proxy_next_upstream_timeout",
    "proxy_next_upstream_tries",
    "proxy_pass",
    "proxy_pass_header",
    "proxy_redirect",
    "proxy_set_header",
];

/// Speaks of the rest of them, where all routes were written.
pub fn note(cx: &mut Cx) {
    let model = cx.model;
    let config = model.config;
    let routes = || model.hosts.iter().flat_map(|host| &host.routes);
    let scopes: HashSet<ScopeId> = routes().flat_map(|route| config.ancestors(route.scope)).collect();
    let skipped: HashSet<ScopeId> = cx.skipped.iter().flat_map(|scope| config.ancestors(*scope)).collect();
    let counts = |scope: &ScopeId| scopes.contains(scope) && !skipped.contains(scope);
    let unknown: Vec<SubjectId> = model
        .subjects
        .iter()
        .filter(|(id, subject)| SPOKEN_OF.contains(&subject.name()) && counts(&subject.scope) && !cx.ledger.knows(*id))
        .map(|(id, _)| id)
        .collect();
    for subject in unknown {
        cx.note(subject, &can::UNREACHED);
    }
    // Behind `internal` nobody comes to an answer either.
    for route in routes().filter(|route| config.scope(route.scope).setting("internal").is_some()) {
        if let Action::Return(given) = &route.action
            && !cx.ledger.knows(given.from)
        {
            cx.note(given.from, &can::UNREACHED);
        }
    }
    unused_zones(cx);
}

/// Zones of rates that nothing counts in.
fn unused_zones(cx: &mut Cx) {
    let model = cx.model;
    let routes = || model.hosts.iter().flat_map(|host| &host.routes);
    let used: HashSet<SubjectId> =
        routes().flat_map(|route| &route.policy.rates).map(|given| given.value.zone).collect();
    let unused = |id: SubjectId, name: &str| name == "limit_req_zone" && !used.contains(&id);
    let zones: Vec<SubjectId> =
        model.subjects.iter().filter(|(id, own)| unused(*id, own.name())).map(|(id, _)| id).collect();
    let reached = used.into_iter().filter(|zone| cx.skipped.is_empty() && !cx.ledger.knows(*zone));
    for zone in zones.into_iter().chain(reached.collect::<Vec<_>>()) {
        cx.note(zone, &can::UNREACHED);
    }
}
