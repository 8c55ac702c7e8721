//! Requests through many configurations, as the exchange routes them and as a real nginx does: which server, which
//! location, what rewrites, maps and error pages make of them.
//!
//! nginx listens on UNIX domain sockets, so no port is needed; the client's address comes in a header.

mod common;

#[path = "routing/generate.rs"]
mod generate;
#[path = "routing/live.rs"]
mod live;
#[path = "routing/predict.rs"]
mod predict;

#[path = "routing/written.rs"]
mod written;

use generate::{Dice, REQUESTS};
use live::Nginx;
use predict::Predictor;

/// Compares all requests on all servers.
fn compare(servers: &[String], requests: &[String]) {
    let nginx = Nginx::start(servers);
    let mut predictor = Predictor::new(nginx.conf(), &nginx.prefix());
    let mut wrong = Vec::new();
    for (n, server) in servers.iter().enumerate() {
        for request in requests {
            let (real, ours) = (nginx.ask(n, request), predictor.ask(n, request));
            if !ours.agrees_with(&real) {
                let request = request.escape_debug();
                wrong.push(format!("{server}\n  {request}\n  nginx: {real:?}\n  ours:  {ours:?}\n"));
            }
        }
    }
    let all = servers.len() * requests.len();
    let shown = wrong.iter().take(12).map(String::as_str).collect::<String>();
    assert!(wrong.is_empty(), "{} of {all} requests went elsewhere:\n{shown}", wrong.len());
}

#[test]
fn written_servers() {
    let servers: Vec<String> = written::SERVERS.iter().map(|server| (*server).to_owned()).collect();
    let requests: Vec<String> = REQUESTS.iter().chain(written::REQUESTS).map(|request| (*request).to_owned()).collect();
    compare(&servers, &requests);
}

#[test]
fn made_up_servers() {
    let seed = std::env::var("ROUTING_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut dice = Dice::new(seed);
    let servers: Vec<String> = (0..150).map(|_| generate::server(&mut dice)).collect();
    let requests: Vec<String> = REQUESTS.iter().map(|request| (*request).to_owned()).collect();
    compare(&servers, &requests);
}
