//! What there is to say of directives that are not written down anywhere.

use super::Plan;
use super::capabilities as can;
use super::programs;
use super::rules::denies_all;
use crate::config::ScopeId;
use crate::modules::http::rewrite::{Program, Step};
use crate::modules::shared::upstream::{Method, Standing, Sticky};
use crate::translate::class::Capability;
use crate::translate::document::Node;
use crate::translate::model::{Pass, Route};
use crate::translate::subject::SubjectId;

/// How long a backend is waited for by nginx if nothing is said, in milliseconds.
const USUAL_TIMEOUT: u64 = 60_000;
/// The largest body if nothing is said, in bytes.
const USUAL_BODY: u64 = 1 << 20;

/// What holds for a route, whatever happens there.
pub fn route(plan: &mut Plan, route: &Route) {
    let policy = &route.policy;
    // The controller writes the default into every location.
    let written = plan.controller.is_none() && plan.model.subjects.get(policy.max_body.from).span().is_some();
    let body = match policy.max_body.value {
        0 => &can::BODY_SIZE_ANY,
        USUAL_BODY if !written => &can::BODY_SIZE_DEFAULT,
        _ => &can::BODY_SIZE,
    };
    plan.note(policy.max_body.from, body);
    if !denies_all(route) {
        policy.access.iter().for_each(|given| plan.note(given.from, &can::ACCESS));
    }
    for given in &policy.rates {
        plan.note(given.from, &can::LIMIT_REQ);
        plan.note(given.value.zone, &can::LIMIT_REQ);
    }
    for given in &policy.connections {
        plan.note(given.from, &can::LIMIT_CONN);
        plan.note(given.value.zone, &can::LIMIT_CONN);
    }
}

/// How requests are passed.
pub fn pass(plan: &mut Plan, pass: &Pass) {
    let how = &pass.how;
    plan.note(how.http11.from, if how.http11.value { &can::HTTP_VERSION } else { &can::HTTP_VERSION_OLD });
    plan.note(how.connect_timeout.from, &can::CONNECT_TIMEOUT);
    plan.note(how.send_timeout.from, &can::SEND_TIMEOUT);
    let usual = how.read_timeout.value == USUAL_TIMEOUT;
    plan.note(how.read_timeout.from, if usual { &can::READ_TIMEOUT_LEFT } else { &can::READ_TIMEOUT });
    let next = how.next_upstream.value;
    let usual = next.names().all(|name| ["error", "timeout", "non_idempotent"].contains(&name));
    let servers = pass.to.as_ref().map_or(0, |group| plan.model.groups[*group].servers.len());
    let note = match next.names().next() {
        _ if servers == 1 => &can::NEXT_UPSTREAM_NONE,
        None => &can::NEXT_UPSTREAM_OFF,
        Some(_) if usual => &can::NEXT_UPSTREAM,
        Some(_) => &can::NEXT_UPSTREAM_STATUS,
    };
    plan.note(how.next_upstream.from, note);
    for limit in [&how.tries, &how.tries_timeout] {
        plan.note(
            limit.from,
            if limit.value == 0 || servers == 1 { &can::ALL_FAILED } else { &can::NEXT_UPSTREAM_TRIES },
        );
    }
    plan.note(how.buffering.from, &can::BUFFERING);
    plan.note(how.request_buffering.from, &can::BUFFERING);
    // The group that the controller chooses in is in no Location.
    let dynamic = plan.controller.is_some_and(|own| pass.to == Ok(own.group));
    for given in &how.redirects {
        plan.note(given.from, if dynamic { &can::PROXY_REDIRECT_OFF } else { &can::PROXY_REDIRECT });
    }
}

/// How requests would be passed that never are.
pub fn unused(plan: &mut Plan, unused: &Pass) {
    plan.note(unused.from, &can::PASS_NEVER);
    let how = &unused.how;
    for given in how.headers.iter().map(|given| given.from).chain(how.hidden.iter().map(|given| given.from)) {
        plan.note(given, &can::PASS_NEVER);
    }
    pass(plan, unused);
}

