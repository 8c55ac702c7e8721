//! What tests of the live proxy share: ports that nobody else takes, and waiting for what another process does.

#![allow(clippy::disallowed_methods, reason = "what another process does is waited for by the clock")]

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Ports are taken from here on, below those that the system gives to connections that name none: one of these may be
/// anyone's the moment after it was free.
const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

/// So many ports, one after the other, that are free and that no other caller gets.
pub fn free_ports(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test programs that run at the same time begin elsewhere.
    let start = (std::process::id() % u32::from(COUNT / 64)) as u16 * 64;
    loop {
        let taken = NEXT.fetch_add(count, Ordering::Relaxed);
        let first = FIRST + start.wrapping_add(taken) % (COUNT - count);
        if (first..first + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}

/// A port that is free and that no other caller gets.
pub fn free_port() -> u16 {
    free_ports(1)
}

/// A socket that listens on a port of the system's choice.
pub fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Waits until something holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    wait(what, || holds().then_some(()));
}

/// Waits until something is there.
#[track_caller]
pub fn wait<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {DEADLINE:?}");
        thread::sleep(Duration::from_millis(5));
    }
}
