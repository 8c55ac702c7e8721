//! `limit_req`: a leaky bucket for each key (`ngx_http_limit_req_module.c`).
//!
//! In thousandths of a request: `excess = max(0, excess - rate * ms / 1000 + 1000)`, where `ms` have passed since the
//! key's last request and the first one has 0. More than `burst` is refused and leaves the bucket as it is; what exceeds
//! `delay` waits `(excess - delay) * 1000 / rate` milliseconds. Of several limits the longest wait counts, and a request
//! that one of them refuses fills none.

use crate::balance::{Millis, Recent, pieces};

/// Thousandths of a request a second.
pub type Rate = i64;

/// The buckets of one zone.
#[derive(Debug, Clone)]
pub struct RequestZone {
    rate: Rate,
    room: usize,
    buckets: Recent<Box<[u8]>, Bucket>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    excess: i64,
    last: Millis,
}

/// One `limit_req` that holds for a request, with the request's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLimit {
    /// The zone, as an index into the zones given to [`check`].
    pub zone: usize,
    /// The key; a limit whose key is empty does not count.
    pub key: Box<[u8]>,
    /// Thousandths of a request by which the rate may be exceeded.
    pub burst: i64,
    /// Thousandths of a request from which on the excess waits.
    pub delay: i64,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No limit holds for it.
    Free,
    /// It passes.
    Passed,
    /// It waits so many milliseconds.
    Delayed(u64),
    /// It is refused, by the limit with this number.
    Rejected(usize),
}

/// A verdict, and the limit and the excess that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// What becomes of the request.
    pub verdict: Verdict,
    /// The number of the limit that refuses it or has it wait longest.
    pub limit: usize,
    /// Thousandths of a request by which the limit's rate was exceeded.
    pub excess: i64,
}

/// What `$limit_req_status` and `$limit_conn_status` tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// It passed.
    Passed,
    /// It waited.
    Delayed,
    /// It was refused.
    Rejected,
    /// It would have waited.
    DelayedDryRun,
    /// It would have been refused.
    RejectedDryRun,
}

impl Limited {
    /// nginx's word.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Limited::Passed => "PASSED",
            Limited::Delayed => "DELAYED",
            Limited::Rejected => "REJECTED",
            Limited::DelayedDryRun => "DELAYED_DRY_RUN",
            Limited::RejectedDryRun => "REJECTED_DRY_RUN",
        }
    }
}

/// Bytes that a bucket takes of its zone for most keys: 80 and the key, in pieces of 128.
const PIECE: u64 = 128;
/// What nginx's clock may seem to go back, in milliseconds, before it is thought to have wrapped around.
const BACKWARDS: i64 = -60_000;

impl RequestZone {
    /// Buckets that lose `rate` thousandths a second, in a zone of so many bytes.
    #[must_use]
    pub fn new(rate: Rate, size: u64) -> RequestZone {
        RequestZone { rate, room: pieces(size, PIECE), buckets: Recent::default() }
    }

    /// The same buckets, which lose as much as those of another zone from now on.
    #[must_use]
    pub fn at_rate_of(&self, other: &RequestZone) -> RequestZone {
        RequestZone { rate: other.rate, ..self.clone() }
    }

    /// What its buckets lose in a second.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// What the bucket would hold with one request more, and the milliseconds since its last one.
    fn filled(&self, bucket: &Bucket, now: Millis) -> (i64, i64) {
        let passed = now.0 as i64 - bucket.last.0 as i64;
        let passed = if passed < BACKWARDS { 1 } else { passed.max(0) };
        ((bucket.excess - self.rate.wrapping_mul(passed) / 1000 + 1000).max(0), passed)
    }

    /// The excess if the request came in, without letting it in; 0 for a new key.
    fn excess(&self, key: &[u8], now: Millis) -> i64 {
        self.buckets.get(key).map_or(0, |bucket| self.filled(bucket, now).0)
    }

    /// Lets a request in.
    fn fill(&mut self, key: &[u8], now: Millis) -> i64 {
        let Some(bucket) = self.buckets.touch(key).copied() else {
            if self.buckets.len() >= self.room {
                self.buckets.pop_oldest();
            }
            self.buckets.insert(key.into(), Bucket { excess: 0, last: now });
            return 0;
        };
        let (excess, passed) = self.filled(&bucket, now);
        if let Some(bucket) = self.buckets.touch(key) {
            bucket.excess = excess;
            if passed > 0 {
                bucket.last = now;
            }
        }
        excess
    }
}

