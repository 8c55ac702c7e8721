//! Addresses, and which `server` block a request is for.

use std::collections::BTreeSet;

use super::text::HOST;
use super::{Cx, answers, can, handler, routes, texts, time, tls};
use crate::config::address::Address;
use crate::translate::document::{MapOf, Node, Value, list, map};
use crate::translate::model::{Host, Listener, NameForm};
use crate::translate::order::{self, Wanted};
use crate::translate::re2;

/// A server.
pub fn server(cx: &mut Cx, listeners: &[&Listener]) -> Node {
    let first = listeners[0];
    (cx.uses_host, cx.kept) = (false, BTreeSet::new());
    cx.maps.clear();
    let mut server = MapOf::default();
    server.put("listen", list(listeners.iter().map(|listener| address(listener).of_all(listener.from.clone()))));
    for from in listeners.iter().flat_map(|listener| &listener.from) {
        cx.note(*from, if first.tls { &can::LISTEN_TLS } else { &can::LISTEN });
        if first.proxy_protocol {
            cx.note(*from, &can::PROXY_PROTOCOL);
        }
        if adds_always(cx, first.default) {
            cx.note(*from, &can::LISTEN_REFUSED);
        }
    }
    if first.proxy_protocol {
        let wrapper = map([("wrapper", Node::from("proxy_protocol")), ("timeout", time(60_000))]);
        let rest = first.tls.then(|| map([("wrapper", Node::from("tls"))]));
        server.put("listener_wrappers", list(std::iter::once(wrapper).chain(rest)));
    }
    let protocols: &[&str] = match (first.http2, first.tls) {
        (true, true) => &["h1", "h2"],
        (true, false) => &["h1", "h2c"],
        (false, _) => &["h1"],
    };
    server.put("protocols", texts(protocols));
    server.put("automatic_https", map([("disable", Node::from(true))]));
    for host in &first.hosts {
        if let Some((_, from)) = cx.effective(cx.model.hosts[*host].scope, "http2") {
            cx.note(from, &can::LISTEN);
        }
    }
    timeouts(cx, first, &mut server);
    if first.tls {
        server.put("tls_connection_policies", tls::policies(cx, first));
    }
    logs(cx, first, &mut server);
    let (named, hosts) = hosts(cx, first);
    let mut all = first_routes(cx);
    all.extend(hosts);
    if !named.is_empty() {
        server.put("named_routes", named.node());
    }
    server.put("routes", list(all));
    server.put("errors", map([("routes", list(answers::errors()))]));
    server.node()
}

/// Whether a server adds headers to whatever it answers.
fn adds_always(cx: &Cx, host: usize) -> bool {
    let rest = cx.model.hosts[host].routes.last();
    rest.is_some_and(|rest| rest.policy.added.iter().any(|header| header.value.always))
}

fn address(listener: &Listener) -> Node {
    Node::from(match &listener.address {
        Address::Unix(path) => format!("unix/{path}"),
        // Go opens `[::]` for IPv4 too.
        Address::Inet(address) if address.is_ipv6() => format!("tcp6/{address}"),
        Address::Inet(address) => address.to_string(),
    })
}

fn timeouts(cx: &mut Cx, listener: &Listener, server: &mut MapOf) {
    let scope = cx.model.hosts[listener.default].scope;
    for (directive, name, default) in
        [("client_header_timeout", "read_header_timeout", 60_000), ("keepalive_timeout", "idle_timeout", 75_000)]
    {
        let Some((setting, from)) = cx.effective(scope, directive) else {
            server.put(name, time(default));
            continue;
        };
        let value = crate::config::values::msec(setting.arg(1)).unwrap_or(default);
        server.put(name, time(value).of(from));
        cx.note(from, &can::CLIENT_TIMEOUTS);
    }
    for directive in ["client_body_timeout", "send_timeout", "keepalive_requests", "keepalive_time"] {
        for host in listener.hosts.iter().map(|host| cx.model.hosts[*host].scope) {
            if let Some((_, from)) = cx.effective(host, directive) {
                cx.note(from, &can::CLIENT_TIMEOUTS_OTHER);
            }
        }
    }
}

