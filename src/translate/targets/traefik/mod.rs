//! Traefik 3.7, by its file provider: `traefik.yaml` opens the addresses, `dynamic.yaml` has a router for each location of
//! each server, with priorities in nginx's order.
//!
//! Traefik has no answers of its own, no variables in headers, and hashes by the client's address only; what needs those is
//! left out or nearly the same, and said to be.

mod capabilities;
mod headers;
mod programs;
mod redirects;
mod routers;
mod rules;
mod services;
mod tls;

use std::net::SocketAddr;

use super::{Ask, Emitter};
use crate::config::ScopeId;
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, Value, map, texts, time, yaml};
use crate::translate::idle;
use crate::translate::ledger::Ledger;
use crate::translate::model::{Found, Listener, Model};
use crate::translate::order;
use crate::translate::output::File;
use crate::translate::subject::SubjectId;
use capabilities as can;

/// The target.
pub static EMITTER: Emitter =
    Emitter { name: "traefik", title: "Traefik 3.7 (file provider)", capabilities: can::ALL, emit };

/// What the parts of the emitter share.
struct Cx<'m> {
    model: &'m Model<'m>,
    ledger: &'m mut Ledger,
    /// In the order in which they are looked at.
    routers: Vec<(String, MapOf)>,
    middlewares: Named,
    services: Named,
    transports: Named,
    options: Named,
    /// Locations add the client's address to `X-Forwarded-For`.
    adds_address: bool,
    /// Locations keep somebody out by their path.
    guards: bool,
}

/// Parts by their names; what is the same is written once.
#[derive(Default)]
struct Named(Vec<(String, Node)>);

impl Named {
    /// The name of a part: that of the same one if there is one, or one that begins so.
    fn name(&mut self, prefix: &str, node: Node) -> String {
        if let Some((name, known)) = self.0.iter_mut().find(|(_, known)| known.value == node.value) {
            known.from.extend(node.from);
            return name.clone();
        }
        let taken = |name: &str| self.0.iter().any(|(own, _)| own == name);
        let mut name = prefix.to_owned();
        let mut number = 1;
        while taken(&name) {
            number += 1;
            name = format!("{prefix}-{number}");
        }
        self.0.push((name.clone(), node));
        name
    }

    fn node(self) -> Option<Node> {
        (!self.0.is_empty()).then(|| Value::Map(self.0).into())
    }
}

impl<'m> Cx<'m> {
    fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        self.ledger.note(subject, capability);
    }

    /// The setting that holds in a scope, and its directive.
    fn effective(&self, scope: ScopeId, name: &str) -> Option<Found<'m>> {
        self.model.setting(scope, name)
    }

    /// The name of a middleware of this kind.
    fn middleware(&mut self, kind: &str, node: Node) -> String {
        self.middlewares.name(&kind.to_ascii_lowercase(), map([(kind, node)]))
    }
}

