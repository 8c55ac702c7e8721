//! How a request is passed to a backend: its path, its headers, and what happens when the backend fails.

use super::clusters::{self, usable};
use super::routes::Draft;
use super::text::{Plain, Scene};
use super::{Cx, OVERWRITE, answers, can, choice, duration, header, number, regex};
use crate::config::{Part, Text};
use crate::modules::http::proxy::rewrite::{Pattern, Rule};
use crate::modules::shared::pass::Protocol;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::escape;
use crate::translate::model::{Given, Pass, Passing, Route};

/// How often a request is tried at most.
fn tries(cx: &Cx, pass: &Pass) -> u64 {
    let Ok(group) = pass.to else { return 1 };
    let all = cx.model.groups[group].servers.iter().filter(|server| usable(server.value)).count() as u64;
    pass.how.attempts(all).max(1)
}

/// Whether requests that may not be repeated need a route of their own.
pub fn is_split(cx: &Cx, pass: &Pass) -> bool {
    let next = &pass.how.next_upstream.value;
    pass.protocol == Protocol::Http
        && tries(cx, pass) > 1
        && !next.has("non_idempotent")
        && next.names().any(|name| name != "off" && name != "non_idempotent")
}

/// Passes the requests of a route; `again` where they may be repeated.
pub fn apply(
    cx: &mut Cx,
    route: &Route,
    (pass, again, rewrite): (&Pass, bool, Option<Node>),
    scene: &Scene,
    draft: &mut Draft,
) {
    let (Ok(group), Protocol::Http) = (&pass.to, pass.protocol) else {
        cx.note(pass.from, if pass.to.is_err() { &can::PASS_VARIABLES } else { &can::PASS_OTHER });
        return answers::page(cx, draft, 502);
    };
    cx.note(pass.from, &can::PASS);
    let mut action = MapOf::default();
    let cluster = clusters::of(cx, pass, *group);
    action.put("cluster", Node::from(cluster).of(pass.from));
    host(cx, &pass.how, scene, &mut action);
    match (rewrite, &pass.uri) {
        (Some(rewrite), _) => drop(action.put("regex_rewrite", rewrite)),
        (None, Some(uri)) => {
            cx.note(pass.from, &can::PASS_URI);
            let path =
                route.test.exact.as_ref().or(route.test.prefix.as_ref()).filter(|path| escape::path(path) != **path);
            match path {
                Some(path) => {
                    let pattern = map([("regex", Node::from(format!("^{}", regex::literal(&escape::path(path)))))]);
                    let rewrite = [("pattern", pattern), ("substitution", Node::from(uri.replace('\\', "\\\\")))];
                    action.put("regex_rewrite", map(rewrite).of(pass.from));
                }
                None => drop(action.put("prefix_rewrite", Node::from(&**uri).of(pass.from))),
            }
        }
        (None, None) => {
            draft.metadata.put("as_sent", true);
        }
    }
    action.put("timeout", duration(0));
    action.put("retry_policy", retries(cx, pass, *group, again));
    choice::choice(cx, *group, scene, draft);
    headers(cx, route, &pass.how, scene, (&mut action, draft));
    hidden(cx, &pass.how, draft);
    redirects(cx, route, pass, scene, draft);
    times(cx, &pass.how, route);
    draft.action = Some(("route", action.node()));
}

fn times(cx: &mut Cx, how: &Passing, route: &Route) {
    cx.note(how.connect_timeout.from, &can::CONNECT_TIMEOUT);
    cx.note(how.read_timeout.from, &can::READ_TIMEOUT);
    cx.note(how.send_timeout.from, &can::SEND_TIMEOUT);
    cx.note(how.http11.from, if how.http11.value { &can::HTTP_11 } else { &can::HTTP_10 });
    cx.note(how.buffering.from, if how.buffering.value { &can::BUFFERING } else { &can::BUFFERING_OFF });
    let limited = route.policy.max_body.value > 0;
    let request = match (how.request_buffering.value, limited) {
        (true, _) => &can::REQUEST_BUFFERING,
        (false, true) => &can::REQUEST_BUFFERING_LIMIT,
        (false, false) => &can::BUFFERING_OFF,
    };
    cx.note(how.request_buffering.from, request);
}

