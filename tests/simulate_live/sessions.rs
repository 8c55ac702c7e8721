//! Kinds about stickiness, and what comes between a session and its peer.

use md5::{Digest as _, Md5};
use rand::RngExt as _;

use crate::draft::{Draft, FAILING, SERVED, add};
use crate::kinds::{CODES, Kind, Needs, TROUBLE, failing, few_connections, sticky_route};

/// In the order of the alphabet.
pub const SESSIONS: &[Kind] = &[
    ("sticky_backup", Needs::New, |d| sticky_backup(d)),
    ("sticky_drain", Needs::New, |d| sticky_drain(d)),
    ("sticky_learn_fail", Needs::New, |d| learn_fail(d)),
    ("sticky_learn_header", Needs::New, |d| learn_header(d)),
    ("sticky_learn_timeout", Needs::New, |d| learn_timeout(d)),
    ("sticky_max_conns", Needs::New, |d| sticky_max_conns(d)),
    ("sticky_over", Needs::New, |d| sticky_over(d)),
    ("sticky_over_random", Needs::NewRandom, |d| sticky_over_random(d)),
    ("sticky_route_fail", Needs::New, |d| failing(d, sticky_route)),
];

const COOKIE: &str = "sticky cookie srv_id;";

fn group(draft: &mut Draft, method: &str, mut servers: Vec<String>, sticky: &str) {
    servers.push(sticky.to_owned());
    draft.group("backend", method, servers);
}

fn sticky_backup(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.sessions = 10;
    let n = draft.between(2, 5);
    let mut servers = draft.some_servers(n);
    add(servers.last_mut().unwrap(), "backup");
    group(draft, "", servers, COOKIE);
    draft.fail(TROUBLE, CODES);
}

/// Draining and down peers, and clients that bring their cookies from before.
fn sticky_drain(draft: &mut Draft) {
    let n = draft.between(3, 6);
    let mut servers = draft.some_servers(n);
    for line in &mut servers[1..] {
        match draft.between(0, 3) {
            0 => add(line, "drain"),
            1 => add(line, "down"),
            _ => {}
        }
    }
    let method = draft.one_of(&["", "least_conn;"]);
    group(draft, method, servers, COOKIE);
    draft.adorn = |rng, request| {
        if rng.random_bool(0.7) {
            let address = format!("127.0.0.1:{}", 18200 + rng.random_range(0..7));
            let id = u128::from_be_bytes(Md5::digest(address).into());
            request.headers.insert("cookie".to_owned(), format!("srv_id={id:032x}"));
        }
    };
}

fn learn(draft: &mut Draft, parameters: &str) {
    let n = draft.between(2, 5);
    let servers = draft.some_servers(n);
    let learn = "sticky learn create=$upstream_cookie_sess lookup=$cookie_sess zone=sessions:1m";
    group(draft, "", servers, &format!("{learn}{parameters};"));
}

fn learn_fail(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.sessions = 10;
    learn(draft, "");
    draft.fail(TROUBLE, CODES);
    draft.location.push("proxy_next_upstream error http_502;".to_owned());
}

fn learn_header(draft: &mut Draft) {
    draft.pace = SERVED;
    draft.sessions = 12;
    learn(draft, " header");
}

/// Sessions are forgotten: the time is no multiple of the arrivals' distance.
fn learn_timeout(draft: &mut Draft) {
    draft.pace = FAILING;
    draft.sessions = 25;
    let timeout = draft.one_of(&[" timeout=525ms", " timeout=1025ms", " timeout=2025ms"]);
    learn(draft, timeout);
}

fn sticky_max_conns(draft: &mut Draft) {
    let mut servers = few_connections(draft);
    servers[0] = servers[0].replace(';', " route=a;");
    servers[1] = servers[1].replace(';', " route=b;");
    group(draft, "", servers, "sticky route $arg_k;");
    draft.uri = |rng| ["/?k=a", "/?k=b", "/?k=a", "/"][rng.random_range(0..4)].to_owned();
}

fn sticky_over(draft: &mut Draft) {
    draft.sessions = 10;
    draft.ipv6 = true;
    draft.pace = FAILING;
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    let method = draft.one_of(&["least_conn;", "ip_hash;", "hash $uri;", "hash $uri consistent;"]);
    group(draft, method, servers, COOKIE);
    draft.fail(TROUBLE, CODES);
}

fn sticky_over_random(draft: &mut Draft) {
    draft.sessions = 10;
    draft.pace = FAILING;
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    let method = draft.one_of(&["random;", "random two;"]);
    group(draft, method, servers, COOKIE);
    draft.fail(TROUBLE, CODES);
}
