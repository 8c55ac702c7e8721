//! Headers for backends and for clients.

use super::Plan;
use super::answers::flat;
use super::capabilities as can;
use super::names::is_hostname;
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Pass, Route};
use crate::translate::subject::SubjectId;

/// How many headers one filter may set, add or remove.
const MOST: usize = 16;

/// What a filter does to headers.
#[derive(Debug, Default)]
struct Changes {
    set: Vec<Node>,
    add: Vec<Node>,
    remove: Vec<Node>,
}

/// What happens to a header for a backend.
enum Turn {
    Set(String),
    Remove,
    Nothing,
}

/// Variables that implementations write into headers of these names by themselves.
const FORWARDED: &[(&str, &[&str])] = &[
    ("X-Forwarded-For", &["$proxy_add_x_forwarded_for", "$remote_addr", "$full_x_forwarded_for"]),
    ("X-Forwarded-Host", &["$host", "$http_host", "$best_http_host"]),
    ("X-Forwarded-Port", &["$server_port", "$pass_port"]),
    ("X-Forwarded-Proto", &["$scheme", "$pass_access_scheme"]),
    ("X-Real-IP", &["$remote_addr"]),
];

/// The filter that changes the headers for a backend; a `Host` goes to `rewrite`.
///
/// # Errors
/// More headers than a filter has room for.
pub fn for_backend(plan: &mut Plan, host: usize, pass: &Pass, rewrite: &mut MapOf) -> Result<Option<Node>, String> {
    let mut changes = Changes::default();
    for given in &pass.how.headers {
        let (name, value) = (&given.value.0, flat(&given.value.1));
        if name.eq_ignore_ascii_case("Host") {
            let value = match value.as_str() {
                "$proxy_host" => pass.host.clone(),
                "$server_name" => first_name(plan, host).unwrap_or(value),
                _ => value,
            };
            host_header(plan, given.from, &value, rewrite, &mut changes);
            continue;
        }
        let (note, turn) = turn(plan, name, &value);
        plan.note(given.from, note);
        match turn {
            Turn::Set(value) => changes.set.push(header(name, &value, given.from)),
            Turn::Remove => changes.remove.push(Node::from(name.as_str()).of(given.from)),
            Turn::Nothing => {}
        }
    }
    changes.filter("RequestHeaderModifier", "requestHeaderModifier")
}

fn first_name(plan: &Plan, host: usize) -> Option<String> {
    let names = super::hosts::hostnames(plan.model, host);
    names.first().map(|(name, _)| name.clone())
}

fn host_header(plan: &mut Plan, from: SubjectId, value: &str, rewrite: &mut MapOf, changes: &mut Changes) {
    let lower = value.to_ascii_lowercase();
    let note: &Capability = match value {
        "$http_host" | "$best_http_host" => &can::HOST_HEADER_KEPT,
        "$host" | "$host:$server_port" => &can::HOST_HEADER_PORT,
        _ if lower == value && is_hostname(value) => {
            rewrite.put("hostname", Node::from(value).of(from));
            &can::HOST_HEADER
        }
        _ if value.contains('$') => &can::SET_HEADER_LOST,
        _ => {
            changes.set.push(header("Host", value, from));
            &can::HOST_HEADER_LOST
        }
    };
    plan.note(from, note);
}

fn turn(plan: &Plan, name: &str, value: &str) -> (&'static Capability, Turn) {
    let own = format!("$http_{}", name.to_ascii_lowercase().replace('-', "_"));
    let named = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    let forwarded = FORWARDED.iter().any(|(header, values)| named(header) && values.contains(&value));
    match value {
        _ if named("Connection") => (&can::SET_HEADER_CONNECTION, Turn::Nothing),
        "$http_upgrade" if named("Upgrade") => (&can::WEBSOCKET, Turn::Nothing),
        _ if forwarded => (&can::SET_HEADER_FORWARDED, Turn::Nothing),
        "" => (&can::SET_HEADER_REMOVED, Turn::Remove),
        _ if value == own => (&can::SET_HEADER_CONNECTION, Turn::Nothing),
        _ if value.contains('$') && plan.controller.is_some() => (&can::INGRESS_HEADERS, Turn::Nothing),
        _ if value.contains('$') => (&can::SET_HEADER_LOST, Turn::Nothing),
        _ => (&can::SET_HEADER, Turn::Set(value.to_owned())),
    }
}

