//! Backends that fail, and who is tried next.

use super::{all_to_group, gets, group};
use crate::case::{Case, Fault, Request};

pub fn cases() -> Vec<Case> {
    vec![
        new("dead-one", &["", "", ""], "").counted().fault("b", Fault::Refuse).send_all(gets(12)).send_all(posts(4)),
        new("dead-all", &["", ""], "")
            .fault("a", Fault::Refuse)
            .fault("b", Fault::Refuse)
            .send_all(gets(3))
            .send_all(posts(2)),
        new("dead-only", &[""], "")
            .fault("a", Fault::Refuse)
            .send_all(gets(2))
            .fault("a", Fault::None)
            .send_all(gets(2)),
        new("backup", &["", "", "backup"], "")
            .fault("a", Fault::Refuse)
            .fault("b", Fault::Refuse)
            .send_all(gets(6))
            .send_all(posts(2)),
        new("backups", &["", "backup", "backup"], "").counted().fault("a", Fault::Refuse).send_all(gets(8)),
        new("drop-get", &["", "backup"], "").fault("a", Fault::Drop).send(Request::get("/")),
        new("drop-post", &["", "backup"], "").fault("a", Fault::Drop).send(Request::post("/", "x=1")),
        new("drop-post-again", &["", "backup"], "proxy_next_upstream error timeout non_idempotent;")
            .fault("a", Fault::Drop)
            .send(Request::post("/", "x=1")),
        new("drop-all", &["", ""], "").fault("a", Fault::Drop).fault("b", Fault::Drop).send(Request::get("/")),
        new("off", &["", "backup"], "proxy_next_upstream off;").fault("a", Fault::Drop).send(Request::get("/")),
        new("status-passes", &["", "backup"], "").fault("a", Fault::Status(503)).send_all(gets(3)).send_all(posts(1)),
        new("status-get", &["", "backup"], "proxy_next_upstream error timeout http_503;")
            .fault("a", Fault::Status(503))
            .send(Request::get("/")),
        new("status-post", &["", "backup"], "proxy_next_upstream error timeout http_503;")
            .fault("a", Fault::Status(503))
            .send(Request::post("/", "x=1")),
        new("status-other", &["", "backup"], "proxy_next_upstream error timeout http_503;")
            .fault("a", Fault::Status(500))
            .send_all(gets(2)),
        new("status-all", &["", ""], "proxy_next_upstream error timeout http_503;")
            .counted()
            .fault("a", Fault::Status(503))
            .fault("b", Fault::Status(503))
            .send(Request::get("/")),
        new("tries", &["", "", ""], "proxy_next_upstream error timeout http_503;\nproxy_next_upstream_tries 2;")
            .counted()
            .fault("a", Fault::Status(503))
            .fault("b", Fault::Status(503))
            .fault("c", Fault::Status(503))
            .send(Request::get("/")),
        new("timeout-next", &["", "backup"], "proxy_read_timeout 1s;")
            .fault("a", Fault::Slow(4000))
            .send(Request::get("/")),
        new("timeout-all", &["", ""], "proxy_read_timeout 1s;")
            .fault("a", Fault::Slow(4000))
            .fault("b", Fault::Slow(4000))
            .send(Request::get("/")),
        new("timeout-post", &["", "backup"], "proxy_read_timeout 1s;")
            .fault("a", Fault::Slow(4000))
            .send(Request::post("/", "x=1")),
        new("slow-enough", &[""], "proxy_read_timeout 2s;").fault("a", Fault::Slow(700)).send(Request::get("/")),
    ]
}

fn new(name: &str, servers: &[&str], lines: &str) -> Case {
    Case::new(name, servers.len(), &(group("", servers) + &all_to_group(lines)))
}

fn posts(n: u32) -> impl Iterator<Item = Request> {
    (0..n).map(|n| Request::post(&format!("/{n}"), "x=1"))
}
