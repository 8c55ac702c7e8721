//! The routes of a server: which paths, and what happens there.

use super::answers::{redirect, returned, status};
use super::text::Place;
use super::{Cx, can, handler, headers, listen, program, proxy, texts};
use crate::config::cidr::Cidr;
use crate::modules::shared::access::Rule;
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Action, Given, Host, Listener, Route};
use crate::translate::{escape, order, re2};

/// What all routes of a server know.
pub struct Server {
    /// Placeholders for variables.
    pub place: Place,
    /// `http://host:port` of redirects.
    pub base: String,
}

/// The routes of a server, in order.
#[derive(Default)]
pub struct Routes {
    /// What comes before a location is searched.
    pub program: Vec<Node>,
    /// The locations.
    pub locations: Vec<Node>,
    /// Locations lead back to all of them, by the name of the server's routes.
    pub reenters: bool,
}

/// The routes of a server.
pub fn all(cx: &mut Cx, listener: &Listener, host: &Host) -> Routes {
    let number = cx.model.hosts.iter().position(|other| other.scope == host.scope).unwrap_or(0);
    notes(cx, listener, number, host);
    let server_name = host.server_name.clone();
    let port = order::port(listener);
    let place =
        Place { port, tls: listener.tls, server_name, named: listen::captures(number, host), ..Place::default() };
    let base = format!("{}://{}{}", listener.scheme(), super::text::HOST, listener.shown_port());
    let mut server = Server { place, base };
    let mut routes = Routes::default();
    if host.has_program {
        // The `return` that a server begins with is its only route.
        let returns = matches!(host.routes.as_slice(), [Route { action: Action::Return(_), .. }]);
        if !returns {
            routes.program = program::of_server(cx, &mut server, host);
        }
    }
    for route in &host.routes {
        let again = listen::routes_name(number);
        let one = one(cx, &server, route, &again, &mut routes.reenters);
        routes.locations.extend(one);
    }
    routes
}

fn notes(cx: &mut Cx, listener: &Listener, number: usize, host: &Host) {
    cx.note(host.from, if number == listener.default { &can::DEFAULT_SERVER } else { &can::SERVER });
    cx.note(host.from, &can::OWN_ANSWERS);
    cx.note(host.underscores.from, if host.underscores.value { &can::UNDERSCORES_ON } else { &can::UNDERSCORES });
    cx.note(
        host.merge_slashes.from,
        if host.merge_slashes.value { &can::MERGE_SLASHES } else { &can::MERGE_SLASHES_OFF },
    );
    for name in ["auth_basic", "auth_request"] {
        let scopes: Vec<_> = std::iter::once(host.scope).chain(host.routes.iter().map(|route| route.scope)).collect();
        for scope in scopes {
            let Some((setting, from)) = cx.effective(scope, name) else { continue };
            let capability = if setting.arg(1) == "off" { &can::AUTH_OFF } else { &can::AUTH };
            cx.note(from, capability);
            if let Some((_, file)) = cx.effective(scope, "auth_basic_user_file") {
                cx.note(file, capability);
            }
        }
    }
}

