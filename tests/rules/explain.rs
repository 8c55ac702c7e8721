//! What `explain` says.

use nginxlb::lint::{explain, topics};

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    let text = explain(name).unwrap_or_else(|nearest| panic!("{name}: nothing is known; {nearest:?}"));
    for part in expected {
        assert!(text.contains(part), "{name}: no {part:?} in\n{text}");
    }
}

#[test]
fn knows_rules() {
    check("backup-against-method", &["(warn)", "Reported:", "ip_hash;", "# nginxlb: ignore backup-against-method"]);
    check("weight-with-single-server", &["(notice, pedantic)"]);
}

#[test]
fn knows_directives() {
    check("proxy_next_upstream", &["http, server, location", "some of", "non_idempotent", "error timeout"]);
    check("keepalive", &["upstream", "since      nginx 1.1.4", "before 1.29.7", "Rules: keepalive-"]);
    check("least_time", &["http_upstream_least_time", "stream_upstream_least_time", "NGINX Plus"]);
    check("spdy_headers_comp", &["last in", "nginx 1.9.4"]);
    check("worker_processes", &["main", "nginx 1.0.0 or earlier"]);
}

#[test]
fn knows_variables() {
    check("$upstream_addr", &["in http", "in stream", "1.11.4"]);
    check("${host}", &["$host"]);
    check("$arg_anything", &["$arg_NAME"]);
    check("upstream_addr", &["$upstream_addr"]);
}

#[test]
fn knows_its_own_code() {
    check("nginx", &["nginx itself"]);
}

#[test]
fn knows_what_was_meant() {
    assert_eq!(explain("proxy_psas"), Err(Some("proxy_pass")));
    assert_eq!(explain("backup-against"), Err(Some("backup-against-method")));
    assert_eq!(explain("$upstream_adr"), Err(Some("upstream_addr")));
    assert_eq!(explain("no such thing"), Err(None));
    assert_eq!(explain(""), Err(None));
}

#[test]
fn lists_every_rule() {
    for rule in nginxlb::lint::rules::RULES {
        assert!(topics().contains(rule.name), "{}", rule.name);
    }
}