fn emit(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let mut cx = Cx {
        model,
        ledger,
        routers: Vec::new(),
        middlewares: Named::default(),
        services: Named::default(),
        transports: Named::default(),
        options: Named::default(),
        adds_address: false,
        guards: false,
    };
    let mut points = Vec::new();
    for (number, mut listeners) in order::alike(model).into_iter().enumerate() {
        let all = listeners.len();
        listeners.retain(|listener| !is_unix(&mut cx, listener) && !is_of_ipv4(&mut cx, listener, all > 1));
        let names: Vec<String> = (0..listeners.len()).map(|own| point_name(number, own)).collect();
        if let Some(first) = listeners.first() {
            routers::all(&mut cx, first, &names);
        }
        points.extend(names.into_iter().zip(listeners));
    }
    unheard(&mut cx, &points);
    services::unused(&mut cx);
    for (subject, what) in model.subjects.iter() {
        match what.name() {
            "limit_req_status" | "limit_conn_status" => cx.note(subject, &can::LIMIT_STATUS),
            "map" | "geo" | "split_clients" => cx.note(subject, &can::SET),
            _ if !cx.ledger.knows(subject) && idle::is_of_routes(model, what) => cx.note(subject, &can::IDLE),
            _ => {}
        }
    }
    let mut entries = MapOf::default();
    for (name, listener) in points {
        if let Some(point) = entry_point(&mut cx, listener) {
            entries.put(&name, point);
        }
    }
    let folder = &ask.folder;
    let provider = map([("file", map([("filename", Node::from(format!("{folder}dynamic.yaml")))]))]);
    let quiet = map([("checkNewVersion", Node::from(false)), ("sendAnonymousUsage", Node::from(false))]);
    let mut fixed = MapOf::default();
    fixed.put("global", quiet).put("entryPoints", entries.node());
    if let Some(log) = access_log(&mut cx) {
        fixed.put("accessLog", log);
    }
    fixed.put("providers", provider);
    let tls = tls::part(&mut cx);
    let dynamic = dynamic(cx, tls);
    let comment = |subject| model.place(subject);
    Ok(vec![yaml("traefik.yaml", &[fixed.node()], &comment), yaml("dynamic.yaml", &[dynamic], &comment)])
}

/// Whether an address is a UNIX domain socket, at which nobody can listen.
fn is_unix(cx: &mut Cx, listener: &Listener) -> bool {
    let unix = listener.socket().is_none();
    for from in listener.from.iter().filter(|_| unix) {
        cx.note(*from, &can::LISTEN_UNIX);
    }
    unix
}

/// What is said of servers that listen at none of the addresses, and of all that stands in them.
fn unheard(cx: &mut Cx, points: &[(String, &Listener)]) {
    let model = cx.model;
    let heard = |number: &usize| points.iter().any(|(_, listener)| listener.hosts.contains(number));
    let lost: Vec<ScopeId> =
        (0..model.hosts.len()).filter(|number| !heard(number)).map(|number| model.hosts[number].scope).collect();
    for (subject, what) in model.subjects.iter() {
        let inside = model.config.ancestors(what.scope).any(|scope| lost.contains(&scope));
        let opens = lost.iter().any(|scope| model.subjects.opener(*scope) == subject);
        if (inside || opens) && !cx.ledger.knows(subject) {
            cx.note(subject, &can::SERVER_LOST);
        }
    }
}

/// Whether an address is `[::]` beside `0.0.0.0`: Traefik opens one for both, which does as that of IPv4 says.
fn is_of_ipv4(cx: &mut Cx, listener: &Listener, alike: bool) -> bool {
    let Some(socket) = listener.socket().filter(|socket| socket.is_ipv6() && socket.ip().is_unspecified()) else {
        return false;
    };
    let both = has_both(cx.model, socket.port());
    let capability = match (both, alike) {
        (true, true) => &can::LISTEN,
        (true, false) => &can::LISTEN_IPV6_OTHER,
        (false, _) => &can::LISTEN_IPV6,
    };
    for from in &listener.from {
        cx.note(*from, capability);
    }
    both
}

fn is_any(socket: SocketAddr) -> bool {
    socket.ip().is_unspecified()
}

/// Whether `0.0.0.0` and `[::]` are listened at.
fn has_both(model: &Model, port: u16) -> bool {
    let sockets = || model.listeners.iter().filter_map(Listener::socket);
    let any = |ipv6: bool| {
        sockets().any(|socket| socket.port() == port && socket.ip().is_unspecified() && socket.is_ipv6() == ipv6)
    };
    any(false) && any(true)
}

fn point_name(number: usize, own: usize) -> String {
    match own {
        0 => format!("listen{number}"),
        _ => format!("listen{number}-{own}"),
    }
}