/// Judges a request by all limits that hold for it, in the order of the configuration, and fills the buckets if it may
/// come in.
pub fn check(limits: &[RequestLimit], zones: &mut [RequestZone], now: Millis) -> Judged {
    let counted = || limits.iter().enumerate().filter(|(_, limit)| !limit.key.is_empty());
    for (number, limit) in counted() {
        let excess = zones[limit.zone].excess(&limit.key, now);
        if excess > limit.burst {
            return Judged { verdict: Verdict::Rejected(number), limit: number, excess };
        }
    }
    let mut judged = Judged { verdict: Verdict::Free, limit: 0, excess: 0 };
    let mut wait = 0;
    for (number, limit) in counted() {
        let zone = &mut zones[limit.zone];
        let excess = zone.fill(&limit.key, now);
        let over = excess - limit.delay;
        let delay = if over > 0 { (over.wrapping_mul(1000) / zone.rate.max(1)) as u64 } else { 0 };
        // Of equal waits nginx names the last limit.
        if delay >= wait {
            wait = delay;
            let verdict = if delay == 0 { Verdict::Passed } else { Verdict::Delayed(delay) };
            judged = Judged { verdict, limit: number, excess };
        }
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests at these times, and what became of each.
    fn played(rate: Rate, burst: i64, delay: i64, times: &[u64]) -> Vec<Verdict> {
        let mut zones = [RequestZone::new(rate * 1000, 1 << 20)];
        let limit = RequestLimit { zone: 0, key: b"k"[..].into(), burst: burst * 1000, delay: delay * 1000 };
        times
            .iter()
            .map(|time| check(std::slice::from_ref(&limit), &mut zones, Millis(1_000_000 + time)).verdict)
            .collect()
    }

    #[test]
    fn bursts() {
        use Verdict::{Delayed, Passed, Rejected};
        assert_eq!(played(1, 0, 0, &[0, 999, 1000, 1500]), [Passed, Rejected(0), Passed, Rejected(0)]);
        assert_eq!(played(10, 2, 0, &[0, 0, 0, 0]), [Passed, Delayed(100), Delayed(200), Rejected(0)]);
        assert_eq!(played(10, 2, 1, &[0, 0, 0, 100]), [Passed, Passed, Delayed(100), Delayed(100)]);
        let nodelay = i64::MAX / 1_000_000;
        assert_eq!(played(10, 1, nodelay, &[0, 10, 20, 110]), [Passed, Passed, Rejected(0), Passed]);
    }

    #[test]
    fn what_one_limit_refuses_fills_no_other() {
        let mut zones = [RequestZone::new(1000, 1 << 20), RequestZone::new(1000, 1 << 20)];
        let limit = |zone, key: &[u8]| RequestLimit { zone, key: key.into(), burst: 0, delay: 0 };
        let now = Millis(5000);
        assert_eq!(check(&[limit(1, b"a")], &mut zones, now).verdict, Verdict::Passed);
        assert_eq!(check(&[limit(0, b"x"), limit(1, b"a")], &mut zones, now).verdict, Verdict::Rejected(1));
        assert_eq!(check(&[limit(0, b"x"), limit(1, b"")], &mut zones, now).verdict, Verdict::Passed);
        assert_eq!(check(&[limit(0, b"x"), limit(1, b"")], &mut zones, now).verdict, Verdict::Rejected(0));
        assert_eq!(check(&[limit(0, b""), limit(1, b"")], &mut zones, now).verdict, Verdict::Free);
    }

    #[test]
    fn the_limit_with_the_longest_wait_is_named() {
        let mut zones = [RequestZone::new(1000, 1 << 20), RequestZone::new(10_000, 1 << 20)];
        let limits = [0, 1].map(|zone| RequestLimit { zone, key: b"k"[..].into(), burst: 9000, delay: 0 });
        let mut at = |now| check(&limits, &mut zones, Millis(now));
        assert_eq!(at(5000), Judged { verdict: Verdict::Passed, limit: 1, excess: 0 });
        assert_eq!(at(5500), Judged { verdict: Verdict::Delayed(500), limit: 0, excess: 500 });
    }
}
