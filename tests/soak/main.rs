//! An hour's trouble in two minutes: clients without pause, backends that die, slow down, lie and come back, and a new
//! configuration every few seconds. Every request gets one answer, nginx's rules allow it, and nothing grows.
//!
//! `NGINXLB_SOAK_SECONDS` makes it longer or shorter (120), `NGINXLB_SOAK_BINARY` puts another nginx in the place of ours,
//! `NGINXLB_SOAK_SEED` makes another trouble.
//!
//! To compare two proxies takes many seeds, and runs that begin at the same part of a second: where all backends have failed,
//! up to a second passes in which every request is 502 at once, and whether they do hangs on where the whole seconds of
//! `fail_timeout` fall.

#[path = "../common/mod.rs"]
mod common;

mod backends;
mod client;
mod proxy;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use backends::{Backend, Seen};
use client::{Asked, Client, End, Kind};
use proxy::{Proxy, Size};

/// What happens to a backend, one after the other; two of four are well at any time.
const TROUBLE: &[&[&str]] = &[
    &["die/1500ms"],
    &["die/300ms"],
    &["latency/150ms"],
    // Longer than the proxy waits.
    &["latency/2s"],
    &["with/503", "fail/0.3"],
    &["with/reset", "fail/0.3"],
    &["with/close", "fail/0.3"],
    &["with/cut", "fail/0.1"],
    &["with/hang", "fail/0.05"],
];

const EVERY_TROUBLE: Duration = Duration::from_millis(700);
const EVERY_RELOAD: Duration = Duration::from_secs(3);
const EVERY_SIZE: Duration = Duration::from_millis(250);

/// The kinds of clients, one thread each.
const CLIENTS: &[Kind] = &[
    Kind { method: "GET", keep: true },
    Kind { method: "GET", keep: true },
    Kind { method: "GET", keep: true },
    Kind { method: "GET", keep: false },
    Kind { method: "GET", keep: false },
    Kind { method: "GET", keep: false },
    Kind { method: "POST", keep: true },
    Kind { method: "POST", keep: true },
    Kind { method: "POST", keep: false },
];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text} is no number")))
}