fn dynamic(cx: Cx, tls: Option<Node>) -> Node {
    let count = cx.routers.len() as i64;
    let mut routers = MapOf::default();
    for (number, (name, mut router)) in cx.routers.into_iter().enumerate() {
        router.put("priority", count - number as i64);
        routers.put(&name, router.node());
    }
    let mut http = MapOf::default();
    // Traefik takes no part that is there and empty.
    if count > 0 {
        http.put("routers", routers.node());
    }
    for (name, part) in
        [("middlewares", cx.middlewares), ("services", cx.services), ("serversTransports", cx.transports)]
    {
        if let Some(node) = part.node() {
            http.put(name, node);
        }
    }
    let mut whole = MapOf::default();
    if !http.is_empty() {
        whole.put("http", http.node());
    }
    if let Some(tls) = tls {
        whole.put("tls", tls);
    }
    whole.node()
}

/// An address.
fn entry_point(cx: &mut Cx, listener: &Listener) -> Option<Node> {
    let socket = listener.socket()?;
    for from in &listener.from {
        cx.note(*from, if listener.tls { &can::LISTEN_TLS } else { &can::LISTEN });
        if listener.proxy_protocol {
            cx.note(*from, &can::PROXY_PROTOCOL);
        }
    }
    let mut point = MapOf::default();
    let both = socket.ip().is_unspecified() && has_both(cx.model, socket.port());
    let address = if both { format!(":{}", socket.port()) } else { socket.to_string() };
    point.put("address", Node::from(address).of_all(listener.from.clone()));
    // Both can be open then, and the kernel gives connections to the one that says more.
    let sockets = || cx.model.listeners.iter().filter_map(Listener::socket);
    if sockets().any(|other| other.port() == socket.port() && other != socket && !(both && is_any(other))) {
        point.put("reusePort", true);
    }
    if listener.proxy_protocol {
        point.put("proxyProtocol", map([("insecure", Node::from(true))]));
    }
    let scope = cx.model.hosts[listener.default].scope;
    let idle = cx.effective(scope, "keepalive_timeout").map(|(setting, from)| {
        cx.note(from, &can::CLIENT_TIMEOUTS);
        (crate::config::values::msec(setting.arg(1)).unwrap_or(75_000), from)
    });
    let idle = idle.map_or_else(|| time(75_000), |(value, from)| time(value).of(from));
    point.put("transport", map([("respondingTimeouts", map([("idleTimeout", idle)]))]));
    for name in ["client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_requests"] {
        for host in listener.hosts.iter().map(|host| cx.model.hosts[*host].scope) {
            if let Some((_, from)) = cx.effective(host, name) {
                cx.note(from, &can::CLIENT_TIMEOUTS_OTHER);
            }
        }
    }
    if !cx.adds_address {
        point.put("forwardedHeaders", map([("notAppendXForwardedFor", Node::from(true))]));
    }
    let mut http = MapOf::default();
    let underscores = &cx.model.hosts[listener.default].underscores;
    if !underscores.value {
        http.put("underscoreHeadersStrategy", Node::from("delete").of(underscores.from));
    }
    if cx.guards {
        http.put("encodedCharacters", map([("allowEncodedSlash", Node::from(false))]));
    }
    if listener.tls {
        http.put("tls", map([]));
    }
    if !http.is_empty() {
        point.put("http", http.node());
    }
    Some(point.node())
}

/// One log for all servers.
fn access_log(cx: &mut Cx) -> Option<Node> {
    let mut from = Vec::new();
    for host in &cx.model.hosts {
        let Some((setting, subject)) = cx.effective(host.scope, "access_log") else { continue };
        let off = setting.arg(1) == "off";
        cx.note(subject, if off { &can::ACCESS_LOG_OFF } else { &can::ACCESS_LOG });
        if let Some((_, format)) = cx.effective(host.scope, "log_format") {
            cx.note(format, &can::ACCESS_LOG);
        }
        from.extend((!off).then_some(subject));
    }
    from.dedup();
    (!from.is_empty()).then(|| map([("format", Node::from("common"))]).of_all(from))
}

#[cfg(test)]
mod tests;
