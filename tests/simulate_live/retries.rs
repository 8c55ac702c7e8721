//! Kinds about failing: which answers are failures, how often and how long nginx goes on, who counts.

use std::net::IpAddr;

use crate::case::FaultKind::{Invalid, Refuse, Reset, Status, Timeout, Unreachable};
use crate::draft::{Draft, FAILING, SILENT, add};
use crate::kinds::{CODES, Kind, Needs, TROUBLE, failing, keyed, plain};

/// In the order of the alphabet.
pub const RETRIES: &[Kind] = &[
    ("all_fail", Needs::Nothing, |d| all_fail(d)),
    ("all_marked_down", Needs::Nothing, |d| all_marked_down(d)),
    ("backup_order", Needs::Random, |d| backup_order(d)),
    ("big_weights", Needs::Random, |d| big_weights(d)),
    ("direct", Needs::Nothing, |d| direct(d)),
    ("error_page", Needs::Nothing, |d| error_page(d)),
    ("inherit", Needs::Nothing, |d| inherit(d)),
    ("invalid", Needs::Nothing, |d| invalid(d)),
    ("keepalive", Needs::Random, |d| keepalive(d)),
    ("names", Needs::Random, |d| names(d)),
    ("next_codes", Needs::Nothing, |d| next_codes(d)),
    ("next_off", Needs::Nothing, |d| next_off(d)),
    ("next_timeout", Needs::Nothing, |d| next_timeout(d)),
    ("odd_limits", Needs::Nothing, |d| odd_limits(d)),
    ("one_and_a_half", Needs::Nothing, |d| one_and_a_half(d)),
    ("read_timeout", Needs::Nothing, |d| read_timeout(d)),
    ("same_address", Needs::Nothing, |d| same_address(d)),
    ("spread", Needs::Random, |d| spread(d)),
    ("tries_many", Needs::Nothing, |d| tries_many(d)),
    ("unreachable", Needs::Nothing, |d| unreachable(d)),
];

const METHODS: &[&str] = &["", "", "least_conn;", "ip_hash;", "hash $uri;", "hash $arg_k consistent;"];
/// All methods without times.
pub const RANDOM_TOO: &[&str] =
    &["", "random;", "random two;", "least_conn;", "ip_hash;", "hash $uri;", "hash $arg_k consistent;"];

/// For a while nobody is there.
fn all_fail(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 4);
    let mut servers = draft.some_servers(n);
    if draft.chance(0.4) {
        add(servers.last_mut().unwrap(), "backup");
    }
    draft.group("backend", "", servers);
    for peer in 0..n as usize {
        let (from, to) = (draft.between(1000, 2500), draft.between(3500, 5500));
        let kind = draft.one_of(TROUBLE);
        let code = (kind == Status).then_some(502);
        draft.fault(peer, from, to, kind, code);
    }
    draft.location.push("proxy_next_upstream error http_502;".to_owned());
}

/// Every server is `down`, or all but the backups.
fn all_marked_down(draft: &mut Draft) {
    let method = draft.one_of(&["", "least_conn;"]);
    let n = draft.between(1, 4);
    let mut servers = draft.some_servers(n);
    for line in &mut servers {
        add(line, "down");
    }
    if draft.chance(0.6) {
        let address = draft.address(n as usize);
        servers.push(format!("server {address} backup;"));
    }
    draft.group("backend", method, servers);
}

/// A method that has no backups, named after the `backup` line.
fn backup_order(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 5);
    let mut servers = draft.some_servers(n);
    add(&mut servers[0], "backup");
    let method = draft.one_of(&["hash $uri;", "hash $arg_k consistent;", "ip_hash;", "random;", "random two;"]);
    servers.insert(1, method.to_owned());
    draft.group("backend", "", servers);
    draft.fail(TROUBLE, CODES);
}

fn big_weights(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 5) as usize;
    let mut servers = Vec::new();
    for at in 0..n {
        let most = draft.one_of(&[20, 150, 1000, 60000]);
        let (weight, fails) = (draft.between(1, most), draft.between(1, 9));
        servers.push(format!("server {} weight={weight} max_fails={fails} fail_timeout=2s;", draft.address(at)));
    }
    let method = draft.one_of(&["", "random;", "least_conn;", "ip_hash;", "hash $uri;"]);
    draft.group("backend", method, servers);
    draft.fail(TROUBLE, CODES);
    draft.location.push("proxy_next_upstream error http_502;".to_owned());
}

