//! The case's time: its zero is a whole second of the wall clock, and it remembers how late things happened.

#![allow(clippy::disallowed_methods, reason = "a real program is measured in real time")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since the case's zero.
pub struct Clock {
    zero: Instant,
    /// The worst delay so far, in microseconds.
    late: AtomicU64,
}

impl Clock {
    /// A clock whose zero is the first whole second that is at least `ahead` away.
    pub fn ahead(ahead: Duration) -> Clock {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = Instant::now();
        let beyond = u64::from((since + ahead).subsec_nanos());
        let zero = now + ahead + Duration::from_nanos(1_000_000_000 - beyond);
        Clock { zero, late: AtomicU64::new(0) }
    }

    /// Time since zero, none before it.
    pub fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.zero)
    }

    /// How long it is until a time.
    pub fn until(&self, time: Duration) -> Duration {
        (self.zero + time).saturating_duration_since(Instant::now())
    }

    pub fn sleep_until(&self, time: Duration) {
        thread::sleep(self.until(time));
    }

    /// Notes how late something is that was due at `time`.
    pub fn check(&self, time: Duration) {
        let late = self.now().saturating_sub(time);
        self.late.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
    }

    /// The worst delay so far, in milliseconds.
    pub fn late(&self) -> f64 {
        self.late.load(Ordering::Relaxed) as f64 / 1000.0
    }
}
