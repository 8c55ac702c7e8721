//! Services: the servers of a group, who is asked when one fails, and limits of rates.

use super::{Cx, can, texts, time, tls};
use crate::config::address::Address;
use crate::config::{Part, Text};
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::upstream::{Method, Server, Standing, Sticky};
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Connections, Given, Group, Pass, Rate, Route};

/// The service of a route; `None` where there is none to ask.
pub fn service(cx: &mut Cx, route: &Route, pass: &Pass) -> Option<String> {
    let Ok(number) = pass.to else {
        cx.note(pass.from, &can::PASS_VARIABLES);
        return None;
    };
    if !matches!(pass.protocol, Protocol::Http | Protocol::Grpc) {
        cx.note(pass.from, &can::PASS_OTHER);
        return None;
    }
    let group = &cx.model.groups[number];
    cx.note(pass.from, if pass.protocol == Protocol::Grpc { &can::PASS_GRPC } else { &can::PASS });
    cx.note(pass.from, &can::ODD_TARGET);
    notes(cx, pass, group);
    let transport = transport(cx, route, pass, group);
    let scheme = match (pass.protocol, pass.tls) {
        (_, true) => "https",
        (Protocol::Grpc, false) => "h2c",
        _ => "http",
    };
    let (mut primary, mut backup) = (Vec::new(), Vec::new());
    for server in &group.servers {
        note_server(cx, server, group);
        if server.value.standing != Standing::Up {
            continue;
        }
        for address in addresses(server.value, pass.tls) {
            let mut own = MapOf::default();
            own.put("url", format!("{scheme}://{address}"));
            if server.value.weight > 1 {
                own.put("weight", server.value.weight as i64);
            }
            let list = if server.value.backup { &mut backup } else { &mut primary };
            list.push(own.node().of(server.from));
        }
    }
    if group.servers.is_empty() {
        let port = if pass.tls { ":443" } else { ":80" };
        let port = if group.name.contains(':') { "" } else { port };
        primary.push(map([("url", Node::from(format!("{scheme}://{}{port}", group.name)))]).of(group.from));
    }
    let method = method(cx, group);
    let name = plain(&group.name);
    let write = |cx: &mut Cx, servers: Vec<Node>, name: &str| {
        let mut balancer = MapOf::default();
        balancer.put("servers", list(servers));
        if let Some(strategy) = method {
            balancer.put("strategy", Node::from(strategy).of(group.method.from));
        }
        if let Some(sticky) = &group.sticky
            && let Sticky::Cookie { name, .. } = sticky.value
        {
            let cookie = map([("name", Node::from(name.as_str()))]);
            balancer.put("sticky", map([("cookie", cookie)]).of(sticky.from));
        }
        balancer.put("serversTransport", transport.as_str());
        cx.services.name(name, map([("loadBalancer", balancer.node())]))
    };
    match (primary.is_empty(), backup.is_empty()) {
        (true, true) => None,
        (false, true) => Some(write(cx, primary, &name)),
        (true, false) => Some(write(cx, backup, &name)),
        (false, false) => {
            let main = write(cx, primary, &format!("{name}-primary"));
            let fallback = write(cx, backup, &format!("{name}-backup"));
            let mut codes = vec!["502".to_owned(), "504".to_owned()];
            codes.extend(statuses(pass));
            codes.sort();
            codes.dedup();
            let mut failover = MapOf::default();
            failover.put("service", main).put("fallback", fallback);
            failover.put("errors", map([("status", texts(codes))]).of(pass.how.next_upstream.from));
            Some(cx.services.name(&name, map([("failover", failover.node())])))
        }
    }
}

/// A group's name as Traefik takes names.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

