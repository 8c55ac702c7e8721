//! Which backend is chosen: whole cycles of weights, and 300 keys of each hash with unequal weights.

use std::net::Ipv4Addr;

use super::{all_to_group, group};
use crate::case::{Case, Fault, Request};

const KEYS: u32 = 300;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        weights("equal", &["", "", ""], 3),
        weights("weights-5-1-1", &["weight=5", "", ""], 7),
        weights("weights-2-3", &["weight=2", "weight=3"], 5),
        weights("weights-7-2-2", &["weight=7", "weight=2", "weight=2"], 11),
        weights("down", &["weight=2", "down", "weight=3"], 5),
        weights("backup-idle", &["", "backup", "weight=2", "backup"], 3),
        ip_hash("ip_hash"),
        ip_hash("ip_hash-dead").dead("b"),
        hash("hash-uri", "hash $request_uri", uri),
        hash("hash-uri-dead", "hash $request_uri", uri).dead("b"),
        hash("hash-argument", "hash $arg_k", argument),
        hash("hash-header", "hash $http_x_key", header),
        hash("hash-address", "hash $remote_addr", address),
        hash("chash-uri", "hash $request_uri consistent", uri),
        hash("chash-argument", "hash $arg_k consistent", argument),
        hash("chash-dead", "hash $request_uri consistent", uri).dead("b"),
    ];
    let many: Vec<String> = (0..12).map(|n| format!("weight={}", 1 + n % 4)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let http = group("hash $request_uri consistent", &many) + &all_to_group("");
    cases.push(Case::new("chash-many", many.len(), &http).send_all((0..KEYS).map(uri)));
    cases
}

impl Case {
    /// The same with a backend that does not listen.
    fn dead(mut self, peer: &str) -> Case {
        let steps = std::mem::take(&mut self.steps);
        let mut case = self.fault(peer, Fault::Refuse);
        case.steps.extend(steps);
        case
    }
}

fn weights(name: &str, servers: &[&str], cycle: u32) -> Case {
    let http = group("", servers) + &all_to_group("");
    let requests = (0..6 * cycle).map(|n| Request::get(&format!("/{n}")));
    Case::new(name, servers.len(), &http).counted().send_all(requests)
}

fn ip_hash(name: &str) -> Case {
    let http = group("ip_hash", &["weight=2", "", "weight=3"]) + &all_to_group("");
    let source = |n: u32| {
        Request::get("/").from(Ipv4Addr::new(127, (n * 7 % 250) as u8, (n * 13 % 251) as u8, 1 + (n % 9) as u8))
    };
    Case::new(name, 3, &http).send_all((0..KEYS).map(source))
}

fn hash(name: &str, method: &str, request: fn(u32) -> Request) -> Case {
    let http = group(method, &["", "weight=3", "weight=2"]) + &all_to_group("");
    Case::new(name, 3, &http).send_all((0..KEYS).map(request))
}

fn uri(n: u32) -> Request {
    Request::get(&if n.is_multiple_of(3) { format!("/item/{n}?page={}", n % 7) } else { format!("/{}", n * 7919) })
}

fn argument(n: u32) -> Request {
    Request::get(&format!("/x?z=1&k={}", n * 31))
}

fn header(n: u32) -> Request {
    Request::get("/x").header("X-Key", &format!("user-{n}"))
}

fn address(n: u32) -> Request {
    Request::get("/x").from(Ipv4Addr::new(127, 1, (n / 250) as u8, 1 + (n % 250) as u8))
}
