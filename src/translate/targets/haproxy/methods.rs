//! How a server is chosen. The hashes are nginx's own sums, made by converters; `use-server` takes the server whose share
//! the sum falls into, and goes past servers that are down to the next of nginx's draws.

use std::fmt::Write as _;

use super::plan::Rule;
use super::samples::Around;
use super::servers::Peer;
use super::words::word;
use super::{Work, can, ketama};
use crate::config::Text;
use crate::modules::shared::upstream::{Expires, Method, Sticky};
use crate::translate::subject::SubjectId;

/// After so many draws nginx turns to round robin.
const DRAWS: usize = 20;
/// How seldom all draws may fall on the same servers for fewer draws to do.
const SELDOM: f64 = 1e-4;

/// Writes the method of a group for a backend of this name.
pub fn plan(work: &mut Work, number: usize, name: &str, peers: &[Peer], lines: &mut Vec<Rule>) {
    let group = &work.model.groups[number];
    let from = group.method.from;
    let mut say = |work: &mut Work, capability, line: &str| {
        work.note(from, capability);
        lines.push(Rule::always(line, &[from]));
    };
    let alone = peers.len() == 1;
    match group.method.value {
        Method::LeastConn => say(work, &can::LEAST_CONN, "balance leastconn"),
        Method::LeastTime { .. } => say(work, &can::LEAST_TIME, "balance leastconn"),
        Method::Random(two) => {
            let line = if two.is_some() { "balance random(2)" } else { "balance random(1)" };
            say(work, &can::RANDOM, line);
        }
        Method::RoundRobin => say(work, &can::ROUND_ROBIN, "balance roundrobin"),
        Method::IpHash => {
            say(work, &can::IP_HASH, "balance roundrobin");
            if !alone {
                if work.model.listeners.iter().any(|listener| listener.socket().is_some_and(|socket| socket.is_ipv6()))
                {
                    work.note(from, &can::IP_HASH_IPV6);
                }
                ip_hash(peers, from, lines);
            }
        }
        Method::Hash { key, consistent } => {
            let capability = if *consistent { &can::HASH_CONSISTENT } else { &can::HASH };
            say(work, capability, "balance roundrobin");
            match self::key(work, key) {
                _ if alone => {}
                None => work.note(from, &can::HASH_KEY),
                Some(set) => {
                    lines.push(Rule::always(set, &[from]));
                    let empty = "{ var(txn.key),length -m int 0 }";
                    lines.push(Rule::when("http-request unset-var(txn.key)", empty, &[from]));
                    if *consistent {
                        ketama::plan(work, name, peers, from, lines);
                    } else {
                        hash(peers, from, lines);
                    }
                }
            }
        }
    }
    if peers.iter().filter(|peer| peer.backup).count() > 1 {
        lines.push(Rule::always("option allbackups", &[from]));
    }
    if peers.iter().any(|peer| peer.line.contains(" maxconn ")) {
        lines.push(Rule::always("timeout queue 1ms", &[]));
    }
    sticky(work, number, lines);
}

/// The rule that keeps the key of a hash, or nothing if it has variables that are not known.
fn key(work: &mut Work, key: &Text) -> Option<String> {
    let around = Around { maps: work.maps, ..Around::default() };
    if let Some(sample) = work.kept.sample(key, around).ok()? {
        return Some(format!("http-request set-var(txn.key) {}", word(&sample)));
    }
    let format = work.kept.format(key, around).ok()?;
    Some(format!("http-request set-var-fmt(txn.key) {}", word(&format)))
}

/// How many draws are written: one where no server can be down.
fn draws(peers: &[Peer]) -> usize {
    if !peers.iter().any(|peer| peer.may_be_down) {
        return 1;
    }
    let total: u64 = peers.iter().map(|peer| peer.weight).sum();
    let heaviest = peers.iter().map(|peer| peer.weight).max().unwrap_or(1);
    let share = heaviest as f64 / total.max(1) as f64;
    let needed = (1..DRAWS).find(|draws| share.powi(*draws as i32) < SELDOM);
    needed.unwrap_or(DRAWS)
}

