//! Clusters: the groups of backends, once for each way of passing to them.

use super::listeners::address;
use super::passing::note_maps;
use super::routes::Draft;
use super::script::quoted;
use super::text::Scene;
use super::{Cx, can, duration, number, tls, typed};
use crate::config::address::Address;
use crate::modules::shared::upstream::{Method, Server, Standing, Sticky, Two};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Given, Group, Host, Pass};

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
        let parts = [group.from, group.method.from, group.keepalive.from];
        let sticky = group.sticky.iter().map(|given| given.from);
        let servers = group.servers.iter().map(|server| server.from);
        for subject in parts.into_iter().chain(group.zone).chain(sticky).chain(servers) {
            cx.note(subject, &can::GROUP_UNUSED);
        }
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
    method(cx, group, &mut out);
    if let Some(detection) = outliers(cx, group, &key.statuses) {
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
    let levels: Vec<Node> = levels.into_iter().enumerate().filter(|(n, own)| *n == 0 || !own.is_empty()).map(level).collect();
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
fn outliers(cx: &mut Cx, group: &Group, statuses: &[&str]) -> Option<Node> {
    let _ = cx;
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

/// Whether the script can choose a server of the group.
fn is_known(group: &Group) -> bool {
    group.servers.iter().all(|server| matches!(server.value.url.addresses.as_slice(), [Address::Inet(_)]))
}

fn method(cx: &mut Cx, group: &Group, out: &mut MapOf) {
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
pub fn choice(cx: &mut Cx, pass: &Pass, number: usize, scene: &Scene, draft: &mut Draft) {
    let model = cx.model;
    let group = &model.groups[number];
    if let Some(sticky) = &group.sticky {
        session(cx, pass, sticky, draft);
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
fn session(cx: &mut Cx, pass: &Pass, sticky: &Given<&Sticky>, draft: &mut Draft) {
    let _ = pass;
    let Sticky::Cookie { name, path, .. } = sticky.value else { return cx.note(sticky.from, &can::STICKY_OTHER) };
    cx.note(sticky.from, &can::STICKY_COOKIE);
    cx.front.sticky = true;
    let mut cookie = MapOf::default();
    cookie.put("name", &**name);
    cookie.put("path", path.as_deref().unwrap_or("/"));
    let state = typed(
        "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
        [("cookie", cookie.node())],
    );
    let state = map([("name", Node::from("envoy.http.stateful_session.cookie")), ("typed_config", state)]);
    let own = typed(
        "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
        [("stateful_session", map([("session_state", state)]))],
    );
    draft.filters.put("envoy.filters.http.stateful_session", own.of(sticky.from));
}

/// `gzip`, as the default server has it.
pub fn compressor(cx: &mut Cx, default: &Host) -> Option<Node> {
    let config = cx.model.config;
    let on = config.flag(default.scope, "gzip", false);
    cx.note_setting(default.scope, "gzip", if on { &can::GZIP } else { &can::GZIP_OFF });
    if !on {
        return None;
    }
    for name in ["gzip_types", "gzip_min_length", "gzip_comp_level", "gzip_vary", "gzip_proxied", "gzip_http_version"] {
        cx.note_setting(default.scope, name, &can::GZIP);
    }
    let mut types = vec![Node::from("text/html")];
    if let Some(setting) = config.effective(default.scope, "gzip_types") {
        types.extend(setting.words[1..].iter().filter(|word| &*word.value != "text/html").map(|word| Node::from(&*word.value)));
    }
    let level = config.number(default.scope, "gzip_comp_level", 1).clamp(1, 9);
    let common = map([
        ("min_content_length", number(config.number(default.scope, "gzip_min_length", 20).max(1))),
        ("content_type", list(types)),
    ]);
    let library = typed(
        "envoy.extensions.compression.gzip.compressor.v3.Gzip",
        [("compression_level", Node::from(format!("COMPRESSION_LEVEL_{level}")))],
    );
    let library = map([("name", Node::from("gzip")), ("typed_config", library)]);
    let entries = [("response_direction_config", map([("common_config", common)])), ("compressor_library", library)];
    let config = typed("envoy.extensions.filters.http.compressor.v3.Compressor", entries);
    Some(map([("name", Node::from("envoy.filters.http.compressor")), ("typed_config", config)]))
}