/// Addresses without a group of their own.
fn direct(draft: &mut Draft) {
    draft.pace = FAILING;
    plain(draft, "");
    let (one, two) = (draft.address(7), draft.address(8));
    draft.server.push(format!("location /b/ {{\n    proxy_pass http://{one};\n}}"));
    draft.server.push(format!("location = /d {{\n    proxy_pass http://{two}/;\n}}"));
    draft.server.push(format!("location ~ ^/u/1 {{\n    proxy_pass http://{one}$request_uri;\n}}"));
    draft.fail(TROUBLE, CODES);
}

/// The answers of a failing group are another group's to give.
fn error_page(draft: &mut Draft) {
    draft.pace = FAILING;
    plain(draft, "");
    draft.location.push("proxy_intercept_errors on;".to_owned());
    let page =
        draft.one_of(&["error_page 502 503 = @other;", "error_page 500 502 = @other;", "error_page 502 =200 @other;"]);
    draft.location.push(page.to_owned());
    let on = draft.one_of(&["error", "error http_502", "error http_500 http_503"]);
    draft.location.push(format!("proxy_next_upstream {on};"));
    let servers = (7..9).map(|at| draft.one_server(at)).collect();
    let method = draft.one_of(METHODS);
    draft.group("other", method, servers);
    draft.server.push("location @other {\n    proxy_pass http://other;\n}".to_owned());
    draft.fail(TROUBLE, CODES);
}

/// What is said of retries in the server, and said again in a location.
fn inherit(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.http.push("proxy_next_upstream error http_500;".to_owned());
    plain(draft, "");
    draft.server.push("proxy_next_upstream_tries 2;".to_owned());
    draft.server.push(
        "location /b/ {\n    proxy_next_upstream http_502 http_503;\n    proxy_pass http://backend;\n}".to_owned(),
    );
    draft.server.push("location /u/ {\n    proxy_next_upstream_tries 0;\n    proxy_pass http://backend;\n}".to_owned());
    draft.fail(TROUBLE, CODES);
}

/// `keepalive` around a method changes nothing where backends close.
fn keepalive(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 5);
    let mut servers = draft.some_servers(n);
    servers.push("keepalive 8;".to_owned());
    let method = draft.one_of(RANDOM_TOO);
    draft.group("backend", method, servers);
    draft.location.push("proxy_http_version 1.1;".to_owned());
    draft.fail(TROUBLE, CODES);
}

