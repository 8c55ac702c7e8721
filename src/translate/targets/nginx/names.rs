//! Directives by their names: which feature each belongs to, and what becomes of those that only some versions have.

use super::can;
use crate::translate::Capability;

/// Which feature a directive belongs to.
const FEATURE_OF: &[(&str, &str)] = &[
    ("access_log", "access-log"),
    ("add_header", "add-header"),
    ("allow", "access"),
    ("auth_basic", "auth"),
    ("auth_basic_user_file", "auth"),
    ("auth_request", "auth"),
    ("client_body_timeout", "client-timeouts"),
    ("client_header_timeout", "client-timeouts"),
    ("client_max_body_size", "body-size"),
    ("deny", "access"),
    ("error_page", "error-page"),
    ("fastcgi_pass", "pass-other"),
    ("grpc_pass", "pass-other"),
    ("gzip", "gzip"),
    ("hash", "hash"),
    ("if", "if"),
    ("index", "files"),
    ("ip_hash", "ip-hash"),
    ("keepalive", "keepalive"),
    ("keepalive_timeout", "client-timeouts"),
    ("least_conn", "least-conn"),
    ("least_time", "least-time"),
    ("limit_conn", "limit-conn"),
    ("limit_req", "limit-req"),
    ("listen", "listen"),
    ("log_format", "access-log"),
    ("map", "if"),
    ("memcached_pass", "pass-other"),
    ("proxy_buffering", "buffering"),
    ("proxy_connect_timeout", "connect-timeout"),
    ("proxy_hide_header", "hide-header"),
    ("proxy_http_version", "http-version"),
    ("proxy_next_upstream", "next-upstream"),
    ("proxy_next_upstream_tries", "next-upstream-tries"),
    ("proxy_pass", "pass"),
    ("proxy_read_timeout", "read-timeout"),
    ("proxy_redirect", "proxy-redirect"),
    ("proxy_request_buffering", "buffering"),
    ("proxy_send_timeout", "send-timeout"),
    ("proxy_set_header", "set-header"),
    ("random", "random"),
    ("return", "return-text"),
    ("rewrite", "rewrite"),
    ("root", "files"),
    ("round_robin", "round-robin"),
    ("scgi_pass", "pass-other"),
    ("server_name", "server-name"),
    ("set", "if"),
    ("ssl_certificate", "listen-tls"),
    ("ssl_certificate_key", "listen-tls"),
    ("sticky", "sticky-cookie"),
    ("try_files", "files"),
    ("underscores_in_headers", "underscores"),
    ("uwsgi_pass", "pass-other"),
    ("zone", "zone"),
];

/// The directive stays as it is.
pub fn same(directive: &str) -> &'static Capability {
    let feature = FEATURE_OF.binary_search_by_key(&directive, |(name, _)| name);
    let feature = feature.map_or("text", |at| FEATURE_OF[at].1);
    can::ALL.iter().copied().find(|own| own.code == feature).unwrap_or(&can::OTHER)
}

/// What becomes of directives that the version does not have; the others are dropped by their names.
const GONE: &[(&str, &Capability)] = &[
    ("add_header_inherit", &can::INHERIT),
    ("early_hints", &can::EARLY_HINTS),
    ("health_check", &can::HEALTH_CHECK),
    ("http2_max_concurrent_pushes", &can::PUSH),
    ("http2_push", &can::PUSH),
    ("http2_push_preload", &can::PUSH),
    ("http3", &can::QUIC),
    ("http3_hq", &can::QUIC),
    ("http3_max_concurrent_streams", &can::QUIC),
    ("http3_stream_buffer_size", &can::QUIC),
    ("match", &can::HEALTH_CHECK),
    ("queue", &can::QUEUE),
    ("quic_active_connection_id_limit", &can::QUIC),
    ("quic_bpf", &can::QUIC),
    ("quic_gso", &can::QUIC),
    ("quic_host_key", &can::QUIC),
    ("quic_retry", &can::QUIC),
    ("quic_stream_buffer_size", &can::QUIC),
    ("status_zone", &can::STATISTICS),
];

/// What becomes of a directive that the version does not have, where that has a name.
pub fn gone(directive: &str) -> Option<&'static Capability> {
    GONE.binary_search_by_key(&directive, |(name, _)| name).ok().map(|at| GONE[at].1)
}

/// What becomes of a directive of which a parameter is left out.
pub fn less(directive: &str, word: &str) -> &'static Capability {
    const GUARDS: &[&str] = &["auth_basic_user_file", "limit_conn", "limit_req", "limit_req_zone"];
    match (directive, word) {
        ("listen", "http2") => &can::HTTP2_LOST,
        ("listen", "multipath") => &can::MULTIPATH,
        (name, _) if GUARDS.contains(&name) => &can::PARAMETER_GUARD,
        _ => &can::PARAMETER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::features::FEATURES;

    #[test]
    fn every_feature_is_spoken_of() {
        assert!(FEATURE_OF.is_sorted());
        assert!(GONE.is_sorted_by_key(|(name, _)| name));
        for feature in FEATURES {
            assert!(can::ALL.iter().any(|own| own.feature == feature.name), "{}", feature.name);
        }
        for (directive, feature) in FEATURE_OF {
            assert_eq!(same(directive).feature, *feature, "{directive}");
        }
    }
}