/// `timeouts.backendRequest`
pub fn timeout(plan: &mut Plan, pass: &Pass) -> Option<Node> {
    let given = &pass.how.read_timeout;
    let text = match given.value {
        USUAL_TIMEOUT | 0 => return None,
        value if value % 1000 != 0 && value < 100_000 => format!("{value}ms"),
        value if value / 1000 < 100_000 => format!("{}s", value / 1000),
        value => format!("{}h", (value / 3_600_000).min(99_999)),
    };
    plan.note(given.from, &can::READ_TIMEOUT);
    Some(Node::from(text).of(given.from))
}

/// The groups, also those that nothing is passed to.
pub fn groups(plan: &mut Plan) {
    let model = plan.model;
    for (number, group) in model.groups.iter().enumerate() {
        if plan.controller.is_some_and(|own| own.group == number) {
            continue;
        }
        let method = match group.method.value {
            Method::RoundRobin => &can::ROUND_ROBIN,
            Method::LeastConn => &can::LEAST_CONN,
            Method::LeastTime { .. } => &can::LEAST_TIME,
            Method::IpHash => &can::IP_HASH,
            Method::Hash { consistent: false, .. } => &can::HASH,
            Method::Hash { consistent: true, .. } => &can::HASH_CONSISTENT,
            Method::Random(_) => &can::RANDOM,
        };
        let alone = group.servers.iter().filter(|server| server.value.standing == Standing::Up).count() < 2;
        plan.note(group.method.from, if alone { &can::KEEPALIVE } else { method });
        plan.note(group.keepalive.from, &can::KEEPALIVE);
        if let Some(zone) = group.zone {
            plan.note(zone, &can::ZONE);
        }
        if let Some(sticky) = &group.sticky {
            let cookie = matches!(sticky.value, Sticky::Cookie { .. });
            plan.note(sticky.from, if cookie { &can::STICKY_COOKIE } else { &can::STICKY_OTHER });
        }
        if group.scope.is_some() {
            plan.note(group.from, &can::ZONE);
        }
        // What an address in a `proxy_pass` made has no parameters.
        for server in group.servers.iter().filter(|_| group.scope.is_some()) {
            let own = server.value;
            let checks = [
                (own.weight != 1, &can::WEIGHT),
                ((own.max_fails, own.fail_timeout) != (1, 10), &can::MAX_FAILS),
                (own.max_conns != 0, &can::MAX_CONNS),
                (own.slow_start != 0, &can::SLOW_START),
                (own.run_time || own.service.is_some(), &can::RESOLVE),
                (true, &can::KEEPALIVE),
            ];
            for (_, note) in checks.into_iter().filter(|(holds, _)| *holds) {
                plan.note(server.from, note);
            }
        }
    }
}

