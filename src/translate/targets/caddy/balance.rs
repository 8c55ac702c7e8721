//! Groups: which server is asked, in what turn, and how long one that failed is left out.

use super::text::{Place, words};
use super::{Cx, can, handler, texts, time};
use crate::config::address::Address;
use crate::config::{Part, Text};
use crate::modules::shared::upstream::{Method, Server, Standing, Sticky};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Action, Given, Group, Pass};

/// A group as Caddy takes it.
pub struct Balance {
    /// Who is asked.
    pub primary: Vec<Node>,
    /// Who is asked when none of those can be.
    pub backup: Vec<Node>,
    /// The policy among the first.
    pub policy: Node,
    /// Health checks, where there are several.
    pub health: Option<Node>,
    /// The policy needs a header of this name with the key, before the request is passed.
    pub key: Option<String>,
}

/// The header that carries the key of a hash which Caddy has no policy for.
pub const KEY: &str = "X-Nginxlb-Key";

/// What a group becomes for one way of passing to it.
pub fn group(cx: &mut Cx, number: usize, pass: &Pass, place: &Place) -> Balance {
    let group = &cx.model.groups[number];
    cx.note(group.from, &can::GROUP);
    if let Some(zone) = group.zone {
        cx.note(zone, &can::ZONE);
    }
    for name in ["keepalive_requests", "keepalive_time", "keepalive_timeout", "resolver", "resolver_timeout"] {
        if let Some((_, from)) = group.scope.and_then(|scope| cx.model.own_setting(scope, name)) {
            cx.note(from, if name == "keepalive_timeout" { &can::KEEPALIVE } else { &can::GROUP_OTHER });
        }
    }
    let (mut primary, mut backup, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for server in &group.servers {
        note_server(cx, server);
        if server.value.standing != Standing::Up {
            continue;
        }
        for dial in dials(server.value, pass.tls) {
            let mut upstream = MapOf::default();
            upstream.put("dial", dial);
            if server.value.max_conns > 0 {
                upstream.put("max_requests", server.value.max_conns as i64);
            }
            let upstream = upstream.node().of(server.from);
            if server.value.backup {
                backup.push(upstream);
            } else {
                primary.push(upstream);
                weights.push(server.value.weight);
            }
        }
    }
    if group.servers.is_empty() {
        let dial = if group.name.contains(':') {
            group.name.clone()
        } else {
            format!("{}:{}", group.name, if pass.tls { 443 } else { 80 })
        };
        primary.push(map([("dial", Node::from(dial))]).of(group.from));
        weights.push(1);
    }
    let alone = uses(cx, number) == 1;
    let (policy, key) = policy(cx, group, &weights, place, alone);
    if matches!(group.method.value, Method::RoundRobin) && weights.windows(2).all(|pair| pair[0] == pair[1]) {
        // Caddy begins with the second.
        primary.rotate_right(1.min(weights.len()));
    }
    let several = backup.len();
    backup.rotate_right(1.min(several));
    let health = (primary.len() > 1).then(|| passive(cx, group, pass)).flatten();
    Balance { primary, backup, policy, health, key }
}

/// How many routes lead to a group.
fn uses(cx: &Cx, number: usize) -> usize {
    let routes = cx.model.hosts.iter().flat_map(|host| &host.routes);
    routes.filter(|route| matches!(&route.action, Action::Pass(pass) if pass.to == Ok(number))).count()
}

fn note_server(cx: &mut Cx, server: &Given<&Server>) {
    let (value, from) = (server.value, server.from);
    cx.note(from, &can::SERVER_ADDRESS);
    let facts = [
        (value.weight > 1, &can::WEIGHT),
        (value.backup, &can::BACKUP),
        (value.standing == Standing::Down, &can::DOWN),
        (value.standing == Standing::Draining, &can::DRAIN),
        (value.max_conns > 0, &can::MAX_CONNS),
        (value.slow_start > 0, &can::SLOW_START),
        (value.parameter("resolve").is_some(), &can::RESOLVE),
        (value.service.is_some(), &can::SERVICE),
        (value.route.is_some(), &can::STICKY_OTHER),
        (value.max_fails > 1, &can::MAX_FAILS_MANY),
    ];
    for (_, capability) in facts.into_iter().filter(|(holds, _)| *holds) {
        cx.note(from, capability);
    }
}

/// The addresses of a server.
fn dials(server: &Server, tls: bool) -> Vec<String> {
    let url = &server.url;
    let of = |address: &Address| match address {
        Address::Unix(path) => format!("unix/{path}"),
        Address::Inet(address) => address.to_string(),
    };
    if url.addresses.is_empty() {
        let port = if url.port == 0 && tls { 443 } else { url.port.max(80 * u16::from(url.port == 0)) };
        return vec![format!("{}:{port}", url.host)];
    }
    url.addresses.iter().map(of).collect()
}

/// The policy, and the key that it needs in a header.
fn policy(cx: &mut Cx, group: &Group, weights: &[u64], place: &Place, alone: bool) -> (Node, Option<String>) {
    let named = |name: &str| {
        let mut policy = MapOf::default();
        policy.put("policy", name);
        policy
    };
    if let Some(sticky) = &group.sticky {
        if let Sticky::Cookie { name, .. } = sticky.value {
            cx.note(sticky.from, &can::STICKY_COOKIE);
            cx.note(group.method.from, &can::METHOD_BEHIND_STICKY);
            let fallback = map([("policy", Node::from("round_robin"))]);
            return (named("cookie").put("name", name.as_str()).put("fallback", fallback).take().of(sticky.from), None);
        }
        cx.note(sticky.from, &can::STICKY_OTHER);
    }
    let equal = weights.windows(2).all(|pair| pair[0] == pair[1]);
    let from = group.method.from;
    let (policy, key) = match group.method.value {
        Method::RoundRobin if equal => {
            cx.note(from, if alone || weights.len() < 2 { &can::ROUND_ROBIN } else { &can::ROUND_ROBIN_EACH });
            (named("round_robin").take(), None)
        }
        Method::RoundRobin => {
            cx.note(from, if alone || weights.len() < 2 { &can::ROUND_ROBIN } else { &can::ROUND_ROBIN_EACH });
            let weights = list(weights.iter().map(|weight| Node::from(*weight as i64)));
            (named("weighted_round_robin").put("weights", weights).take(), None)
        }
        Method::LeastConn => {
            cx.note(from, if equal { &can::LEAST_CONN } else { &can::LEAST_CONN_WEIGHTS });
            (named("least_conn").take(), None)
        }
        Method::LeastTime { .. } => {
            cx.note(from, &can::LEAST_TIME);
            (named("least_conn").take(), None)
        }
        Method::Random(None) => {
            cx.note(from, if equal { &can::RANDOM } else { &can::RANDOM_WEIGHTS });
            (named("random").take(), None)
        }
        Method::Random(Some(_)) => {
            cx.note(from, &can::RANDOM_TWO);
            (named("random_choose").put("choose", 2_i64).take(), None)
        }
        Method::IpHash => {
            cx.note(from, &can::IP_HASH);
            (named("ip_hash").take(), None)
        }
        Method::Hash { key, consistent } => {
            let (policy, key) = hashed(cx, key, place);
            let lost = policy.is_none();
            cx.note(
                from,
                match (lost, consistent) {
                    (true, _) => &can::HASH_VARIABLES,
                    (false, true) => &can::HASH_CONSISTENT,
                    (false, false) => &can::HASH,
                },
            );
            (policy.unwrap_or_else(|| named("round_robin").take()), key)
        }
    };
    (policy.of(from), key)
}

/// The policy of a hash, and the key where it goes by a header; none where a variable has no placeholder.
fn hashed(cx: &mut Cx, key: &Text, place: &Place) -> (Option<Node>, Option<String>) {
    let policy = |name: &str| Some(map([("policy", Node::from(name))]));
    let with =
        |name: &str, field: &str, value: &str| Some(map([("policy", Node::from(name)), (field, Node::from(value))]));
    if let [Part::Variable(name)] = key.0.as_slice() {
        match name.as_str() {
            "request_uri" => return (policy("uri_hash"), None),
            "remote_addr" | "binary_remote_addr" => return (policy("ip_hash"), None),
            "host" | "http_host" => {}
            _ => {
                if let Some(argument) = name.strip_prefix("arg_") {
                    return (with("query", "key", argument), None);
                }
                if let Some(header) = name.strip_prefix("http_") {
                    return (with("header", "field", &super::text::header_name(header)), None);
                }
            }
        }
    }
    let Some(key) = words(cx, key, place) else { return (None, None) };
    (with("header", "field", KEY), Some(key.text))
}

/// `max_fails`, `fail_timeout`
fn passive(cx: &mut Cx, group: &Group, pass: &Pass) -> Option<Node> {
    let primary = || group.servers.iter().filter(|server| !server.value.backup);
    let of = |server: &Given<&Server>| (server.value.max_fails, server.value.fail_timeout);
    let counting = primary().find(|server| server.value.max_fails > 0 && server.value.fail_timeout > 0)?;
    let (fails, timeout) = of(counting);
    for server in primary() {
        cx.note(server.from, if of(server) == (fails, timeout) { &can::MAX_FAILS } else { &can::MAX_FAILS_UNEQUAL });
    }
    let counts = ["http_500", "http_502", "http_503", "http_504", "http_429"];
    let statuses: Vec<Node> = counts
        .iter()
        .filter(|name| pass.how.next_upstream.value.has(name))
        .filter_map(|name| name.strip_prefix("http_")?.parse::<i64>().ok())
        .map(Node::from)
        .collect();
    let mut passive = MapOf::default();
    passive.put("max_fails", fails as i64).put("fail_duration", time(timeout * 1000));
    if !statuses.is_empty() {
        passive.put("unhealthy_status", list(statuses).of(pass.how.next_upstream.from));
    }
    Some(map([("passive", passive.node().of(counting.from))]))
}

/// The handler that puts the key of a hash into a header.
pub fn key_header(key: &str) -> Node {
    let set = map([(KEY, texts([key]))]);
    handler("headers").put("request", map([("set", set)])).take()
}

/// Groups that no route leads to.
pub fn unused(cx: &mut Cx) {
    for group in &cx.model.groups {
        if cx.ledger.knows(group.from) && cx.ledger.knows(group.method.from) {
            continue;
        }
        cx.ledger.note_rest(group.subjects(), &can::UNUSED);
    }
}
