//! Which server of a group a request goes to: Envoy's own policies, or what the script chooses as nginx would.

use super::clusters::usable;
use super::passing::note_maps;
use super::routes::Draft;
use super::script::quoted;
use super::text::Scene;
use super::{Cx, can, duration, typed};
use crate::config::address::Address;
use crate::config::{Part, Text};
use crate::modules::shared::upstream::{Method, Server, Sticky, Two};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Given, Group};

/// Whether the script can choose a server of the group.
fn is_known(group: &Group) -> bool {
    group.servers.iter().all(|server| matches!(server.value.url.addresses.as_slice(), [Address::Inet(_)]))
}

/// Whether it is not nginx's choice that a request goes to: turns and chance are the target's own.
pub fn is_anyones(group: &Group) -> bool {
    let hashes = matches!(group.method.value, Method::IpHash | Method::Hash { .. }) && is_known(group);
    !hashes && group.servers.iter().filter(|server| usable(server.value) && !server.value.backup).count() > 1
}

pub fn method(cx: &mut Cx, group: &Group, out: &mut MapOf) {
    let from = group.method.from;
    let many = group.servers.len() > 1;
    let simple = |cx: &mut Cx, out: &mut MapOf, policy: &str, said| {
        cx.note(from, said);
        out.put("lb_policy", Node::from(policy).of(from));
    };
    match group.method.value {
        Method::RoundRobin => {
            let said = if many { &can::ROUND_ROBIN } else { &can::ROUND_ROBIN_ONE };
            simple(cx, out, "ROUND_ROBIN", said);
        }
        Method::LeastConn | Method::LeastTime { .. } => {
            let least_time = matches!(group.method.value, Method::LeastTime { .. });
            cx.note(from, if least_time { &can::LEAST_TIME } else { &can::LEAST_CONN });
            let entries = [("selection_method", Node::from("FULL_SCAN"))];
            let own = typed("envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest", entries);
            out.put("load_balancing_policy", policies("envoy.load_balancing_policies.least_request", own).of(from));
        }
        Method::Random(None) => simple(cx, out, "RANDOM", &can::RANDOM),
        Method::Random(Some(Two::LeastConn | Two::LeastTime(_))) => {
            simple(cx, out, "LEAST_REQUEST", &can::RANDOM_TWO);
            out.put("least_request_lb_config", map([("choice_count", Node::from(2_i64))]));
        }
        Method::IpHash | Method::Hash { .. } if is_known(group) => {
            let base = "envoy.extensions.load_balancing_policies";
            let robin = typed(&format!("{base}.round_robin.v3.RoundRobin"), []);
            let robin = policies("envoy.load_balancing_policies.round_robin", robin);
            let path = list([map([("key", Node::from("peers"))])]);
            let source = map([("metadata", map([("key", Node::from("nginxlb")), ("path", path)]))]);
            let entries = [("override_host_sources", list([source])), ("fallback_policy", robin)];
            let chosen = typed(&format!("{base}.override_host.v3.OverrideHost"), entries);
            out.put("load_balancing_policy", policies("envoy.load_balancing_policies.override_host", chosen).of(from));
        }
        Method::IpHash | Method::Hash { .. } => simple(cx, out, "ROUND_ROBIN", &can::HASH_LOST),
    }
    let slow = group.servers.iter().map(|server| server.value.slow_start).find(|time| *time > 0);
    if let (Some(time), Method::RoundRobin) = (slow, group.method.value) {
        let config = map([("slow_start_window", duration(time))]);
        out.put("round_robin_lb_config", map([("slow_start_config", config)]));
    }
}

fn policies(name: &str, config: Node) -> Node {
    let extension = map([("name", Node::from(name)), ("typed_config", config)]);
    map([("policies", list([map([("typed_extension_config", extension)])]))])
}

