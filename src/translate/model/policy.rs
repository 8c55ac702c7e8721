//! What holds for the requests of one block, with inheritance applied and defaults made explicit.

use crate::config::{ScopeId, Text, Value};
use crate::modules::http::headers::Headers;
use crate::modules::http::limit_req::{ReqLimits, ReqZones};
use crate::modules::http::proxy::rewrite::Rule;
use crate::modules::shared::access::Rules;
use crate::modules::shared::limit_conn::{ConnLimits, ConnZones};
use crate::modules::shared::named;
use crate::modules::shared::upstream_options::Conditions;

use super::read::Read;
use super::{Added, Connections, Given, KEEPS, Passing, Policy, Rate};
use crate::translate::subject::SubjectId;

/// What holds in a scope, whatever happens there.
pub fn policy(read: &mut Read, scope: ScopeId) -> Policy {
    Policy {
        max_body: read.number(scope, "client_max_body_size", 1 << 20, "1m"),
        added: added(read, scope),
        access: access(read, scope),
        rates: rates(read, scope),
        connections: connections(read, scope),
    }
}

/// How a scope passes requests on by `proxy_pass`.
pub fn passing(read: &mut Read, scope: ScopeId) -> Passing {
    const MINUTE: u64 = 60_000;
    Passing {
        headers: headers(read, scope),
        http11: http11(read, scope),
        connect_timeout: read.number(scope, "proxy_connect_timeout", MINUTE, "60s"),
        send_timeout: read.number(scope, "proxy_send_timeout", MINUTE, "60s"),
        read_timeout: read.number(scope, "proxy_read_timeout", MINUTE, "60s"),
        next_upstream: next_upstream(read, scope),
        tries: read.number(scope, "proxy_next_upstream_tries", 0, "0"),
        tries_timeout: read.number(scope, "proxy_next_upstream_timeout", 0, "0"),
        buffering: read.flag(scope, "proxy_buffering", true),
        request_buffering: read.flag(scope, "proxy_request_buffering", true),
        hidden: hidden(read, scope),
        redirects: redirects(read, scope),
    }
}

fn hidden(read: &Read, scope: ScopeId) -> Vec<Given<String>> {
    let hidden = read.all(scope, "proxy_hide_header").into_iter();
    hidden.map(|(setting, from)| Given { value: setting.arg(1).to_owned(), from }).collect()
}

/// `proxy_set_header`, with `Host` and `Connection` as nginx sets them by itself.
fn headers(read: &mut Read, scope: ScopeId) -> Vec<Given<(String, Text)>> {
    let text = |text: &str| Text::read(text).unwrap_or_default();
    let mut headers: Vec<Given<(String, Text)>> = read
        .all(scope, "proxy_set_header")
        .into_iter()
        .map(|(setting, from)| Given { value: (setting.arg(1).to_owned(), text(setting.arg(2))), from })
        .collect();
    let connection = if read.nginx.version < KEEPS { "close" } else { "" };
    for (name, value, written) in [
        ("Host", "$proxy_host", "Host $proxy_host".to_owned()),
        ("Connection", connection, format!("Connection \"{connection}\"")),
    ] {
        if headers.iter().all(|header| !header.value.0.eq_ignore_ascii_case(name)) {
            let from = read.subjects.implicit("proxy_set_header", written, scope);
            headers.push(Given { value: (name.to_owned(), text(value)), from });
        }
    }
    headers
}

fn http11(read: &mut Read, scope: ScopeId) -> Given<bool> {
    match read.effective(scope, "proxy_http_version") {
        Some((setting, from)) => Given { value: setting.value != Value::Enum(0), from },
        None if read.nginx.version < KEEPS => {
            Given { value: false, from: read.subjects.implicit("proxy_http_version", "1.0", scope) }
        }
        None => Given { value: true, from: read.subjects.implicit("proxy_http_version", "1.1", scope) },
    }
}

