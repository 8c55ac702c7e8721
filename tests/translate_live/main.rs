//! What `nginxlb translate` makes, in the real programs: the same requests to nginx and to a target, each started afresh
//! for every case, and no difference but those that the loss report tells of.
//!
//! By default a sample is judged, with `NGINXLB_FULL=1` everything. `NGINXLB_CASE=hash` judges the cases whose names begin
//! so, `NGINXLB_SHOW=50` shows so many differences of each. To add a target: a file in `programs/` that says how the program checks and runs a configuration, an entry in
//! `programs::PROGRAMS`, and a test here.

#![expect(clippy::format_push_string, clippy::format_collect, reason = "the texts of tests are short")]

#[path = "../common/mod.rs"]
mod common;

mod backend;
mod caddy;
mod case;
mod cases;
mod client;
mod compare;
mod concern;
mod hand;
mod haproxy;
mod judge;
mod message;
mod migration;
mod play;
mod programs;
mod report;
mod traefik;
mod translate;
mod versions;

use std::path::Path;

use case::{Case, Fault, Request};
use play::Act;

/// The child's way in, and for the parent a test of its own.
#[test]
fn a_play_has_a_network_of_its_own() {
    if let Some(folder) = std::env::var_os(play::FOLDER) {
        play::here(Path::new(&folder));
        return;
    }
    let http = "server {\n    listen 8000;\n    location / {\n        proxy_pass http://127.0.0.1:9101;\n    }\n}\n";
    let case = Case::new("play", 1, http)
        .send(Request::get("/x").host("some.test").from(std::net::Ipv4Addr::new(127, 3, 2, 1)))
        .fault("a", Fault::Refuse)
        .send(Request::get("/y"))
        .fault("a", Fault::None)
        .send(Request::post("/z?be-status=418", "body"))
        .fault("a", Fault::Drop)
        .send(Request::get("/w"));
    let files = play::folder(&[("nginx.conf", &case.conf)]);
    let played = play::apart("nginx", files.path(), &case, Act::Play).unwrap();
    let told: Vec<_> = played.observed.iter().map(|o| (o.status, o.peer.as_deref(), o.tries.len())).collect();
    assert_eq!(told, [(200, Some("a"), 1), (502, None, 0), (418, Some("a"), 1), (502, None, 1)]);
    let seen = &played.observed[0].tries[0];
    assert_eq!((&*seen.line, seen.header("host")), ("GET /x HTTP/1.1", Some("127.0.0.1:9101")));
    assert_eq!(played.observed[2].tries[0].body, "body");
}

/// What was translated does as nginx did.
fn judge(to: &'static str, program: &'static str) {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    judge::require(judge::Target { to, program }, &cases::chosen(full));
}

#[test]
fn gateway_api() {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let target = judge::Target { to: "gateway-api", program: "gateway" };
    judge::require(target, &[cases::chosen(full), cases::gateway::cases()].concat());
}

#[test]
fn haproxy() {
    judge("haproxy", "haproxy");
}

#[test]
fn envoy() {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let mut cases = cases::chosen(full);
    // No directive is about what Envoy makes of it: it takes HTTP/9.9 for HTTP/1.1.
    let newer = |step: &case::Step| matches!(step, case::Step::Send(request) if request.version == "HTTP/9.9");
    for case in cases.iter_mut().filter(|case| case.steps.iter().any(newer)) {
        case.steps.retain(|step| !newer(step));
        // Under its own name it is another case to those who keep what came of it.
        case.name += "-but-9.9";
    }
    cases.extend(cases::envoy::cases());
    judge::require(judge::Target { to: "envoy", program: "envoy" }, &cases);
}
