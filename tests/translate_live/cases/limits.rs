//! What says no before a backend is asked: sizes of bodies, rates, addresses.

use std::net::Ipv4Addr;

use super::{all_to_group, group};
use crate::case::{Case, Request};

pub fn cases() -> Vec<Case> {
    vec![
        body_size(),
        rate("limit_req", "limit_req zone=z burst=3 nodelay;"),
        rate("limit_req-none", "limit_req zone=z;"),
        access(),
    ]
}

fn body_size() -> Case {
    let body = |size: usize| "x".repeat(size);
    let chunked = |size: usize| Request { chunked: true, ..Request::post("/", &body(size)) };
    let http = group("", &[""]) + &all_to_group("client_max_body_size 1k;");
    Case::new("client_max_body_size", 1, &http)
        .send_all([0, 500, 1024, 1025, 2000].map(|size| Request::post("/", &body(size))))
        .send_all([chunked(500), chunked(2000)])
        .send(Request::get("/"))
}

/// The first burst of two clients; the rate is so low that nothing more comes through in the meantime.
fn rate(name: &str, lines: &str) -> Case {
    let zone = "limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m;\n".to_owned();
    let http = zone + &group("", &[""]) + &all_to_group(lines);
    let clients = [1, 2].map(|last| Ipv4Addr::new(127, 0, 5, last));
    Case::new(name, 1, &http)
        .send_all((0..12).map(|n| Request::get(&format!("/{n}")).from(clients[usize::from(n % 3 == 2)])))
}

/// The first rule that fits decides.
fn access() -> Case {
    let rules = "allow 127.1.2.3;\ndeny 127.1.2.0/24;\nallow 127.1.0.0/16;\nallow 127.0.0.1;\ndeny all;";
    let http = group("", &[""]) + &all_to_group(rules);
    let sources = [[1, 2, 3], [1, 2, 4], [1, 3, 1], [1, 255, 255], [2, 0, 1], [0, 0, 1], [0, 0, 2]];
    Case::new("access", 1, &http).send_all(sources.map(|[b, c, d]| Request::get("/").from(Ipv4Addr::new(127, b, c, d))))
}
