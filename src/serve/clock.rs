//! The time of the whole process. Its zero is a whole second of Unix time, so that nginx's clock, which ticks in whole
//! seconds, ticks when the world's does; zones that workers share and reloads hand on count by it.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use pin_project_lite::pin_project;
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
        #[expect(clippy::disallowed_methods, reason = "the one place where the live proxy asks for the time of day")]
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        Zero { read: Instant::now(), offset: unix % 1000, epoch: unix - unix % 1000 }
    })
}

thread_local! {
    /// The time when the task that runs was woken; 0 outside of such tasks.
    static WOKEN: Cell<u64> = const { Cell::new(0) };
}

/// The time now. Of a task that is [`timed`] it is the time when it was woken: nginx, too, looks at the clock once for
/// all events of a turn.
#[inline]
pub fn now() -> Millis {
    match WOKEN.get() {
        0 => read(),
        woken => Millis(woken),
    }
}

/// What the clock says.
fn read() -> Millis {
    let zero = zero();
    Millis(zero.offset + zero.read.elapsed().as_millis() as u64)
}

pin_project! {
    /// A task that looks at the clock once each time it is woken.
    struct Timed<F> {
        #[pin]
        work: F,
    }
}

impl<F: Future> Future for Timed<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context) -> Poll<F::Output> {
        WOKEN.set(read().0);
        let polled = self.project().work.poll(cx);
        WOKEN.set(0);
        polled
    }
}

/// `work` as a task that looks at the clock once each time it is woken. It is no larger than `work`: an `async` block around
/// it would hold it twice.
pub fn timed<F: Future>(work: F) -> impl Future<Output = F::Output> {
    Timed { work }
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
