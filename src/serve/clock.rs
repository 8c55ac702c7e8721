//! The time of the whole process. Its zero is a whole second of Unix time, so that nginx's clock, which ticks in whole
//! seconds, ticks when the world's does; zones that workers share and reloads hand on count by it.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::balance::Millis;

/// When time began.
#[derive(Debug, Clone, Copy)]
struct Zero {
    /// The moment of reading, and the milliseconds from the zero to it.
    read: Instant,
    offset: u64,
    /// Unix time of the zero, in milliseconds.
    epoch: u64,
}

fn zero() -> &'static Zero {
    static ZERO: OnceLock<Zero> = OnceLock::new();
    ZERO.get_or_init(|| {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        Zero { read: Instant::now(), offset: unix % 1000, epoch: unix - unix % 1000 }
    })
}

/// The time now.
#[inline]
pub fn now() -> Millis {
    let zero = zero();
    Millis(zero.offset + zero.read.elapsed().as_millis() as u64)
}

/// Unix time of the zero, in milliseconds.
pub fn epoch() -> u64 {
    zero().epoch
}

/// The moment at which it will be `at`.
pub fn instant(at: Millis) -> Instant {
    let zero = zero();
    zero.read + std::time::Duration::from_millis(at.0.saturating_sub(zero.offset))
}
