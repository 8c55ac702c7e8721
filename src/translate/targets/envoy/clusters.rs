//! Clusters: the groups of backends, once for each way of passing to them.

use super::listeners::address;
use super::{Cx, can, choice, duration, number, tls, typed};
use crate::modules::shared::upstream::{Method, Server, Standing};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Given, Group, Pass};

/// The clusters that were made, and what each is for.
#[derive(Default)]
pub struct Clusters {
    made: Vec<(Key, String, Node)>,
}

#[derive(PartialEq, Eq)]
struct Key {
    group: usize,
    connect_timeout: u64,
    statuses: Vec<&'static str>,
    /// The TLS settings, as they are written.
    tls: Option<String>,
}

impl Clusters {
    /// All of them.
    pub fn nodes(&self) -> Vec<Node> {
        self.made.iter().map(|(_, _, node)| node.clone()).collect()
    }
}

/// Whether requests may go to a server.
pub fn usable(server: &Server) -> bool {
    server.standing == Standing::Up
}

/// What is said of groups that nothing passes to.
pub fn note_unused(cx: &mut Cx) {
    let model = cx.model;
    for (n, group) in model.groups.iter().enumerate() {
        if cx.clusters.made.iter().any(|(key, ..)| key.group == n) {
            continue;
        }
        if group.scope.is_none() {
            // The directive itself was spoken of.
            cx.note(group.keepalive.from, &can::GROUP_UNUSED);
            cx.note(group.method.from, &can::GROUP_UNUSED);
            continue;
        }
        cx.ledger.note_rest(group.subjects(), &can::GROUP_UNUSED);
    }
}

/// The name of the cluster for a pass; it is made where it is not there yet.
pub fn of(cx: &mut Cx, pass: &Pass, group: usize) -> String {
    let tls = pass.tls.then(|| tls::upstream(cx, pass));
    let how = &pass.how;
    let statuses = how.next_upstream.value.names().filter(|name| name.starts_with("http_5")).collect();
    let written = tls.as_ref().map(|node| format!("{:?}", node.value));
    let key = Key { group, connect_timeout: how.connect_timeout.value, statuses, tls: written };
    if let Some((_, name, _)) = cx.clusters.made.iter().find(|(own, ..)| *own == key) {
        return name.clone();
    }
    let base = cx.model.groups[group].name.clone();
    let same = cx.clusters.made.iter().filter(|(own, ..)| own.group == group).count();
    let name = if same == 0 { base } else { format!("{base}-{}", same + 1) };
    let node = cluster(cx, pass, &name, (&key, tls));
    cx.clusters.made.push((key, name.clone(), node));
    name
}

fn cluster(cx: &mut Cx, pass: &Pass, name: &str, (key, tls): (&Key, Option<Node>)) -> Node {
    let model = cx.model;
    let group = &model.groups[key.group];
    cx.note(group.from, if group.scope.is_some() { &can::GROUP } else { &can::PASS });
    if let Some(zone) = group.zone {
        cx.note(zone, &can::ZONE);
    }
    let dynamic = group.servers.iter().any(|server| server.value.url.addresses.is_empty());
    let mut out = MapOf::default();
    out.put("name", Node::from(name).of(group.from));
    out.put("type", if dynamic { "STRICT_DNS" } else { "STATIC" });
    if dynamic {
        out.put("respect_dns_ttl", true);
    }
    out.put("connect_timeout", duration(key.connect_timeout).of(pass.how.connect_timeout.from));
    // Nobody is asked who is out, not even when all are.
    out.put("common_lb_config", map([("healthy_panic_threshold", map([("value", Node::from(0_i64))]))]));
    choice::method(cx, group, &mut out);
    if let Some(detection) = outliers(group, &key.statuses) {
        out.put("outlier_detection", detection);
    }
    if let Some(most) = group.servers.iter().map(|server| server.value.max_conns).find(|most| *most > 0) {
        let limits = map([("max_connections", number(most))]);
        out.put("circuit_breakers", map([("per_host_thresholds", list([limits]))]));
    }
    out.put("typed_extension_protocol_options", options(cx, group));
    if let Some(tls) = tls {
        out.put("transport_socket", tls);
    }
    out.put("load_assignment", assignment(cx, group, name));
    out.node()
}

/// Connections are kept, or not.
fn options(cx: &mut Cx, group: &Group) -> Node {
    let mut common = MapOf::default();
    match group.keepalive.value {
        Some(keepalive) if keepalive.connections > 0 => {
            cx.note(group.keepalive.from, &can::KEEPALIVE);
            common.put("idle_timeout", duration(keepalive.timeout));
            common.put("max_requests_per_connection", number(keepalive.requests));
        }
        _ => {
            cx.note(group.keepalive.from, &can::KEEPALIVE_NONE);
            common.put("max_requests_per_connection", 1_i64);
        }
    }
    if let Some(scope) = group.scope {
        for name in ["keepalive_requests", "keepalive_time", "keepalive_timeout"] {
            if cx.model.config.scope(scope).setting(name).is_some() {
                cx.note_setting(scope, name, &can::KEEPALIVE);
            }
        }
    }
    let explicit = map([("http_protocol_options", map([]))]);
    let entries = [("common_http_protocol_options", common.node()), ("explicit_http_config", explicit)];
    let name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    map([(name, typed(name, entries))])
}