/// `crc32([draw] key) >> 16 & 0x7fff`, added up, modulo the weights.
fn hash(peers: &[Peer], from: SubjectId, lines: &mut Vec<Rule>) {
    let mut set = |text: String| lines.push(Rule::always(text, &[from]));
    let count = draws(peers);
    let piece = "crc32,div(65536),and(32767)";
    set(format!("http-request set-var(txn.sum0) var(txn.key),{piece}"));
    for draw in 1..count {
        set(format!("http-request set-var-fmt(txn.drawn) \"{draw}%[var(txn.key)]\" if {{ var(txn.key) -m found }}"));
        set(format!("http-request set-var(txn.sum{draw}) var(txn.drawn),{piece},add(txn.sum{})", draw - 1));
    }
    shares(peers, count, from, lines);
}

/// `(sum * 113 + byte) % 6271` over three bytes, modulo the weights; the next draw goes on from there.
fn ip_hash(peers: &[Peer], from: SubjectId, lines: &mut Vec<Rule>) {
    let mut set = |text: String| lines.push(Rule::always(text, &[from]));
    let count = draws(peers);
    set("http-request set-var(txn.bytes) src,be2dec(.,1)".to_owned());
    for n in 1..=3 {
        set(format!("http-request set-var(txn.byte{n}) var(txn.bytes),field({n},.)"));
    }
    let round = "mul(113),add(txn.byte1),mod(6271),mul(113),add(txn.byte2),mod(6271),mul(113),add(txn.byte3),mod(6271)";
    for draw in 0..count {
        let start = if draw == 0 { "int(89)".to_owned() } else { format!("var(txn.sum{})", draw - 1) };
        set(format!("http-request set-var(txn.sum{draw}) {start},{round}"));
    }
    shares(peers, count, from, lines);
}

/// The server whose share each draw falls into.
fn shares(peers: &[Peer], draws: usize, from: SubjectId, lines: &mut Vec<Rule>) {
    let total: u64 = peers.iter().map(|peer| peer.weight).sum();
    for draw in 0..draws {
        let text = format!("http-request set-var(txn.draw{draw}) var(txn.sum{draw}),mod({total})");
        lines.push(Rule::always(text, &[from]));
    }
    for draw in 0..draws {
        let mut first = 0;
        for peer in peers {
            let last = first + peer.weight - 1;
            let share = if first == last { first.to_string() } else { format!("{first}:{last}") };
            let when = format!("{{ var(txn.draw{draw}) -m int {share} }}");
            lines.push(Rule::when(format!("use-server {}", peer.name), when, &[from, peer.from]));
            first = last + 1;
        }
    }
}

/// Session affinity. The names of servers are nginx's, so that sessions go on.
fn sticky(work: &mut Work, number: usize, lines: &mut Vec<Rule>) {
    let Some(sticky) = &work.model.groups[number].sticky else { return };
    let from = sticky.from;
    let Sticky::Cookie { name, domain, path, expires, http_only, secure, same_site } = sticky.value else {
        return work.note(from, &can::STICKY_OTHER);
    };
    work.note(from, &can::STICKY_COOKIE);
    let mut line = format!("cookie {} insert indirect nocache", word(name));
    if *http_only {
        line.push_str(" httponly");
    }
    if *secure {
        line.push_str(" secure");
    }
    if let Some(domain) = domain.as_ref().and_then(Text::literal) {
        let _ = write!(line, " domain {}", word(domain));
    }
    let mut attributes: Vec<String> = Vec::new();
    attributes.extend(path.as_ref().map(|path| format!("Path={path}")));
    attributes.extend(expires.map(|expires| match expires {
        Expires::Max => "Max-Age=315360000".to_owned(),
        Expires::After(seconds) => format!("Max-Age={seconds}"),
    }));
    attributes.extend(same_site.as_ref().and_then(Text::literal).map(|site| format!("SameSite={site}")));
    for attribute in attributes {
        let _ = write!(line, " attr {}", word(&attribute));
    }
    lines.push(Rule::always(line, &[from]));
}
