//! Passing requests on: `reverse_proxy`.

use super::answers::{errors, status};
use super::balance::{self, Balance};
use super::routes::{Matched, Server};
use super::text::Place;
use super::{Cx, can, handler, headers, texts, time, tls};
use crate::modules::shared::pass::Protocol;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Pass, Route, SENT_ONCE};

/// The largest body that is kept in memory, so that it can be sent again.
const KEPT: u64 = 16 << 20;

/// The handlers of a route that passes to a backend.
pub fn handlers(
    cx: &mut Cx,
    server: &Server,
    route: &Route,
    pass: &Pass,
    place: &Place,
    matched: &Matched,
    handle: &mut Vec<Node>,
) {
    let Ok(number) = pass.to else {
        cx.note(pass.from, &can::PASS_VARIABLES);
        return handle.push(status(502).of(pass.from));
    };
    if pass.protocol != Protocol::Http {
        cx.note(pass.from, &can::PASS_OTHER);
        return handle.push(status(502).of(pass.from));
    }
    let place = Place { proxy_host: pass.host.clone(), ..place.clone() };
    let balance = balance::group(cx, number, pass, &place);
    cx.note(pass.from, &can::PASS);
    cx.note(pass.from, if pass.uri.is_some() { &can::PASS_URI } else { &can::ODD_TARGET });
    if balance.primary.is_empty() && balance.backup.is_empty() {
        notes(cx, pass, &balance);
        return handle.push(status(502).of(pass.from));
    }
    if let Some(key) = &balance.key {
        handle.push(balance::key_header(key));
    }
    let proxy = proxy(cx, server, route, pass, &place, matched, &balance);
    notes(cx, pass, &balance);
    let always = route.policy.added.iter().any(|header| header.value.always);
    let with_backup = !balance.backup.is_empty() && !balance.primary.is_empty();
    if !with_backup && !always {
        return handle.push(proxy.main);
    }
    let mut errors = errors();
    if with_backup && allows_backup(pass, &balance) {
        let test = map([("expression", Node::from(backup_test(pass)))]);
        let route = map([("match", list([test])), ("handle", list([proxy.backup])), ("terminal", Node::from(true))]);
        errors.insert(0, route);
    }
    let routes = list([map([("handle", list([proxy.main]))])]);
    let mut subroute = handler("subroute");
    handle.push(subroute.put("routes", routes).put("errors", map([("routes", list(errors))])).take());
}

/// Tries at most, and `proxy_next_upstream off`, may leave the backups out.
fn allows_backup(pass: &Pass, balance: &Balance) -> bool {
    pass.how.tries.value == 0 || pass.how.tries.value as usize > balance.primary.len()
}

/// When a backup is asked: no connection was made, or the failure is one that nginx tries again.
fn backup_test(pass: &Pass) -> String {
    let conditions = &pass.how.next_upstream.value;
    let unsent = "{http.error.message}.contains('no upstreams available')";
    if !conditions.has("error") && !conditions.has("timeout") && statuses(pass).is_empty() {
        return unsent.to_owned();
    }
    let unsent = format!("{unsent} || {{http.error.message}}.contains('dial ')");
    let mut codes = vec!["502".to_owned(), "504".to_owned()];
    codes.extend(statuses(pass));
    codes.dedup();
    let failed = format!("{{http.error.status_code}} in [{}]", codes.join(", "));
    if conditions.has("non_idempotent") {
        return format!("{unsent} || {failed}");
    }
    format!("{unsent} || {failed} && !({{http.request.method}} in {})", method_list())
}

fn method_list() -> String {
    format!("[{}]", SENT_ONCE.map(|method| format!("'{method}'")).join(", "))
}

/// The statuses on which the next backend is asked.
fn statuses(pass: &Pass) -> Vec<String> {
    pass.how.retried().map(str::to_owned).collect()
}

/// The handler for the servers of a group, and the one for its backups.
struct Proxy {
    main: Node,
    backup: Node,
}