/// Directives by their names, or how they begin.
const BY_NAME: &[(&str, &Capability)] = &[
    ("access_log", &can::ACCESS_LOG),
    ("auth_basic*", &can::AUTH),
    ("auth_request*", &can::AUTH),
    ("auth_jwt*", &can::AUTH),
    ("client_body_buffer_size", &can::BUFFERING),
    ("client_body_timeout", &can::CLIENT_TIMEOUTS),
    ("client_header_timeout", &can::CLIENT_TIMEOUTS),
    ("client_header_buffer_size", &can::BUFFERING),
    ("error_page", &can::ERROR_PAGE),
    ("geo", &can::SET),
    ("gzip*", &can::GZIP),
    ("http2", &can::KEEPALIVE),
    ("index", &can::FILES),
    ("keepalive_*", &can::CLIENT_TIMEOUTS),
    ("large_client_header_buffers", &can::BUFFERING),
    ("limit_conn", &can::LIMIT_CONN),
    ("limit_conn_zone", &can::LIMIT_CONN),
    ("limit_conn_*", &can::LIMIT_STATUS),
    ("limit_req", &can::LIMIT_REQ),
    ("limit_req_zone", &can::LIMIT_REQ),
    ("limit_req_*", &can::LIMIT_STATUS),
    ("log_format", &can::ACCESS_LOG),
    ("map", &can::SET),
    ("proxy_buffer*", &can::BUFFERING),
    ("proxy_busy_buffers_size", &can::BUFFERING),
    ("proxy_max_temp_file_size", &can::BUFFERING),
    ("proxy_pass_header", &can::PASS_HEADER),
    ("proxy_redirect", &can::PROXY_REDIRECT_OFF),
    ("proxy_socket_keepalive", &can::KEEPALIVE),
    ("reset_timedout_connection", &can::CLIENT_TIMEOUTS),
    ("root", &can::FILES),
    ("send_timeout", &can::CLIENT_TIMEOUTS),
    ("ssl_buffer_size", &can::CERTIFICATE_MORE),
    ("ssl_ciphers", &can::CERTIFICATE_MORE),
    ("ssl_dhparam", &can::CERTIFICATE_MORE),
    ("ssl_early_data", &can::CERTIFICATE_MORE),
    ("ssl_ecdh_curve", &can::CERTIFICATE_MORE),
    ("ssl_prefer_server_ciphers", &can::CERTIFICATE_MORE),
    ("ssl_session_*", &can::CERTIFICATE_MORE),
    ("ssl_stapling*", &can::CERTIFICATE_MORE),
    ("try_files", &can::FILES),
];

/// Versions of TLS that implementations have by themselves.
const USUAL_TLS: &[&str] = &["TLSv1.2", "TLSv1.3"];

/// Directives that nobody spoke of yet.
pub fn settings(plan: &mut Plan) {
    let model = plan.model;
    for host in &model.hosts {
        plan.note(host.merge_slashes.from, &can::PATH_NORMALISING);
        plan.note(host.underscores.from, &can::UNDERSCORES);
    }
    programs_left(plan);
    for (id, subject) in model.subjects.iter() {
        if plan.ledger.knows(id) {
            continue;
        }
        let name = subject.name();
        let fits = |pattern: &str| pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start));
        if let Some((_, note)) = BY_NAME.iter().find(|(pattern, _)| fits(pattern)) {
            plan.note(id, note);
        }
        let text = subject.text();
        if name == "ssl_protocols" && USUAL_TLS.iter().all(|version| text.contains(version)) {
            plan.note(id, &can::CERTIFICATE_MORE);
        }
    }
}

/// Steps of programs that came to nothing.
fn programs_left(plan: &mut Plan) {
    let model = plan.model;
    for scope in (0..model.config.scopes.len() as u32).map(ScopeId) {
        for (step, from) in programs::steps(plan, scope) {
            if plan.ledger.knows(from) {
                continue;
            }
            match step {
                Step::Set { .. } | Step::Break => plan.note(from, &can::SET),
                Step::Rewrite(_) => plan.note(from, &can::REWRITE_LOST),
                // What a block that something is left of says in the end is told with the rest.
                Step::Return { status: 400.., .. } => plan.note(from, &can::IF_REFUSED),
                Step::Return { .. } => plan.note(from, &can::RETURN_REDIRECT_LOST),
                Step::If { block, .. } => lost_if(plan, *block, from),
            }
        }
    }
}

/// An `if` and all in it.
fn lost_if(plan: &mut Plan, block: ScopeId, from: SubjectId) {
    let scope = plan.model.config.scope(block);
    let steps = scope.slot::<Program>().into_iter().flat_map(|program| &program.0);
    let refuses = steps.into_iter().any(|step| matches!(step, Step::Return { status: 400.., .. }));
    let note = if refuses { &can::IF_REFUSED } else { &can::IF_LOST };
    plan.note(from, note);
    for setting in &scope.settings {
        let own = plan.model.subjects.setting(block, setting);
        if !plan.ledger.knows(own) {
            plan.note(own, note);
        }
    }
}