fn logs(cx: &mut Cx, listener: &Listener, server: &mut MapOf) {
    let mut from = Vec::new();
    for host in listener.hosts.iter().map(|host| cx.model.hosts[*host].scope) {
        let Some((setting, subject)) = cx.effective(host, "access_log") else { continue };
        let off = setting.arg(1) == "off";
        if let Some((_, format)) = cx.effective(host, "log_format") {
            cx.note(format, &can::ACCESS_LOG);
        }
        cx.note(subject, if off { &can::ACCESS_LOG_OFF } else { &can::ACCESS_LOG });
        from.extend((!off).then_some(subject));
    }
    if !from.is_empty() {
        from.dedup();
        server.put("logs", map([]).of_all(from));
    }
}

/// What comes before the routes of the servers: what Caddy adds is taken away, and placeholders are made.
fn first_routes(cx: &mut Cx) -> Vec<Node> {
    let mut handle = Vec::new();
    let mut headers = handler("headers");
    let gone = [("deferred", Node::from(true)), ("delete", texts(["Server", "Via"]))];
    handle.push(headers.put("response", map(gone)).take());
    let maps = super::maps::handlers(cx);
    if cx.uses_host {
        handle.push(host_map());
    }
    handle.extend(maps);
    for name in &cx.kept {
        // Caddy sets this header; its client's value is put back, or it is deleted where the client sent none.
        let mut own = handler("map");
        own.put("source", format!("{{http.request.header.{name}}}").as_str());
        own.put("destinations", texts([absent(name)]));
        own.put("mappings", list([map([("input", Node::from("")), ("outputs", texts([name]))])]));
        handle.push(own.put("defaults", texts(["-"])).take());
    }
    vec![map([("handle", list(handle))]), methods("^(TRACE|CONNECT)$", 405), methods("[^A-Z_-]", 400)]
}

/// Methods that nginx refuses.
fn methods(pattern: &str, code: u16) -> Node {
    let method = map([("{http.request.method}", routes::regex(None, pattern))]);
    let test = list([map([("vars_regexp", method)])]);
    map([("match", test), ("handle", list([answers::status(code)])), ("terminal", Node::from(true))])
}

/// The placeholder that is a header's name where the client did not send it.
pub fn absent(header: &str) -> String {
    format!("{{absent_{}}}", header.to_ascii_lowercase().replace('-', "_"))
}

/// nginx's `$host`: without the port, without a dot at the end, in small letters; the last for names of up to five labels.
fn host_map() -> Node {
    const MOST: usize = 5;
    let mut mappings = vec![map([("input_regexp", Node::from("^[^A-Z]*[^A-Z.]$")), ("outputs", texts(["plain"]))])];
    let mut lower = Vec::new();
    for (dot, skip) in [("", 0), ("\\.", 1)] {
        for labels in 1..=MOST {
            let kind = format!("{labels}{}", if skip == 0 { "" } else { "." });
            let regex = format!("^[^.]+(\\.[^.]+){{{}}}{dot}$", labels - 1);
            mappings.push(map([("input_regexp", Node::from(regex)), ("outputs", texts([&kind]))]));
            let parts: Vec<String> =
                (skip..labels + skip).rev().map(|label| format!("{{http.request.host.labels.{label}}}")).collect();
            lower.push(map([("input", Node::from(kind)), ("outputs", texts([parts.join(".")]))]));
        }
    }
    let mut kinds = handler("map");
    kinds.put("source", "{http.request.host}").put("destinations", texts(["{nginx_host_kind}"]));
    let kinds = kinds.put("mappings", list(mappings)).put("defaults", texts(["plain"])).take();
    let mut hosts = handler("map");
    hosts.put("source", "{nginx_host_kind}").put("destinations", texts([HOST]));
    let hosts = hosts.put("mappings", list(lower)).put("defaults", texts(["{http.request.host}"])).take();
    let routes = list([map([("handle", list([kinds, hosts]))])]);
    handler("subroute").put("routes", routes).take()
}

/// The routes of the servers, those that are used more than once by name.
fn hosts(cx: &mut Cx, listener: &Listener) -> (MapOf, Vec<Node>) {
    let model = cx.model;
    for host in &listener.hosts {
        for name in &model.hosts[*host].names {
            note_name(cx, name.from, &name.form);
        }
    }
    let mut rows = Vec::new();
    for row in order::rows(model, listener) {
        let mut matchers = Vec::new();
        for name in &row.names {
            if let Some(matcher) = name_matcher(cx, row.host, *name) {
                add_matcher(&mut matchers, matcher);
            }
        }
        if row.names.is_empty() || !matchers.is_empty() {
            rows.push((row.host, matchers));
        }
    }
    written(cx, listener, rows)
}