fn proxy(
    cx: &mut Cx,
    server: &Server,
    route: &Route,
    pass: &Pass,
    place: &Place,
    matched: &Matched,
    balance: &Balance,
) -> Proxy {
    let (request, adds) = headers::request(cx, pass, place, balance.key.as_ref().map(|_| balance::KEY));
    let response = headers::response(cx, server, route, pass);
    let own_headers = map([("request", request), ("response", response)]);
    let rewrite = pass.uri.as_ref().filter(|_| !route.has_program).map(|uri| {
        let captured = matched.captures.as_ref().filter(|_| route.test.exact.is_none() && !uri.contains('?'));
        let rest = captured.map_or_else(String::new, |name| format!("{{http.regexp.{name}.1}}"));
        map([("uri", Node::from(format!("{}{rest}", uri.replace('{', "\\{").replace('%', "%25"))))])
    });
    let transport = transport(cx, route, pass);
    let keeps_body = balance.backup.is_empty() && pass.how.request_buffering.value;
    let buffer = match route.policy.max_body.value {
        most @ 1..=KEPT => most + 1,
        _ => KEPT,
    };
    let write = |upstreams: &[Node], is_backup: bool| {
        let mut proxy = handler("reverse_proxy");
        proxy.put("upstreams", list(upstreams.iter().cloned()));
        let mut balancing = MapOf::default();
        if upstreams.len() > 1 {
            let policy = if is_backup { map([("policy", Node::from("round_robin"))]) } else { balance.policy.clone() };
            balancing.put("selection_policy", policy);
            retries(pass, upstreams.len(), &mut balancing);
            proxy.put("load_balancing", balancing.take());
        } else if let Some(test) = status_test(pass).filter(|_| !is_backup && !balance.backup.is_empty()) {
            // There is nobody to try again here; the status becomes an error, after which the backups are asked.
            let tests = list([test]).of(pass.how.next_upstream.from);
            proxy.put("load_balancing", map([("retry_match", tests)]));
        }
        if let Some(health) = balance.health.as_ref().filter(|_| !is_backup) {
            proxy.put("health_checks", health.clone());
        }
        if let Some(rewrite) = &rewrite {
            proxy.put("rewrite", rewrite.clone());
        }
        if adds {
            proxy.put("trusted_proxies", texts(["0.0.0.0/0", "::/0"]));
        }
        proxy.put("headers", own_headers.clone());
        if keeps_body {
            proxy.put("request_buffers", Node::from(buffer as i64).of(pass.how.request_buffering.from));
        }
        if !pass.how.buffering.value {
            proxy.put("flush_interval", Node::from(-1_i64).of(pass.how.buffering.from));
        }
        proxy.put("transport", transport.clone()).take().of(pass.from)
    };
    let (first, second) = if balance.primary.is_empty() {
        (&balance.backup, &balance.primary)
    } else {
        (&balance.primary, &balance.backup)
    };
    Proxy { main: write(first, balance.primary.is_empty()), backup: write(second, true) }
}

/// Who else is asked when a backend fails.
fn retries(pass: &Pass, servers: usize, balancing: &mut MapOf) {
    let how = &pass.how;
    let conditions = &how.next_upstream.value;
    let again = how.attempts(servers as u64) - 1;
    let fails = conditions.has("error") || conditions.has("timeout");
    let codes = statuses(pass);
    if again == 0 || (!fails && codes.is_empty()) {
        return;
    }
    balancing.put("retries", Node::from(again as i64).of(how.tries.from));
    if how.tries_timeout.value > 0 {
        balancing.put("try_duration", time(how.tries_timeout.value).of(how.tries_timeout.from));
        balancing.put("try_interval", "1ms");
    }
    let twice = conditions.has("non_idempotent");
    let mut matchers = Vec::new();
    if fails {
        let all = map([("path", texts(["*"]))]);
        let some = map([("not", list([map([("method", texts(SENT_ONCE))])]))]);
        matchers.push(if twice { all } else { some });
    }
    matchers.extend(status_test(pass));
    balancing.put("retry_match", list(matchers).of(how.next_upstream.from));
}