fn assignment(cx: &mut Cx, group: &Group, name: &str) -> Node {
    let mut levels = [Vec::new(), Vec::new()];
    for server in &group.servers {
        note_server(cx, group, server);
        if !usable(server.value) {
            continue;
        }
        for own in addresses(server.value) {
            let mut endpoint = MapOf::default();
            endpoint.put("endpoint", map([("address", own)]).of(server.from));
            if server.value.weight != 1 {
                endpoint.put("load_balancing_weight", number(server.value.weight));
            }
            levels[usize::from(server.value.backup)].push(endpoint.node());
        }
    }
    let level = |(n, endpoints): (usize, Vec<Node>)| {
        let mut out = MapOf::default();
        if n > 0 {
            out.put("priority", n as i64);
        }
        out.put("lb_endpoints", list(endpoints));
        out.node()
    };
    let backups = !levels[1].is_empty();
    let levels: Vec<Node> =
        levels.into_iter().enumerate().filter(|(n, own)| *n == 0 || !own.is_empty()).map(level).collect();
    let mut out = MapOf::default();
    out.put("cluster_name", name);
    out.put("endpoints", list(levels));
    if backups {
        // As long as one server proper is there, nothing goes to the others.
        out.put("policy", map([("overprovisioning_factor", Node::from(10_000_i64))]));
    }
    out.node()
}

fn addresses(server: &Server) -> Vec<Node> {
    if server.url.addresses.is_empty() {
        let port = Node::from(i64::from(server.url.port));
        let socket = map([("address", Node::from(&*server.url.host)), ("port_value", port)]);
        return vec![map([("socket_address", socket)])];
    }
    server.url.addresses.iter().map(address).collect()
}

fn note_server(cx: &mut Cx, group: &Group, server: &Given<&Server>) {
    let own = server.value;
    let first = group.servers.iter().map(|server| server.value).find(|server| usable(server)).unwrap_or(own);
    cx.note(server.from, &can::WEIGHT);
    if own.weight != 1 && matches!(group.method.value, Method::Random(None)) {
        cx.note(server.from, &can::WEIGHT_LOST);
    }
    if own.url.addresses.is_empty() {
        let said = if own.service.is_some() {
            &can::SERVICE
        } else if own.run_time {
            &can::RESOLVE
        } else {
            &can::PASS_NAMES
        };
        cx.note(server.from, said);
    }
    if !usable(own) {
        cx.note(server.from, &can::DOWN);
        return;
    }
    if group.servers.len() > 1 && own.max_fails > 0 {
        cx.note(server.from, &can::MAX_FAILS);
    }
    if (own.max_fails, own.fail_timeout) != (first.max_fails, first.fail_timeout) {
        cx.note(server.from, &can::MAX_FAILS_OTHERS);
    }
    if own.backup {
        cx.note(server.from, &can::BACKUP);
    }
    if own.max_conns > 0 {
        cx.note(server.from, &can::MAX_CONNS);
    }
    if own.slow_start > 0 {
        cx.note(server.from, &can::SLOW_START);
    }
}

/// `max_fails`, `fail_timeout`
fn outliers(group: &Group, statuses: &[&str]) -> Option<Node> {
    let up: Vec<&Server> = group.servers.iter().map(|server| server.value).filter(|server| usable(server)).collect();
    let first = up.first().filter(|first| first.max_fails > 0 && up.len() > 1)?;
    let fails = number(first.max_fails);
    let time = duration(first.fail_timeout.max(1) * 1000);
    let enforced = |on: bool| Node::from(if on { 100_i64 } else { 0 });
    let gateway = statuses.iter().any(|status| *status != "http_500");
    Some(map([
        ("split_external_local_origin_errors", Node::from(true)),
        ("consecutive_local_origin_failure", fails.clone()),
        ("consecutive_5xx", fails.clone()),
        ("enforcing_consecutive_5xx", enforced(statuses.contains(&"http_500"))),
        ("consecutive_gateway_failure", fails),
        ("enforcing_consecutive_gateway_failure", enforced(gateway)),
        ("enforcing_success_rate", enforced(false)),
        ("enforcing_local_origin_success_rate", enforced(false)),
        ("interval", duration(1000)),
        ("base_ejection_time", time.clone()),
        ("max_ejection_time", time),
        ("max_ejection_percent", Node::from(100_i64)),
    ]))
}

/// After so many tries backups have their turn.
pub fn retry_priority(cx: &Cx, group: usize) -> Option<Node> {
    let servers = cx.model.groups[group].servers.iter().map(|server| server.value).filter(|server| usable(server));
    let (backups, proper): (Vec<_>, Vec<_>) = servers.partition(|server| server.backup);
    if backups.is_empty() || proper.is_empty() {
        return None;
    }
    let count = [("update_frequency", number(proper.len() as u64))];
    let config = typed("envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", count);
    let name = Node::from("envoy.retry_priorities.previous_priorities");
    Some(map([("name", name), ("typed_config", config)]))
}