fn written(cx: &mut Cx, listener: &Listener, rows: Vec<(usize, Vec<Node>)>) -> (MapOf, Vec<Node>) {
    let (mut named, mut nodes) = (MapOf::default(), Vec::new());
    let alone = rows.len() == 1;
    for (at, (host, matchers)) in rows.iter().enumerate() {
        let uses = rows.iter().filter(|(other, _)| other == host).count();
        let is_first = rows.iter().position(|(other, _)| other == host) == Some(at);
        let own = &cx.model.hosts[*host];
        let mut routes = if is_first { routes::all(cx, listener, own) } else { routes::Routes::default() };
        let name = routes_name(*host);
        if is_first && routes.reenters {
            let locations = handler("subroute").put("routes", list(std::mem::take(&mut routes.locations))).take();
            named.put(&name, map([("handle", list([locations]))]).of(own.from));
            routes.locations.push(map([("handle", list([handler("invoke").put("name", name.as_str()).take()]))]));
        }
        let all: Vec<Node> = routes.program.into_iter().chain(routes.locations).collect();
        if alone {
            return (named, all);
        }
        let whole = format!("{name}-all");
        let handle = if uses > 1 {
            if is_first {
                let subroute = handler("subroute").put("routes", list(all)).take();
                named.put(&whole, map([("handle", list([subroute]))]).of(own.from));
            }
            handler("invoke").put("name", whole.as_str()).take()
        } else {
            handler("subroute").put("routes", list(all)).take().of(own.from)
        };
        let mut route = MapOf::default();
        if !matchers.is_empty() {
            route.put("match", list(matchers.clone()));
        }
        route.put("handle", list([handle]));
        nodes.push(route.put("terminal", true).take());
    }
    (named, nodes)
}

/// Names without patterns go into one list.
fn add_matcher(matchers: &mut Vec<Node>, new: Node) {
    let names = |node: &Node| match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [(name, Node { value: Value::List(names), .. })] if name == "host" => Some(names.clone()),
            _ => None,
        },
        _ => None,
    };
    let merged = matchers.last().and_then(names).zip(names(&new));
    match (merged, matchers.last_mut()) {
        (Some((old, more)), Some(last)) => *last = map([("host", list(old.into_iter().chain(more)))]),
        _ => matchers.push(new),
    }
}

fn note_name(cx: &mut Cx, from: crate::translate::SubjectId, form: &NameForm) {
    let capability = match form {
        NameForm::Exact(_) => &can::SERVER_NAME,
        NameForm::Regex(regex) if re2::of(regex).is_none() => &can::SERVER_NAME_REGEX_LOST,
        NameForm::Regex(_) => &can::SERVER_NAME_REGEX,
        _ => &can::SERVER_NAME_WILDCARD,
    };
    cx.note(from, capability);
}

fn name_matcher(cx: &mut Cx, host: usize, name: Wanted) -> Option<Node> {
    let regex = |cx: &mut Cx, name: Option<String>, pattern: String| {
        cx.uses_host = true;
        map([("vars_regexp", map([(HOST, routes::regex(name, &format!("(?i){pattern}")))]))])
    };
    Some(match name {
        Wanted::Exact("") => map([("vars", map([("{http.request.host}", texts([""]))]))]),
        // nginx takes a dot at the end of the host for none.
        Wanted::Exact(text) => map([("host", texts([text.to_owned(), format!("{text}.")]))]),
        Wanted::Suffix(text) => regex(cx, None, format!("^.+{}$", re2::quoted(text))),
        Wanted::Prefix(text) => regex(cx, None, format!("^{}.+$", re2::quoted(text))),
        Wanted::Regex(own) => regex(cx, Some(host_regex(host)), re2::of(own)?),
    })
}

/// The name of a server's locations as routes.
pub fn routes_name(host: usize) -> String {
    format!("server{host}")
}

/// The name under which the captures of a server's name are known.
pub fn host_regex(host: usize) -> String {
    format!("host{host}")
}

/// The names of the captures of a server's names.
pub fn captures(number: usize, host: &Host) -> Vec<(String, String)> {
    let regexes = host.names.iter().filter_map(|name| match &name.form {
        NameForm::Regex(regex) => Some(regex),
        _ => None,
    });
    regexes.flat_map(|regex| regex.names().iter().map(move |name| (name.clone(), host_regex(number)))).collect()
}