fn next_upstream(read: &mut Read, scope: ScopeId) -> Given<Conditions> {
    let value = Conditions::effective(read.config, scope, "proxy_next_upstream", &["error", "timeout"]);
    let from = match read.effective(scope, "proxy_next_upstream") {
        Some((_, from)) => from,
        None => read.subjects.implicit("proxy_next_upstream", "error timeout", scope),
    };
    Given { value, from }
}

fn added(read: &Read, scope: ScopeId) -> Vec<Given<Added>> {
    let Some((at, headers)) = read.slot::<Headers>(scope) else { return Vec::new() };
    let settings = read.config.scope(at).all("add_header");
    let added = headers.0.iter().zip(settings).map(|(header, setting)| Given {
        value: Added { name: header.name.clone(), value: header.value.clone(), always: header.always },
        from: read.subjects.setting(at, setting),
    });
    added.collect()
}

fn redirects(read: &mut Read, scope: ScopeId) -> Vec<Given<Rule>> {
    let config = read.config;
    // `off` leaves no rules: the block counts nevertheless.
    let Some(at) = config.ancestors(scope).find(|at| config.scope(*at).setting("proxy_redirect").is_some()) else {
        return vec![Given { value: Rule::Default, from: read.subjects.implicit("proxy_redirect", "default", scope) }];
    };
    let rules = named::own::<Vec<Rule>>(config, at, "proxy_redirect").map(Vec::as_slice).unwrap_or_default();
    let settings = config.scope(at).all("proxy_redirect").filter(|setting| setting.arg(1) != "off");
    let given = rules.iter().zip(settings);
    given.map(|(rule, setting)| Given { value: rule.clone(), from: read.subjects.setting(at, setting) }).collect()
}

fn access(read: &Read, scope: ScopeId) -> Vec<Given<crate::modules::shared::access::Rule>> {
    let Some((at, rules)) = read.slot::<Rules>(scope) else { return Vec::new() };
    rules.0.iter().map(|rule| Given { value: *rule, from: read.subjects.at(at, rule.span) }).collect()
}

/// The directive of the `http` block that the span is part of.
fn of_realm(read: &Read, span: crate::syntax::Span) -> SubjectId {
    read.config.http.map_or(SubjectId(0), |http| read.subjects.at(http, span))
}

fn rates(read: &mut Read, scope: ScopeId) -> Vec<Given<Rate>> {
    let Some((at, limits)) = read.slot::<ReqLimits>(scope) else { return Vec::new() };
    let zones = read.config.http.and_then(|http| read.config.scope(http).slot::<ReqZones>());
    let status = read.number(scope, "limit_req_status", 503, "503").value;
    let rate = |limit: &crate::modules::http::limit_req::ReqLimit| {
        let zone = zones?.0.iter().find(|zone| zone.zone == limit.zone)?;
        let value = Rate {
            zone: of_realm(read, zone.span),
            key: zone.key.clone(),
            rate: zone.rate,
            burst: limit.burst,
            delay: limit.delay,
            status,
        };
        Some(Given { value, from: read.subjects.at(at, limit.span) })
    };
    limits.0.iter().filter_map(rate).collect()
}

fn connections(read: &mut Read, scope: ScopeId) -> Vec<Given<Connections>> {
    let Some((at, limits)) = read.slot::<ConnLimits>(scope) else { return Vec::new() };
    let zones = read.config.http.and_then(|http| read.config.scope(http).slot::<ConnZones>());
    let status = read.number(scope, "limit_conn_status", 503, "503").value;
    let limit = |limit: &crate::modules::shared::limit_conn::ConnLimit| {
        let zone = zones?.0.iter().find(|zone| zone.zone == limit.zone)?;
        let value =
            Connections { zone: of_realm(read, zone.span), key: zone.key.clone(), most: limit.connections, status };
        Some(Given { value, from: read.subjects.at(at, limit.span) })
    };
    limits.0.iter().filter_map(limit).collect()
}