/// The filter that changes the headers for clients.
///
/// # Errors
/// More headers than a filter has room for.
pub fn for_client(plan: &mut Plan, route: &Route) -> Result<Option<Node>, String> {
    let mut changes = Changes::default();
    for given in &route.policy.added {
        let (name, value) = (&given.value.name, &given.value.value);
        let note = match value.literal() {
            None => &can::ADD_HEADER_LOST,
            Some(_) if given.value.always => &can::ADD_HEADER_ALWAYS,
            Some(_) => &can::ADD_HEADER,
        };
        plan.note(given.from, note);
        if let Some(value) = value.literal().filter(|value| !value.is_empty()) {
            changes.add.push(header(name, value, given.from));
        }
    }
    if let crate::translate::model::Action::Pass(pass) = &route.action {
        for given in &pass.how.hidden {
            plan.note(given.from, &can::HIDE_HEADER);
            changes.remove.push(Node::from(given.value.as_str()).of(given.from));
        }
    }
    more_headers(plan, route, &mut changes);
    changes.filter("ResponseHeaderModifier", "responseHeaderModifier")
}

/// The headers-more module, as the controller uses it: `more_set_headers "Name: value"`.
fn more_headers(plan: &mut Plan, route: &Route, changes: &mut Changes) {
    for (word, from) in every(plan, route, "more_set_headers") {
        let Some((name, value)) = word.split_once(':') else { continue };
        let value = value.trim();
        if value.contains('$') || name.starts_with('-') {
            plan.note(from, &can::ADD_HEADER_LOST);
            continue;
        }
        plan.note(from, &can::ADD_HEADER_ALWAYS);
        changes.set.push(header(name.trim(), value, from));
    }
    for (word, from) in every(plan, route, "more_clear_headers") {
        if word.eq_ignore_ascii_case("Server") {
            plan.note(from, &can::HIDE_HEADER);
            changes.remove.push(Node::from(word.as_str()).of(from));
        }
    }
}

/// The arguments of all directives of a name around a route, from the outside in.
fn every(plan: &Plan, route: &Route, name: &str) -> Vec<(String, SubjectId)> {
    let config = plan.model.config;
    let mut scopes: Vec<_> = config.ancestors(route.scope).collect();
    scopes.reverse();
    let mut found = Vec::new();
    for scope in scopes {
        for setting in config.scope(scope).all(name) {
            let from = plan.model.subjects.setting(scope, setting);
            found.extend(setting.words[1..].iter().map(|word| (word.value.to_string(), from)));
        }
    }
    found
}

fn header(name: &str, value: &str, from: SubjectId) -> Node {
    map([("name", Node::from(name).of(from)), ("value", value.into())])
}

impl Changes {
    /// One filter; the same one twice in a rule is not allowed, so what is too much for one is too much.
    fn filter(self, kind: &str, field: &str) -> Result<Option<Node>, String> {
        let mut modifier = MapOf::default();
        for (name, nodes) in [("set", self.set), ("add", self.add), ("remove", self.remove)] {
            if nodes.len() > MOST {
                return Err(format!("a filter can {name} {MOST} headers, and {} are wanted", nodes.len()));
            }
            if !nodes.is_empty() {
                modifier.put(name, list(nodes));
            }
        }
        let made = (!modifier.is_empty()).then(|| map([("type", kind.into()), (field, modifier.node())]));
        Ok(made)
    }
}