/// A route: none where it cannot be written.
fn one(cx: &mut Cx, server: &Server, route: &Route, again: &str, reenters: &mut bool) -> Option<Node> {
    let wants_rest = matches!(&route.action, Action::Pass(pass) if pass.uri.is_some());
    let matched = matcher(cx, route, wants_rest)?;
    let mut place = server.place.clone();
    place.regex.clone_from(&matched.captures);
    if let (Some(name), Some(regex)) = (&matched.captures, route.test.regexes.first()) {
        place.named.extend(regex.names().iter().map(|own| (own.clone(), name.clone())));
    }
    let mut handle: Vec<Node> = headers::added(cx, route, &place);
    let mut ended = false;
    if route.has_program && !route.test.is_rest {
        let written = program::of_location(cx, server, route, again, &mut place);
        (ended, *reenters) = (written.ended, *reenters || written.reenters);
        if !written.routes.is_empty() {
            handle.push(handler("subroute").put("routes", list(written.routes)).take());
        }
    }
    match &route.action {
        _ if ended => note_limits(cx, route, false),
        Action::Pass(pass) => {
            before(cx, route, &mut handle);
            proxy::handlers(cx, server, route, pass, &place, &matched, &mut handle);
        }
        Action::Return(given) => {
            note_limits(cx, route, false);
            handle.push(returned(cx, server, &place, route, given));
        }
        Action::SlashRedirect => {
            cx.note(route.from, &can::SLASH_REDIRECT);
            cx.uses_host = true;
            let exact = escape::path(route.test.exact.as_deref().unwrap_or_default());
            let location = format!("{}{exact}/{{http.request.uri.prefixed_query}}", server.base);
            handle.push(redirect(301, &location));
        }
        Action::Own(name) => {
            before(cx, route, &mut handle);
            handle.push(own(cx, route, name));
        }
    }
    let mut node = MapOf::default();
    if let Some(test) = matched.test {
        node.put("match", list([test]));
    }
    node.put("handle", list(handle));
    Some(node.put("terminal", true).take().of(route.from))
}

/// How a route's test is written.
pub struct Matched {
    /// The matchers; none where all requests fit.
    test: Option<Node>,
    /// The name of the regular expression with the captures.
    pub captures: Option<String>,
}

fn matcher(cx: &mut Cx, route: &Route, wants_rest: bool) -> Option<Matched> {
    let test = &route.test;
    let mut patterns: Vec<(Option<String>, String)> = Vec::new();
    for (number, regex) in test.regexes.iter().enumerate() {
        let Some(pattern) = re2::of(regex) else {
            lost(cx, route, if keeps_out(route) { &can::LOCATION_REGEX_GUARD } else { &can::LOCATION_REGEX_LOST });
            return None;
        };
        let name = (number == 0).then(|| cx.regex_name());
        patterns.push((name, pattern));
    }
    if let Some(exact) = &test.exact {
        patterns.push((None, format!("^{}$", re2::quoted(exact))));
    }
    match &test.prefix {
        Some(prefix) if wants_rest && patterns.is_empty() => {
            let name = cx.regex_name();
            patterns.push((Some(name), format!("(?s)^{}(.*)$", re2::quoted(prefix))));
        }
        Some(prefix) if prefix != "/" => patterns.push((None, format!("^{}", re2::quoted(prefix)))),
        _ => {}
    }
    let capability = if !test.regexes.is_empty() {
        &can::LOCATION_REGEX
    } else if test.exact.is_some() {
        &can::LOCATION_EXACT
    } else {
        &can::LOCATION_PREFIX
    };
    if !test.is_rest && !matches!(route.action, Action::SlashRedirect) {
        cx.note(route.from, capability);
    }
    let captures = patterns.first().and_then(|(name, _)| name.clone());
    let mut parts = patterns.into_iter().map(|(name, pattern)| regex(name, &pattern));
    let mut test = MapOf::default();
    if let Some(first) = parts.next() {
        test.put("path_regexp", first);
    }
    // A set of matchers has one of each; the others must not fail to match.
    let others: Vec<Node> = parts.map(|own| map([("not", list([map([("path_regexp", own)])]))])).collect();
    if !others.is_empty() {
        test.put("not", list(others));
    }
    Some(Matched { test: (!test.is_empty()).then(|| test.node()), captures })
}

/// What is said of a route that cannot be written, and of what stands in it.
fn lost(cx: &mut Cx, route: &Route, capability: &'static Capability) {
    cx.note(route.from, capability);
    for setting in &cx.model.config.scope(route.scope).settings {
        cx.note(cx.model.subjects.setting(route.scope, setting), capability);
    }
}

/// A regular expression with its name.
pub fn regex(name: Option<String>, pattern: &str) -> Node {
    let mut own = MapOf::default();
    if let Some(name) = name {
        own.put("name", name);
    }
    own.put("pattern", pattern).take()
}

