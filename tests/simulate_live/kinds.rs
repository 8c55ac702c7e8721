//! The kinds of cases that were recorded before: one method each, in health and in trouble.

use crate::case::FaultKind::{self, Refuse, Reset, Status};
use crate::draft::{Draft, FAILING, SERVED, add};

/// What a kind needs of a real nginx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Any.
    Nothing,
    /// `sticky` and `least_time` outside of NGINX Plus: 1.31.
    New,
    /// The seed of `random()`: a dynamically linked one.
    Random,
    /// Both.
    NewRandom,
}

/// A kind of case: its name, what it needs, and what it makes of a draft.
pub type Kind = (&'static str, Needs, fn(&mut Draft));

/// The faults of ordinary trouble, and their codes.
pub const TROUBLE: &[FaultKind] = &[Refuse, Refuse, Refuse, Reset, Status];
/// What failing backends answer.
pub const CODES: &[u16] = &[500, 502, 502, 503];
/// Times of answers that end between the arrivals of [`SERVED`].
pub const TIMES: &[f64] = &[0.02, 0.06, 0.1, 0.14, 0.18, 0.26, 0.42];

/// In the order of the alphabet.
pub const KINDS: &[Kind] = &[
    ("backup", Needs::Nothing, |d| with_backups(d)),
    ("backup_fail", Needs::Nothing, |d| failing(d, with_backups)),
    ("chash", Needs::Nothing, |d| keyed(d, " consistent")),
    ("chash_fail", Needs::Nothing, |d| failing(d, |d| keyed(d, " consistent"))),
    ("hash", Needs::Nothing, |d| keyed(d, "")),
    ("hash_fail", Needs::Nothing, |d| failing(d, |d| keyed(d, ""))),
    ("ip_hash", Needs::Nothing, |d| by_address(d)),
    ("ip_hash_fail", Needs::Nothing, |d| failing(d, by_address)),
    ("least_conn", Needs::Nothing, |d| busy(d, "least_conn;")),
    ("least_time", Needs::New, |d| timed(d)),
    ("map_key", Needs::Nothing, |d| map_key(d)),
    ("max_conns", Needs::Nothing, |d| max_conns(d)),
    ("random", Needs::Random, |d| plain(d, "random;")),
    ("random2", Needs::Random, |d| busy(d, "random two;")),
    ("random_fail", Needs::Random, |d| failing(d, |d| plain(d, "random;"))),
    ("rr", Needs::Nothing, |d| plain(d, "")),
    ("rr_fail", Needs::Nothing, |d| failing(d, |d| plain(d, ""))),
    ("single", Needs::Nothing, |d| failing(d, single)),
    ("sticky_cookie", Needs::New, |d| sticky_cookie(d)),
    ("sticky_fail", Needs::New, |d| failing(d, sticky_cookie)),
    ("sticky_learn", Needs::New, |d| sticky_learn(d)),
    ("sticky_route", Needs::New, |d| sticky_route(d)),
    ("tries", Needs::Nothing, |d| tries(d)),
    ("two_groups", Needs::Nothing, |d| two_groups(d)),
];

/// Lets the backends of a kind fail.
pub fn failing(draft: &mut Draft, kind: fn(&mut Draft)) {
    draft.pace = FAILING;
    kind(draft);
    let on = draft.one_of(&["", "", "error", "error timeout http_502 http_503", "error timeout http_500 http_503"]);
    if !on.is_empty() {
        draft.location.push(format!("proxy_next_upstream {on};"));
    }
    draft.fail(TROUBLE, CODES);
}

pub fn plain(draft: &mut Draft, method: &str) {
    let n = draft.between(2, 7);
    let mut servers = draft.some_servers(n);
    if method.is_empty() && draft.chance(0.3) {
        add(servers.last_mut().unwrap(), "backup");
    }
    draft.backend(method, servers);
}

fn with_backups(draft: &mut Draft) {
    let n = draft.between(2, 7);
    let mut servers = draft.some_servers(n);
    let backups = draft.between(1, 2.min(n - 1)) as usize;
    servers.iter_mut().rev().take(backups).for_each(|line| add(line, "backup"));
    draft.backend("", servers);
}

pub fn keyed(draft: &mut Draft, consistent: &str) {
    let key = draft.one_of(&["$host$uri", "$arg_k", "$remote_addr", "$http_x_key", "$request_uri", "$cookie_sid"]);
    let n = draft.between(2, 7);
    let servers = draft.some_servers(n);
    draft.backend(&format!("hash {key}{consistent};"), servers);
}

pub fn by_address(draft: &mut Draft) {
    draft.ipv6 = true;
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    draft.backend("ip_hash;", servers);
}

/// Connections are open side by side.
pub fn busy(draft: &mut Draft, method: &str) {
    draft.pace = SERVED;
    draft.services = TIMES;
    let n = draft.between(2, 5);
    let servers = draft.some_servers(n);
    draft.backend(method, servers);
}

pub fn timed(draft: &mut Draft) {
    draft.pace = SERVED;
    let method = draft.one_of(&["least_time header;", "least_time last_byte;"]);
    let n = draft.between(2, 5);
    let servers = draft.some_servers(n);
    draft.backend(method, servers);
    draft.serve_in(&[0.008, 0.048, 0.088]);
}

fn map_key(draft: &mut Draft) {
    let lines = ["default $request_uri;", "~^a(?<rest>.*)$ A-$rest;", "b one;", "*.x star;", "\"\" empty;"];
    draft.http.push(format!("map $arg_k $shard {{\n    {}\n}}", lines.join("\n    ")));
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    draft.backend("hash $shard consistent;", servers);
}

/// Servers that take few connections at a time, and requests that take so long that it matters.
pub fn few_connections(draft: &mut Draft) -> Vec<String> {
    draft.pace = SERVED;
    draft.services = &[0.02, 0.06, 0.1, 0.14, 0.26];
    let n = draft.between(2, 4);
    let mut servers = draft.some_servers(n);
    for line in &mut servers {
        let most = draft.between(1, 3);
        add(line, &format!("max_conns={most}"));
    }
    servers
}

pub fn max_conns(draft: &mut Draft) {
    let servers = few_connections(draft);
    let method = draft.one_of(&["", "least_conn;", "hash $arg_k;", "ip_hash;", "hash $uri consistent;"]);
    draft.backend(method, servers);
}

fn single(draft: &mut Draft) {
    let servers = draft.some_servers(1);
    draft.backend("", servers);
}

fn sticky_cookie(draft: &mut Draft) {
    draft.sessions = 8;
    let n = draft.between(2, 7);
    let mut servers = draft.some_servers(n);
    servers.push(draft.one_of(&["sticky cookie srv_id;", "sticky cookie srv_id expires=1h path=/;"]).to_owned());
    draft.groups.push(("backend".to_owned(), servers));
    if draft.chance(0.66) {
        draft.groups[0].1.insert(0, "zone z 128k;".to_owned());
    }
}

fn sticky_learn(draft: &mut Draft) {
    draft.sessions = 8;
    let n = draft.between(2, 6);
    let mut servers = draft.some_servers(n);
    let learn = "sticky learn create=$upstream_cookie_sess lookup=$cookie_sess zone=sessions:1m timeout=1h;";
    servers.push(learn.to_owned());
    servers.insert(0, "zone z 128k;".to_owned());
    draft.groups.push(("backend".to_owned(), servers));
}

/// Servers with the routes a, b, c, ...
pub fn sticky_route(draft: &mut Draft) {
    let n = draft.between(2, 7);
    let mut servers = draft.some_servers(n);
    for (line, route) in servers.iter_mut().zip('a'..) {
        add(line, &format!("route={route}"));
    }
    servers.push("sticky route $cookie_route $arg_route;".to_owned());
    draft.groups.push(("backend".to_owned(), servers));
    draft.adorn = |rng, request| {
        use rand::RngExt as _;
        let mut route = || char::from(b'a' + rng.random_range(0..8));
        match request.id % 4 {
            0 => request.uri = format!("/r?route={}", route()),
            1 => drop(request.headers.insert("cookie".to_owned(), format!("route={}", route()))),
            2 => {
                request.uri = format!("/r?route={}", route());
                request.headers.insert("cookie".to_owned(), format!("route={}", route()));
            }
            _ => {}
        }
    };
}

fn tries(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.methods = &["GET", "GET", "POST"];
    let n = draft.between(3, 6);
    let servers = draft.some_servers(n);
    draft.backend("", servers);
    let on = draft.one_of(&["error timeout http_503", "error timeout http_503 http_500", "error timeout http_502"]);
    let most = draft.between(1, 3);
    draft.location.push(format!("proxy_next_upstream {on};"));
    draft.location.push(format!("proxy_next_upstream_tries {most};"));
    draft.fail(TROUBLE, CODES);
}

fn two_groups(draft: &mut Draft) {
    plain(draft, "");
    let servers = [0, 1].map(|at| format!("server {};", draft.address(at))).to_vec();
    draft.groups.push(("other".to_owned(), [vec!["least_conn;".to_owned()], servers].concat()));
    draft.server.push("location ~ ^/b(?<rest>/.*)$ {\n    proxy_pass http://other;\n}".to_owned());
    draft.server.push("location = /c {\n    return 204;\n}".to_owned());
    draft.adorn = |_, request| {
        if request.id % 6 == 1 {
            "/c".clone_into(&mut request.uri);
        }
    };
}
