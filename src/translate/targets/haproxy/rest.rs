//! Directives that are noted by their names alone, and those that hold for a whole backend.

use super::headers::is_named;
use super::{Work, backends, can};
use crate::config::ScopeId;
use crate::translate::class::Capability;
use crate::translate::model::Action;
use crate::translate::subject::SubjectId;

/// What is said of directives that nothing else spoke of.
const BY_NAME: &[(&[&str], &Capability)] = &[
    (&["access_log", "log_format", "open_log_file_cache"], &can::ACCESS_LOG_LOST),
    (&["auth_basic", "auth_basic_user_file", "auth_request", "satisfy", "auth_delay"], &can::AUTH),
    (&["error_page", "proxy_intercept_errors", "recursive_error_pages"], &can::ERROR_PAGE),
    (&["root", "alias", "index", "try_files", "autoindex", "expires", "etag", "if_modified_since"], &can::FILES),
    (&["gzip", "gzip_comp_level", "gzip_min_length", "gzip_proxied", "gzip_types", "gzip_vary"], &can::GZIP),
    (&["gzip_buffers", "gzip_disable", "gzip_http_version"], &can::GZIP),
    (&["client_body_timeout", "client_header_timeout", "keepalive_timeout", "send_timeout"], &can::CLIENT_TIMEOUTS),
    (&["keepalive_requests", "keepalive_time", "reset_timedout_connection"], &can::CLIENT_TIMEOUTS),
    (&["limit_req_zone", "limit_req_status", "limit_req_log_level", "limit_req_dry_run"], &can::LIMIT_REQ),
    (&["limit_conn_zone", "limit_conn_status", "limit_conn_log_level", "limit_conn_dry_run"], &can::LIMIT_CONN),
    (&["default_type", "types"], &can::RETURN_TEXT),
    (&["absolute_redirect"], &can::RETURN_REDIRECT),
    (&["proxy_pass_header"], &can::HIDE_HEADER),
    (&["map"], &can::MAP),
    (&["http2"], &can::LISTEN_TLS),
    (
        &["ssl_session_cache", "ssl_session_timeout", "ssl_session_tickets", "ssl_prefer_server_ciphers"],
        &can::LISTEN_TLS,
    ),
    (&["proxy_ssl_session_reuse", "proxy_ssl_verify_depth"], &can::PASS_TLS),
    (&["proxy_buffer_size", "proxy_buffers", "proxy_busy_buffers_size", "proxy_max_temp_file_size"], &can::BUFFERING),
    (&["client_body_buffer_size", "client_header_buffer_size", "large_client_header_buffers"], &can::BUFFERING),
    (&["keepalive_requests", "keepalive_timeout", "keepalive_time"], &can::KEEPALIVE),
    (&["resolver", "resolver_timeout"], &can::RESOLVE),
];

/// Notes what is left.
pub fn note(work: &mut Work) {
    let all: Vec<SubjectId> = work.model.subjects.iter().map(|(id, _)| id).collect();
    for subject in all {
        if work.ledger.knows(subject) {
            continue;
        }
        let found = BY_NAME.iter().find(|(names, _)| is_named(work, subject, names));
        let off = work.model.subjects.get(subject).text().ends_with(" off");
        if let Some((_, capability)) = found {
            work.note(subject, if off { &can::OFF } else { capability });
        }
    }
    policies(work);
}

/// What holds for routes that never come to ask for it: nginx does not either.
fn policies(work: &mut Work) {
    let model = work.model;
    for route in model.hosts.iter().flat_map(|host| &host.routes) {
        if let Action::Pass(pass) = &route.action {
            backends::forget(work, pass);
        }
        let policy = &route.policy;
        let limits = policy.rates.iter().map(|rate| (rate.from, rate.value.zone));
        let limits = limits.chain(policy.connections.iter().map(|limit| (limit.from, limit.value.zone)));
        let limits: Vec<SubjectId> = limits.flat_map(|(from, zone)| [from, zone]).collect();
        let access = policy.access.iter().map(|rule| rule.from);
        for subject in limits.into_iter().chain(access) {
            if !work.ledger.knows(subject) {
                work.note(subject, &can::UNREACHED);
            }
        }
    }
}

/// The lines of `gzip on`, for the backends of a block.
pub fn compression(work: &mut Work, scope: ScopeId) -> Vec<String> {
    let config = work.model.config;
    if !config.flag(scope, "gzip", false) {
        return Vec::new();
    }
    let mut types = vec!["text/html".to_owned()];
    for setting in config.effective_all(scope, "gzip_types") {
        types.extend(setting.words.iter().skip(1).map(|word| word.value.to_string()));
    }
    let mut lines = vec!["filter compression".to_owned(), "compression algo gzip".to_owned()];
    if !types.iter().any(|kind| kind == "*") {
        lines.push(format!("compression type {}", types.join(" ")));
    }
    lines
}