fn note_server(cx: &mut Cx, server: &Given<&Server>, group: &Group) {
    let (value, from) = (server.value, server.from);
    cx.note(from, &can::SERVER_ADDRESS);
    let limits = value.parameter("max_fails=").or(value.parameter("fail_timeout="));
    let up = group.servers.iter().filter(|server| server.value.standing == Standing::Up).count();
    let several = up > 1 && value.standing == Standing::Up;
    let facts: [(bool, &'static Capability); 11] = [
        (value.weight > 1, &can::WEIGHT),
        (value.backup, &can::BACKUP),
        (value.standing == Standing::Down, &can::DOWN),
        (value.standing == Standing::Draining, &can::DRAIN),
        (value.max_conns > 0, &can::MAX_CONNS),
        (value.slow_start > 0, &can::SLOW_START),
        (value.parameter("resolve").is_some(), &can::RESOLVE),
        (value.service.is_some(), &can::SERVICE),
        (value.route.is_some(), &can::STICKY_OTHER),
        (several && limits.is_some() && value.max_fails > 0, &can::MAX_FAILS_SAID),
        (several && limits.is_none() && value.max_fails > 0, &can::MAX_FAILS),
    ];
    for (_, capability) in facts.into_iter().filter(|(holds, _)| *holds) {
        cx.note(from, capability);
    }
    if value.url.addresses.iter().any(|address| matches!(address, Address::Unix(_))) {
        cx.note(from, &can::SERVER_UNIX);
    }
}

/// The addresses of a server, without UNIX domain sockets.
fn addresses(server: &Server, tls: bool) -> Vec<String> {
    let url = &server.url;
    if url.addresses.is_empty() {
        let port = match url.port {
            0 if tls => 443,
            0 => 80,
            port => port,
        };
        return vec![format!("{}:{port}", url.host)];
    }
    let inet = url.addresses.iter().filter_map(|address| match address {
        Address::Inet(address) => Some(address.to_string()),
        Address::Unix(_) => None,
    });
    inet.collect()
}

/// The strategy, where it is not that of turns by weight.
fn method(cx: &mut Cx, group: &Group) -> Option<&'static str> {
    if let Some(sticky) = &group.sticky {
        let cookie = matches!(sticky.value, Sticky::Cookie { .. });
        cx.note(sticky.from, if cookie { &can::STICKY_COOKIE } else { &can::STICKY_OTHER });
    }
    let by_address = |key: &Text| matches!(key.0.as_slice(), [Part::Variable(name)] if name == "remote_addr" || name == "binary_remote_addr");
    let (strategy, capability): (Option<&'static str>, &'static Capability) = match group.method.value {
        Method::RoundRobin => (None, &can::ROUND_ROBIN),
        Method::LeastConn => (Some("p2c"), &can::LEAST_CONN),
        Method::LeastTime { .. } => (Some("leasttime"), &can::LEAST_TIME),
        Method::IpHash => (Some("hrw"), &can::IP_HASH),
        Method::Hash { key, .. } if by_address(key) => (Some("hrw"), &can::HASH_ADDRESS),
        Method::Hash { consistent: true, .. } => (None, &can::HASH_CONSISTENT),
        Method::Hash { .. } => (None, &can::HASH),
        Method::Random(None) => (None, &can::RANDOM),
        Method::Random(Some(_)) => (Some("p2c"), &can::RANDOM_TWO),
    };
    cx.note(group.method.from, capability);
    strategy
}

fn transport(cx: &mut Cx, route: &Route, pass: &Pass, group: &Group) -> String {
    let how = &pass.how;
    let mut transport = MapOf::default();
    if pass.protocol == Protocol::Http {
        transport.put("disableHTTP2", true);
    }
    match group.keepalive.value {
        Some(kept) if how.http11.value && kept.connections > 0 => {
            transport.put("maxIdleConnsPerHost", Node::from(kept.connections as i64).of(group.keepalive.from));
        }
        _ => {
            transport.put("maxIdleConnsPerHost", Node::from(-1_i64).of(group.keepalive.from));
        }
    }
    let mut timeouts = MapOf::default();
    timeouts.put("dialTimeout", time(how.connect_timeout.value).of(how.connect_timeout.from));
    timeouts.put("responseHeaderTimeout", time(how.read_timeout.value).of(how.read_timeout.from));
    if let Some(kept) = group.keepalive.value {
        timeouts.put("idleConnTimeout", time(kept.timeout));
    }
    transport.put("forwardingTimeouts", timeouts.node());
    if pass.tls {
        tls::upstream(cx, route.scope, pass, &mut transport);
    }
    cx.transports.name("transport", transport.node())
}

/// What is said of everything that holds for passing.
fn notes(cx: &mut Cx, pass: &Pass, group: &Group) {
    let how = &pass.how;
    cx.note(group.from, &can::GROUP);
    if let Some(zone) = group.zone {
        cx.note(zone, &can::ZONE);
    }
    for name in ["keepalive_requests", "keepalive_time", "keepalive_timeout", "resolver", "resolver_timeout"] {
        if let Some((_, from)) = group.scope.and_then(|scope| cx.model.own_setting(scope, name)) {
            cx.note(from, if name == "keepalive_timeout" { &can::KEEPALIVE } else { &can::GROUP_OTHER });
        }
    }
    let several = group.servers.len() > 1;
    cx.note(how.next_upstream.from, if several { &can::NEXT_UPSTREAM } else { &can::NEXT_UPSTREAM_ALONE });
    if several && !statuses(pass).is_empty() {
        cx.note(how.next_upstream.from, &can::NEXT_UPSTREAM_STATUS);
    }
    cx.note(how.tries.from, &can::TRIES);
    cx.note(how.tries_timeout.from, if how.tries_timeout.value == 0 { &can::TRIES } else { &can::TRIES_TIMEOUT });
    cx.note(how.connect_timeout.from, &can::CONNECT_TIMEOUT);
    cx.note(how.read_timeout.from, &can::READ_TIMEOUT);
    cx.note(how.send_timeout.from, &can::SEND_TIMEOUT);
    cx.note(how.http11.from, if how.http11.value { &can::HTTP_11 } else { &can::HTTP_10 });
    cx.note(how.buffering.from, &can::BUFFERING);
    let buffers = how.request_buffering.value;
    cx.note(how.request_buffering.from, if buffers { &can::REQUEST_BUFFERING } else { &can::REQUEST_BUFFERING_OFF });
    cx.note(group.keepalive.from, if group.keepalive.value.is_some() { &can::KEEPALIVE } else { &can::KEEPALIVE_OFF });
}