/// The matcher of answers after which the next backend is asked.
fn status_test(pass: &Pass) -> Option<Node> {
    let codes = statuses(pass);
    let twice = pass.how.next_upstream.value.has("non_idempotent");
    let once = if twice { String::new() } else { format!(" && !({{http.request.method}} in {})", method_list()) };
    let test = format!("{{http.reverse_proxy.status_code}} in [{}]{once}", codes.join(", "));
    (!codes.is_empty()).then(|| map([("expression", Node::from(test))]))
}

fn transport(cx: &mut Cx, route: &Route, pass: &Pass) -> Node {
    let how = &pass.how;
    let mut transport = MapOf::default();
    transport.put("protocol", "http").put("versions", texts(["1.1"]));
    transport.put("compression", false);
    transport.put("dial_timeout", time(how.connect_timeout.value).of(how.connect_timeout.from));
    transport.put("response_header_timeout", time(how.read_timeout.value).of(how.read_timeout.from));
    transport.put("read_timeout", time(how.read_timeout.value).of(how.read_timeout.from));
    transport.put("write_timeout", time(how.send_timeout.value).of(how.send_timeout.from));
    let Ok(number) = pass.to else { return transport.node() };
    let keepalive = &cx.model.groups[number].keepalive;
    let mut keep = MapOf::default();
    match keepalive.value {
        Some(kept) if how.http11.value => {
            keep.put("max_idle_conns_per_host", kept.connections as i64).put("idle_timeout", time(kept.timeout));
        }
        _ => {
            keep.put("enabled", false);
        }
    }
    transport.put("keep_alive", keep.node().of(keepalive.from));
    if pass.tls {
        transport.put("tls", tls::upstream(cx, route.scope, pass));
    }
    transport.node()
}

/// What is said of everything that holds for passing.
fn notes(cx: &mut Cx, pass: &Pass, balance: &Balance) {
    let how = &pass.how;
    let conditions = &how.next_upstream.value;
    let several = balance.primary.len() + balance.backup.len() > 1;
    let alike = conditions.has("error") == conditions.has("timeout");
    cx.note(
        how.next_upstream.from,
        match (several, alike) {
            (true, false) => &can::NEXT_UPSTREAM_BOTH,
            _ => &can::NEXT_UPSTREAM,
        },
    );
    if several && !statuses(pass).is_empty() {
        cx.note(how.next_upstream.from, &can::NEXT_UPSTREAM_STATUS);
    }
    if several && conditions.has("invalid_header") {
        cx.note(how.next_upstream.from, &can::NEXT_UPSTREAM_BOTH);
    }
    cx.note(how.tries.from, &can::TRIES);
    cx.note(how.tries_timeout.from, if how.tries_timeout.value == 0 { &can::TRIES } else { &can::TRIES_TIMEOUT });
    cx.note(how.connect_timeout.from, &can::CONNECT_TIMEOUT);
    cx.note(how.read_timeout.from, &can::READ_TIMEOUT);
    cx.note(how.send_timeout.from, &can::SEND_TIMEOUT);
    cx.note(how.http11.from, if how.http11.value { &can::HTTP_11 } else { &can::HTTP_10 });
    cx.note(how.buffering.from, &can::BUFFERING);
    let buffers = match (how.request_buffering.value, balance.backup.is_empty()) {
        (true, true) => &can::REQUEST_BUFFERING,
        (true, false) => &can::REQUEST_BUFFERING_BACKUP,
        (false, _) => &can::REQUEST_BUFFERING_OFF,
    };
    cx.note(how.request_buffering.from, buffers);
    let Ok(number) = pass.to else { return };
    let keepalive = &cx.model.groups[number].keepalive;
    cx.note(keepalive.from, if keepalive.value.is_some() { &can::KEEPALIVE } else { &can::KEEPALIVE_OFF });
}