/// What a route does so that the group's method chooses.
pub fn choice(cx: &mut Cx, number: usize, scene: &Scene, draft: &mut Draft) {
    let model = cx.model;
    let group = &model.groups[number];
    if let Some(sticky) = &group.sticky {
        session(cx, sticky, draft);
    }
    let from = group.method.from;
    let (function, key, said) = match group.method.value {
        Method::IpHash => ("ip_hashed", None, &can::IP_HASH),
        Method::Hash { key, consistent } => {
            let (function, said) =
                if *consistent { ("consistent", &can::HASH_CONSISTENT) } else { ("hashed", &can::HASH) };
            let Some(expression) = scene.expression(key) else { return cx.note(from, &can::HASH_LOST) };
            note_maps(cx, key);
            (function, Some(expression), said)
        }
        _ => return,
    };
    if !is_known(group) {
        return;
    }
    cx.note(from, said);
    if group.servers.len() < 2 {
        return;
    }
    if let Method::Hash { key, .. } = group.method.value
        && may_be_empty(key)
    {
        cx.note(from, &can::HASH_EMPTY);
    }
    let key = key.map_or(String::new(), |key| format!(", function(request) return {key} end"));
    let peers: String = group.servers.iter().map(|server| peer(server.value)).collect();
    let expression = format!("{function}({{\n{peers}  }}{key})");
    let known = cx.front.script.peers.iter().find(|(_, own)| **own == expression).map(|(name, _)| name.clone());
    let name = known.unwrap_or_else(|| {
        let taken = cx.front.script.peers.contains_key(&group.name);
        if taken { format!("{}-{}", group.name, cx.front.script.peers.len()) } else { group.name.clone() }
    });
    draft.metadata.put("peers", Node::from(&*name).of(from));
    cx.front.script.peers.insert(name, expression);
}

/// Whether a key may have nothing in it, which leaves the choice to round robin.
fn may_be_empty(key: &Text) -> bool {
    const NEVER: &[&str] = &[
        "binary_remote_addr",
        "document_uri",
        "host",
        "proxy_host",
        "proxy_port",
        "realip_remote_addr",
        "remote_addr",
        "request_method",
        "request_uri",
        "scheme",
        "server_port",
        "server_protocol",
        "uri",
    ];
    !key.0.iter().any(|part| match part {
        Part::Literal(text) => !text.is_empty(),
        Part::Variable(name) => NEVER.contains(&&**name),
        Part::Capture(_) => false,
    })
}

/// A server in the script's words; host and port as nginx's ring takes them from the text.
fn peer(server: &Server) -> String {
    let address = server.url.addresses.first().map_or_else(String::new, ToString::to_string);
    let text = &server.url.text;
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, port) = text.split_at(text.len() - digits);
    let (host, port) = before.strip_suffix(':').map_or((&**text, ""), |host| (host, port));
    let (weight, up) = (server.weight, usable(server));
    let (address, host, port) = (quoted(&address), quoted(host), quoted(port));
    format!("    {{address = {address}, host = {host}, port = {port}, weight = {weight}, up = {up}}},\n")
}

/// `sticky`
fn session(cx: &mut Cx, sticky: &Given<&Sticky>, draft: &mut Draft) {
    let Sticky::Cookie { name, path, .. } = sticky.value else { return cx.note(sticky.from, &can::STICKY_OTHER) };
    cx.note(sticky.from, &can::STICKY_COOKIE);
    cx.front.sticky = true;
    let mut cookie = MapOf::default();
    cookie.put("name", &**name);
    cookie.put("path", path.as_deref().unwrap_or("/"));
    let state =
        typed("envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState", [("cookie", cookie.node())]);
    let state = map([("name", Node::from("envoy.http.stateful_session.cookie")), ("typed_config", state)]);
    let own = typed(
        "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
        [("stateful_session", map([("session_state", state)]))],
    );
    draft.filters.put("envoy.filters.http.stateful_session", own.of(sticky.from));
}