/// `Host` for the backend.
fn host(cx: &mut Cx, how: &Passing, scene: &Scene, action: &mut MapOf) {
    let Some(given) = how.headers.iter().find(|given| given.value.0.eq_ignore_ascii_case("host")) else { return };
    let text = &given.value.1;
    let Some(format) = scene.format(text, &mut cx.front.script.values) else {
        return cx.note(given.from, &can::SET_HEADER_VARIABLES);
    };
    cx.note(given.from, &can::HOST_HEADER);
    let plain = text.plain().or_else(|| (!format.contains('%')).then(|| format.clone()));
    match plain {
        Some(plain) => action.put("host_rewrite_literal", Node::from(plain).of(given.from)),
        None => action.put("host_rewrite", Node::from(format).of(given.from)),
    };
}

fn retries(cx: &mut Cx, pass: &Pass, group: usize, again: bool) -> Node {
    let how = &pass.how;
    let next = &how.next_upstream;
    let tries = tries(cx, pass);
    let mut policy = MapOf::default();
    let (error, timeout) = (next.value.has("error"), next.value.has("timeout"));
    let statuses: Vec<i64> = how.retried().filter_map(|status| status.parse().ok()).collect();
    let mut on = Vec::new();
    if tries > 1 {
        match (again, error || timeout) {
            (true, true) => on.extend(["connect-failure", "refused-stream", "reset"]),
            (false, true) => on.push("connect-failure"),
            (_, false) => {}
        }
        if again && !statuses.is_empty() {
            on.push("retriable-status-codes");
        }
    }
    let said = match (error, timeout, on.is_empty()) {
        _ if !statuses.is_empty() && error == timeout => &can::NEXT_UPSTREAM_STATUS,
        (true, true, _) => &can::NEXT_UPSTREAM,
        (false, false, true) => &can::NEXT_UPSTREAM_OFF,
        _ => &can::NEXT_UPSTREAM_HALF,
    };
    cx.note(next.from, said);
    cx.note(how.tries.from, &can::TRIES);
    cx.note(how.tries_timeout.from, if how.tries_timeout.value == 0 { &can::TRIES } else { &can::TRIES_TIMEOUT });
    if !on.is_empty() {
        policy.put("retry_on", Node::from(on.join(",")).of(next.from));
        if on.contains(&"retriable-status-codes") {
            policy.put("retriable_status_codes", list(statuses.into_iter().map(Node::from)));
        }
    }
    policy.put("num_retries", number(if on.is_empty() { 0 } else { tries - 1 }));
    policy.put("per_try_idle_timeout", duration(how.read_timeout.value).of(how.read_timeout.from));
    if !on.is_empty() {
        let at_once = map([("base_interval", duration(1)), ("max_interval", duration(1))]);
        policy.put("retry_back_off", at_once);
        let name = "envoy.retry_host_predicates.previous_hosts";
        let config = super::typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate", []);
        policy.put("retry_host_predicate", list([map([("name", Node::from(name)), ("typed_config", config)])]));
        policy.put("host_selection_retry_max_attempts", 20_i64);
        if let Some(priority) = clusters::retry_priority(cx, group) {
            policy.put("retry_priority", priority);
        }
    }
    policy.node()
}