/// The statuses on which the next backend is asked.
fn statuses(pass: &Pass) -> Vec<String> {
    pass.how.retried().map(str::to_owned).collect()
}

/// The middleware that asks another backend when one fails.
pub fn retry(cx: &mut Cx, pass: &Pass) -> Option<String> {
    let number = *pass.to.as_ref().ok()?;
    let how = &pass.how;
    let conditions = &how.next_upstream.value;
    let group = &cx.model.groups[number];
    let up = |server: &&Given<&Server>| server.value.standing == Standing::Up && !server.value.backup;
    let count = group.servers.iter().filter(up).map(|server| server.value.url.addresses.len().max(1)).sum::<usize>();
    let attempts = how.attempts(count as u64);
    let fails = conditions.has("error") || conditions.has("timeout");
    if attempts < 2 || (!fails && statuses(pass).is_empty()) {
        return None;
    }
    let mut codes = statuses(pass);
    codes.extend(conditions.has("error").then(|| "502".to_owned()));
    codes.extend(conditions.has("timeout").then(|| "504".to_owned()));
    codes.sort();
    codes.dedup();
    let mut retry = MapOf::default();
    retry.put("attempts", Node::from(attempts as i64).of(how.tries.from));
    retry.put("status", texts(codes).of(how.next_upstream.from));
    if how.tries_timeout.value > 0 {
        retry.put("timeout", time(how.tries_timeout.value).of(how.tries_timeout.from));
    }
    if !fails {
        retry.put("disableRetryOnNetworkError", true);
    }
    if conditions.has("non_idempotent") {
        retry.put("retryNonIdempotentMethod", true);
    }
    Some(cx.middleware("retry", retry.node()))
}

/// What a limit counts by, as Traefik says it.
fn criterion(key: &Text) -> Option<Node> {
    match key.0.as_slice() {
        [Part::Variable(name)] => match name.as_str() {
            "binary_remote_addr" | "remote_addr" => Some(map([("ipStrategy", map([("depth", Node::from(0_i64))]))])),
            "host" | "http_host" => Some(map([("requestHost", Node::from(true))])),
            other => {
                let header = other.strip_prefix("http_")?.replace('_', "-");
                Some(map([("requestHeaderName", Node::from(header))]))
            }
        },
        _ => None,
    }
}

/// `limit_req`
pub fn rate(cx: &mut Cx, rate: &Given<Rate>) -> Option<String> {
    let Some(criterion) = criterion(&rate.value.key) else {
        cx.note(rate.from, &can::LIMIT_REQ_KEY);
        cx.note(rate.value.zone, &can::LIMIT_REQ_KEY);
        return None;
    };
    cx.note(rate.from, &can::LIMIT_REQ);
    cx.note(rate.value.zone, &can::LIMIT_REQ);
    let thousandths = rate.value.rate.max(1);
    // Requests in a period, both whole.
    let (average, period) =
        if thousandths % 1000 == 0 { (thousandths / 1000, 1) } else { (thousandths * 60 / 1000, 60) };
    let (average, period) = if average == 0 { (1, 1_000_000 / thousandths / 1000) } else { (average, period) };
    let mut limit = MapOf::default();
    limit.put("average", Node::from(average).of(rate.value.zone)).put("period", format!("{period}s"));
    limit.put("burst", Node::from(rate.value.burst / 1000 + 1).of(rate.from)).put("sourceCriterion", criterion);
    Some(cx.middleware("rateLimit", limit.node()))
}

/// `limit_conn`
pub fn at_once(cx: &mut Cx, limit: &Given<Connections>) -> Option<String> {
    let Some(criterion) = criterion(&limit.value.key) else {
        cx.note(limit.from, &can::LIMIT_CONN_KEY);
        cx.note(limit.value.zone, &can::LIMIT_CONN_KEY);
        return None;
    };
    cx.note(limit.from, &can::LIMIT_CONN);
    cx.note(limit.value.zone, &can::LIMIT_CONN);
    let amount = Node::from(i64::from(limit.value.most)).of(limit.from);
    Some(cx.middleware("inFlightReq", map([("amount", amount), ("sourceCriterion", criterion)])))
}

/// Groups that no route leads to.
pub fn unused(cx: &mut Cx) {
    for group in &cx.model.groups {
        cx.ledger.note_rest(group.subjects(), &can::UNUSED);
    }
}
