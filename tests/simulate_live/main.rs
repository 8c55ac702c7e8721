//! `nginxlb simulate` beside a real nginx, and beside `nginxlb serve` in nginx's place, request by request, on cases made
//! from seeds: what decides in all three is to be the same.
//!
//! Without a command it judges a sample, with `NGINXLB_FULL=1` two cases of every kind. It is a program of its own because
//! a play starts it again in a network namespace. By hand, with any nginx:
//!
//! ```text
//! cargo test --test simulate_live -- record OUT NGINX KIND FROM..TO JOBS     # KIND: a name, or a beginning and *
//! cargo test --test simulate_live -- replay RECORDINGS NGINX JOBS
//! ```

#[path = "../common/mod.rs"]
mod common;

mod backend;
mod case;
mod client;
mod clock;
mod draft;
mod judge;
mod kinds;
mod load;
mod play;
mod record;
mod retries;
mod routing;
mod sessions;
mod shim;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::oracle;
use kinds::{Kind, Needs};
use play::Nginx;
use record::Order;

/// What is judged by default: short cases of different natures.
const SAMPLE: &[&str] = &[
    "access",
    "all_marked_down",
    "chash",
    "ip_hash",
    "least_conn",
    "locations",
    "max_conns",
    "random",
    "random2",
    "sticky_drain",
    "sticky_learn",
    "through_variable",
    "tries",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words {
        ["play", folder, nginx, later] => {
            let later = Duration::from_millis(later.parse().unwrap());
            let played = play::here(Path::new(folder), Path::new(nginx), later);
            println!("{}", serde_json::to_string(&played).unwrap());
        }
        ["record", out, nginx, kind, seeds, jobs] => record(Path::new(out), Path::new(nginx), kind, seeds, jobs),
        ["replay", folder, nginx, jobs] => {
            record::replay(Path::new(folder), &Nginx::at(Path::new(nginx)), jobs.parse().expect("a number of jobs"));
        }
        ["--list", ..] => println!("simulate_live: test"),
        _ => judge_all(),
    }
}

fn record(out: &Path, nginx: &Path, pattern: &str, seeds: &str, jobs: &str) {
    let (from, to) = seeds.split_once("..").expect("seeds from..to");
    let (from, to): (u64, u64) = (from.parse().unwrap(), to.parse().unwrap());
    let chosen: Vec<_> = record::kinds()
        .filter(|(name, ..)| pattern.strip_suffix('*').map_or(*name == pattern, |start| name.starts_with(start)))
        .collect();
    let orders: Vec<Order> = (from..to).flat_map(|seed| chosen.iter().map(move |kind| (*kind, seed))).collect();
    let build = oracle::build(nginx);
    let version = build.lines().next().and_then(|line| line.split_once('/')).map_or("", |(_, version)| version);
    record::record(&orders, &Nginx::at(nginx), version, out, jobs.parse().expect("a number of jobs"));
}

/// `cargo test`: every kind with the nginx that can show it.
fn judge_all() {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let mainline = Nginx::at(oracle::nginx());
    let debian = Nginx::at(oracle::debian().expect("Debian's nginx 1.22.1: apt-get install nginx-full"));
    let seeds = if full { 1..3 } else { 1..2 };
    let orders: Vec<(Order, Nginx)> = record::kinds()
        .filter(|(name, ..)| full || SAMPLE.contains(name))
        .flat_map(|kind| seeds.clone().map(move |seed| (kind, seed)))
        .filter_map(|order| match order.0.1 {
            Needs::Nothing | Needs::New => Some((order, mainline.clone())),
            Needs::Random => Some((order, debian.clone())),
            // mainline's `random()` takes no seed from outside, and Debian's nginx has no `sticky`.
            Needs::NewRandom => None,
        })
        .collect();
    assert!(full || orders.len() == SAMPLE.len(), "a kind of the sample is not there");
    judge::require("nginx", &orders, if full { 8 } else { orders.len() });
    let folder = tempfile::tempdir().unwrap();
    let ours = Nginx::ours(folder.path());
    let served = |kind: &'static Kind| seeds.clone().map(move |seed| (kind, seed));
    let orders: Vec<(Order, Nginx)> = record::kinds()
        .filter(|(name, ..)| full || SAMPLE.contains(name))
        .flat_map(served)
        .map(|order| (order, ours.clone()))
        .collect();
    judge::require("served", &orders, if full { 8 } else { orders.len() });
}

/// Where cases that went wrong are kept.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulate_live")
}