/// `proxy_set_header`
fn headers(cx: &mut Cx, route: &Route, how: &Passing, scene: &Scene, (action, draft): (&mut MapOf, &mut Draft)) {
    let is = |given: &&Given<(String, Text)>, name: &str| given.value.0.eq_ignore_ascii_case(name);
    let upgrade = how.headers.iter().find(|given| is(given, "upgrade"));
    let socket = upgrade.is_some_and(|given| given.value.1.0 == [Part::Variable("http_upgrade".to_owned())]);
    if socket {
        cx.front.websocket = true;
        let on = map([("upgrade_type", Node::from("websocket")), ("enabled", Node::from(true))]);
        action.put("upgrade_configs", list([on]));
        super::limits::no_body(cx, route, draft);
    }
    for given in &how.headers {
        let (name, text) = &given.value;
        if is(&given, "host") {
            continue;
        }
        if is(&given, "connection") || is(&given, "upgrade") {
            cx.note(given.from, if socket { &can::WEBSOCKET } else { &can::NO_WEBSOCKET });
            for part in &text.0 {
                if let Part::Variable(variable) = part {
                    note_map(cx, variable, &can::WEBSOCKET);
                }
            }
            continue;
        }
        let Some(format) = scene.format(text, &mut cx.front.script.values) else {
            cx.note(given.from, &can::SET_HEADER_VARIABLES);
            draft.request_remove.push(Node::from(&**name).of(given.from));
            continue;
        };
        note_maps(cx, text);
        cx.note(given.from, &can::SET_HEADER);
        // What has no value goes, whatever the client sent.
        if format.is_empty() || text.plain().is_none() {
            draft.request_remove.push(Node::from(&**name).of(given.from));
        }
        if !format.is_empty() {
            let mut node = header(name, &format, OVERWRITE);
            node.from.push(given.from);
            draft.request_add.push(node);
        }
    }
}

/// Says of the maps that a text uses that they are there.
pub fn note_maps(cx: &mut Cx, text: &Text) {
    for part in &text.0 {
        if let Part::Variable(name) = part {
            note_map(cx, name, &can::MAP);
        }
    }
}

fn note_map(cx: &mut Cx, variable: &str, said: &'static crate::translate::Capability) {
    let config = cx.model.config;
    let Some(http) = config.http else { return };
    let maps = config.scope(http).slot::<crate::modules::shared::map::Maps>();
    let map = maps.and_then(|maps| maps.maps.iter().find(|map| map.variable == variable));
    if let Some(map) = map {
        let subject = cx.model.subjects.at(http, map.span);
        cx.note(subject, said);
    }
}

/// `proxy_hide_header`, and what nginx always hides.
fn hidden(cx: &mut Cx, how: &Passing, draft: &mut Draft) {
    for name in
        ["x-pad", "x-accel-expires", "x-accel-redirect", "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset"]
    {
        draft.response_remove.push(Node::from(name));
    }
    for given in &how.hidden {
        cx.note(given.from, &can::HIDE_HEADER);
        draft.response_remove.push(Node::from(&*given.value).of(given.from));
    }
}

/// `proxy_redirect`
fn redirects(cx: &mut Cx, route: &Route, pass: &Pass, scene: &Scene, draft: &mut Draft) {
    let mut rules = Vec::new();
    for given in &pass.how.redirects {
        let (from, to) = match &given.value {
            Rule::Default => {
                cx.note(given.from, &can::PROXY_REDIRECT);
                let location = route.test.exact.as_ref().or(route.test.prefix.as_ref());
                let Some(location) = location.filter(|_| pass.uri.is_some()) else { continue };
                let (from, to) = pass.default_redirect(location);
                (Some(from), Some(to.to_owned()))
            }
            Rule::Replace(Pattern::Text(from), to) => (from.plain(), to.plain()),
            Rule::Replace(..) | Rule::Flags(..) => (None, None),
        };
        let (Some(from), Some(to)) = (from, to) else {
            cx.note(given.from, &can::PROXY_REDIRECT_LOST);
            continue;
        };
        cx.note(given.from, &can::PROXY_REDIRECT);
        rules.push(map([("from", Node::from(from)), ("to", Node::from(to))]).of(given.from));
    }
    if !rules.is_empty() {
        cx.front.script.answers = true;
        // The script puts it before paths.
        answers::origin(cx, route.scope, scene);
        draft.metadata.put("redirects", list(rules));
    }
}