/// What happened, for the judgement at the end.
struct Story {
    asked: Vec<Asked>,
    deaths: Vec<Instant>,
    sizes: Vec<Size>,
    seen: HashMap<u64, Vec<Seen>>,
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the time of a soak is real")]
fn nothing_is_lost_and_nothing_grows() {
    let length = Duration::from_secs(setting("NGINXLB_SOAK_SECONDS", 120));
    let backends: Vec<Backend> = (0..4).map(|number| Backend::start(number % 2 == 1)).collect();
    let ports: Vec<u16> = backends.iter().map(|backend| backend.port).collect();
    let mut proxy = Proxy::start(&ports);

    let next = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let (asked, deaths, sizes) = thread::scope(|scope| {
        let clients: Vec<_> =
            CLIENTS.iter().map(|kind| scope.spawn(|| Client::new(*kind, proxy.port).run(&next, &over))).collect();
        let trouble = scope.spawn(|| trouble(&backends, &over));
        let sizes = scope.spawn(|| sizes(&proxy, &over));
        let start = Instant::now();
        let mut reloads = 0;
        while start.elapsed() < length {
            thread::sleep(EVERY_RELOAD.min(length.saturating_sub(start.elapsed())));
            reloads += 1;
            proxy.reload(&ports, reloads);
        }
        over.store(true, Ordering::Relaxed);
        let asked: Vec<Asked> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        (asked, trouble.join().unwrap(), sizes.join().unwrap())
    });

    recovers(&proxy, &next);
    let mut faults = proxy.quit();
    let mut seen: HashMap<u64, Vec<Seen>> = HashMap::new();
    for (id, what) in backends.into_iter().flat_map(Backend::stop) {
        seen.entry(id).or_default().push(what);
    }
    let story = Story { asked, deaths, sizes, seen };
    println!("{}\n{}", story.summary(), proxy.told());
    faults.extend(story.lost());
    faults.extend(story.twice());
    faults.extend(story.grown());
    faults.extend(proxy.complaints());
    let shown = faults.len().min(20);
    assert!(faults.is_empty(), "{} faults, the first of them:\n{}", faults.len(), faults[..shown].join("\n"));
}

/// Makes trouble until it is over, then makes it good; returns when backends died.
#[allow(clippy::disallowed_methods, reason = "the time of a soak is real")]
fn trouble(backends: &[Backend], over: &AtomicBool) -> Vec<Instant> {
    let mut rng = StdRng::seed_from_u64(setting("NGINXLB_SOAK_SEED", 1));
    let (mut deaths, mut tick) = (Vec::new(), 0);
    while !over.load(Ordering::Relaxed) {
        thread::sleep(EVERY_TROUBLE);
        let backend = &backends[tick % backends.len()];
        backends[(tick + 2) % backends.len()].tell("reset");
        tick += 1;
        for command in *TROUBLE.choose(&mut rng).unwrap() {
            // One that is dead hears nothing.
            if backend.tell(command) && command.starts_with("die") {
                deaths.push(Instant::now());
            }
        }
    }
    for backend in backends {
        while !backend.tell("reset") {
            thread::sleep(Duration::from_millis(50));
        }
    }
    deaths
}

fn sizes(proxy: &Proxy, over: &AtomicBool) -> Vec<Size> {
    let mut sizes = Vec::new();
    while !over.load(Ordering::Relaxed) {
        sizes.push(proxy.size());
        thread::sleep(EVERY_SIZE);
    }
    sizes
}

/// With backends that are well again, everything is well again once `fail_timeout` is over.
fn recovers(proxy: &Proxy, next: &AtomicU64) {
    let mut client = Client::new(Kind { method: "GET", keep: false }, proxy.port);
    let mut well = 0;
    for _ in 0..600 {
        let asked = client.ask(next.fetch_add(1, Ordering::Relaxed));
        well = if matches!(asked.end, End::Answer(200)) { well + 1 } else { 0 };
        if well == 50 {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it does not recover");
}

impl Story {
    fn count(&self, wanted: impl Fn(&Asked) -> bool) -> usize {
        self.asked.iter().filter(|asked| wanted(asked)).count()
    }

    fn summary(&self) -> String {
        let status = |status| self.count(|asked| matches!(asked.end, End::Answer(found) if found == status));
        format!(
            "{} requests: {} 200, {} 502, {} 503, {} 504, {} cut short, {} closed before they were read; {} deaths",
            self.asked.len(),
            status(200),
            status(502),
            status(503),
            status(504),
            self.count(|asked| matches!(asked.end, End::Short)),
            self.count(|asked| matches!(asked.end, End::Raced)),
            self.deaths.len(),
        )
    }

    /// Requests without the answer that the rules give them.
    fn lost(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for asked in &self.asked {
            let seen = self.seen.get(&asked.id).map_or(&[][..], Vec::as_slice);
            let did = |what: &str| seen.iter().any(|seen| seen.what == what);
            let about_to_die =
                || self.deaths.iter().any(|death| asked.from <= *death + EVERY_TROUBLE && *death <= asked.to);
            let right = match &asked.end {
                End::Answer(200) => did("200"),
                // Whatever went wrong; which of them is in the balancer's tests.
                End::Answer(502 | 504) => true,
                End::Answer(503) => did("503"),
                End::Short => did("cut") || about_to_die(),
                // A connection that is closed for being idle: the request on its way was never read.
                End::Raced => asked.reused && seen.is_empty(),
                End::Answer(_) | End::Wrong(_) => false,
            };
            if !right {
                faults.push(format!("{} {}: {:?}, backends saw {seen:?}", asked.kind.method, asked.id, asked.end));
            }
        }
        let total = self.asked.len();
        let well = self.count(|asked| matches!(asked.end, End::Answer(200)));
        if well * 2 < total {
            faults.push(format!("{well} of {total} requests were answered well: fewer than half"));
        }
        faults
    }

    /// What is not idempotent is sent to one backend only.
    fn twice(&self) -> Vec<String> {
        let posts = self.seen.iter().filter(|(_, seen)| seen.iter().any(|seen| seen.post) && seen.len() > 1);
        posts.map(|(id, seen)| format!("POST {id} was sent {} times: {seen:?}", seen.len())).collect()
    }

    /// Memory and open files: the last quarter beside the second.
    fn grown(&self) -> Vec<String> {
        let quarter = self.sizes.len() / 4;
        if quarter < 8 {
            return vec!["too short to judge memory".to_owned()];
        }
        let median = |from: usize, of: fn(&Size) -> u64| {
            let mut values: Vec<u64> = self.sizes[from..from + quarter].iter().map(of).collect();
            values.sort_unstable();
            values[values.len() / 2]
        };
        let grown = |what: &str, of: fn(&Size) -> u64, slack: u64| {
            let (second, last) = (median(quarter, of), median(self.sizes.len() - quarter, of));
            println!("{what}: {second} in the second quarter, {last} in the last");
            (last > second + second / 5 + slack).then(|| format!("{what} grew from {second} to {last}"))
        };
        let memory = grown("kilobytes of memory", |size| size.memory, 2048);
        let files = grown("open files", |size| size.files, 16);
        memory.into_iter().chain(files).collect()
    }
}