fn next_codes(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.methods = &["GET", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"];
    let n = draft.between(2, 5);
    let servers = draft.some_servers(n);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    let all = ["error", "timeout", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429"];
    let mut on: Vec<&str> = all.into_iter().filter(|_| draft.chance(0.5)).collect();
    on.extend(draft.chance(0.4).then_some("non_idempotent"));
    if !on.is_empty() {
        draft.location.push(format!("proxy_next_upstream {};", on.join(" ")));
    }
    draft.fail(&[Refuse, Reset, Status, Status, Status], &[403, 404, 429, 500, 502, 503, 504]);
}

fn next_off(draft: &mut Draft) {
    draft.pace = FAILING;
    plain(draft, "");
    draft.location.push("proxy_next_upstream off;".to_owned());
    draft.fail(TROUBLE, CODES);
}

fn silent(draft: &mut Draft) {
    draft.pace = SILENT;
    draft.location = vec!["proxy_connect_timeout 1s;".to_owned(), "proxy_read_timeout 1030ms;".to_owned()];
    let n = draft.between(2, 4);
    let servers = draft.some_servers(n);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    draft.fail(&[Timeout, Timeout, Refuse, Status], CODES);
}

fn next_timeout(draft: &mut Draft) {
    silent(draft);
    let most = draft.one_of(&["1s", "1500ms", "2s", "2500ms"]);
    draft.location.push(format!("proxy_next_upstream_timeout {most};"));
}

fn read_timeout(draft: &mut Draft) {
    draft.methods = &["GET", "GET", "POST"];
    silent(draft);
    let on = draft.one_of(&["", "error", "timeout http_504", "error timeout non_idempotent", "error timeout http_502"]);
    if !on.is_empty() {
        draft.location.push(format!("proxy_next_upstream {on};"));
    }
}

/// `max_fails` and `fail_timeout` at their ends.
fn odd_limits(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 4) as usize;
    let mut servers = Vec::new();
    for at in 0..n {
        let fails = draft.one_of(&["", " max_fails=0", " max_fails=1", " max_fails=5", " max_fails=100"]);
        let timeout = draft.one_of(&["", " fail_timeout=0", " fail_timeout=1s", " fail_timeout=4s"]);
        let weight = draft.one_of(&["", " weight=2", " weight=10", " weight=100"]);
        servers.push(format!("server {}{weight}{fails}{timeout};", draft.address(at)));
    }
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    draft.fail(TROUBLE, CODES);
}

/// One server, and one more that is a backup, down or neither.
fn one_and_a_half(draft: &mut Draft) {
    draft.pace = FAILING;
    let mut servers = draft.some_servers(2);
    let half = draft.one_of(&["backup", "down", "backup down"]);
    add(&mut servers[1], half);
    draft.group("backend", "", servers);
    draft.fail(TROUBLE, CODES);
}

/// One address in several `server` lines.
fn same_address(draft: &mut Draft) {
    draft.pace = FAILING;
    let n = draft.between(2, 4);
    let mut servers = draft.some_servers(n);
    let again = draft.some_servers(2);
    servers.extend(again);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    draft.fail(TROUBLE, CODES);
}

/// Other addresses than the ports of one host.
fn spread(draft: &mut Draft) {
    draft.spread();
    match draft.between(0, 2) {
        0 => failing(draft, |d| keyed(d, " consistent")),
        1 => failing(draft, |d| plain(d, "random;")),
        _ => failing(draft, |d| keyed(d, "")),
    }
}

fn tries_many(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.methods = &["GET", "GET", "POST"];
    let n = draft.between(5, 8);
    let servers = draft.some_servers(n);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    let most = draft.between(0, 5);
    draft.location.push("proxy_next_upstream error timeout http_500 http_502 http_503;".to_owned());
    draft.location.push(format!("proxy_next_upstream_tries {most};"));
    draft.fail(&[Refuse, Reset, Status], CODES);
}

/// Answers whose headers cannot be read.
fn invalid(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.methods = &["GET", "GET", "POST"];
    let n = draft.between(2, 4);
    let servers = draft.some_servers(n);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    let on = draft.one_of(&["", "invalid_header", "error timeout", "error invalid_header non_idempotent", "http_502"]);
    if !on.is_empty() {
        draft.location.push(format!("proxy_next_upstream {on};"));
    }
    draft.fail(&[Invalid, Invalid, Refuse], CODES);
}

/// Names with several addresses each.
fn names(draft: &mut Draft) {
    let addresses = |from: u8, n: u8| (from..from + n).map(|last| IpAddr::from([10, 0, 0, last])).collect::<Vec<_>>();
    for (name, from) in [("app.internal", 11), ("db.internal", 21)] {
        let n = draft.between(1, 3) as u8;
        draft.scenario.resolve.insert(name.to_owned(), addresses(from, n));
    }
    draft.pace = FAILING;
    let mut servers = draft.some_servers(3);
    servers[0] = servers[0].replace(&draft.address(0), "app.internal:8080");
    servers[1] = servers[1].replace(&draft.address(1), "db.internal:8080");
    let method = draft.one_of(RANDOM_TOO);
    draft.group("backend", method, servers);
    draft.fail(TROUBLE, CODES);
}

/// Connections hang. With 510 ms up to three tries stay clear of other requests.
fn unreachable(draft: &mut Draft) {
    draft.pace = SILENT;
    draft.location = vec!["proxy_connect_timeout 510ms;".to_owned(), "proxy_read_timeout 2s;".to_owned()];
    draft.methods = &["GET", "GET", "POST"];
    let n = draft.between(2, 3);
    let servers = draft.some_servers(n);
    let method = draft.one_of(METHODS);
    draft.group("backend", method, servers);
    let on = draft.one_of(&["", "error", "timeout", "error timeout http_502"]);
    if !on.is_empty() {
        draft.location.push(format!("proxy_next_upstream {on};"));
    }
    draft.fail(&[Unreachable, Unreachable, Refuse, Status], CODES);
}