/// Whether a route keeps somebody out, so that another may not take its place.
fn keeps_out(route: &Route) -> bool {
    let denies = route.policy.access.iter().any(|rule| !rule.value.allow);
    let says_no =
        matches!(&route.action, Action::Return(given) if matches!(given.value.0, 401 | 403 | 404 | 429 | 444));
    denies || says_no
}

/// What stands before a request is answered.
fn before(cx: &mut Cx, route: &Route, handle: &mut Vec<Node>) {
    note_limits(cx, route, true);
    let rules = &route.policy.access;
    if !rules.is_empty() {
        handle.push(access(cx, rules));
    }
    let most = &route.policy.max_body;
    if most.value > 0 && matches!(route.action, Action::Pass(_)) {
        let size = Node::from(most.value as i64).of(most.from);
        handle.push(too_large(most.value).of(most.from));
        handle.push(handler("request_body").put("max_size", size).take());
    }
    if let Some(encode) = headers::encode(cx, route.scope) {
        handle.push(encode);
    }
}

fn note_limits(cx: &mut Cx, route: &Route, answers: bool) {
    let passes = matches!(route.action, Action::Pass(_)) && route.policy.max_body.value > 0;
    cx.note(route.policy.max_body.from, if passes { &can::BODY_SIZE } else { &can::BODY_SIZE_IDLE });
    for rate in &route.policy.rates {
        cx.note(rate.from, &can::LIMIT_REQ);
        cx.note(rate.value.zone, &can::LIMIT_REQ);
    }
    for limit in &route.policy.connections {
        cx.note(limit.from, &can::LIMIT_CONN);
        cx.note(limit.value.zone, &can::LIMIT_CONN);
    }
    if !answers {
        for rule in &route.policy.access {
            cx.note(rule.from, &can::ACCESS);
        }
    }
}

/// The first rule that fits decides: of the routes of a group only the first that fits is gone through.
fn access(cx: &mut Cx, rules: &[Given<Rule>]) -> Node {
    let group = format!("access{}", cx.regex_name());
    let mut routes = Vec::new();
    for rule in rules {
        cx.note(rule.from, &can::ACCESS);
        let mut route = MapOf::default();
        route.put("group", group.as_str());
        match rule.value.network {
            Some(Cidr::Unix) => continue,
            Some(network) => {
                let ranges = texts([network.to_string()]);
                route.put("match", list([map([("remote_ip", map([("ranges", ranges)]))])]));
            }
            None => {}
        }
        if !rule.value.allow {
            route.put("handle", list([status(403)]));
            route.put("terminal", true);
        }
        routes.push(route.node().of(rule.from));
    }
    handler("subroute").put("routes", list(routes)).take()
}

/// nginx looks at the length before it asks a backend.
fn too_large(most: u64) -> Node {
    let length = "{http.request.header.Content-Length}";
    let test = format!("{length} != '' && int({length}) > {most}");
    let answer = handler("static_response").put("status_code", 413_i64).put("close", true).take();
    let route = map([("match", list([map([("expression", Node::from(test))])])), ("handle", list([answer]))]);
    handler("subroute").put("routes", list([route])).take()
}

/// Files, and handlers of nginx's own.
fn own(cx: &mut Cx, route: &Route, name: &str) -> Node {
    let root = cx.effective(route.scope, "root");
    match root {
        Some((setting, from)) if name == "root" && !setting.arg(1).contains('$') => {
            cx.note(from, &can::FILES);
            cx.note(route.from, &can::FILES);
            let mut server = handler("file_server");
            server.put("root", Node::from(setting.arg(1)).of(from));
            server.put("index_names", texts(["index.html"])).take()
        }
        _ => {
            cx.note(route.from, if route.test.is_rest { &can::NO_FILES } else { &can::FILES_LOST });
            status(404)
        }
    }
}
