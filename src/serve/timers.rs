//! Timeouts of a worker's tasks. Nearly all are moved or taken back long before they are due, so they are only numbers:
//! one task, the ticker, sleeps until the earliest and then wakes whom it concerns. Setting one costs a store.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::time::Sleep;

use super::clock;
use crate::balance::Millis;

/// No time at all.
const NEVER: u64 = u64::MAX;

#[derive(Debug)]
struct Slot {
    due: u64,
    waker: Option<Waker>,
}

/// The timeouts of one worker.
#[derive(Debug)]
pub struct Timers {
    slots: RefCell<Vec<Slot>>,
    free: RefCell<Vec<usize>>,
    /// When the ticker wakes up.
    next: Cell<u64>,
    ticker: RefCell<Option<Waker>>,
}

/// The timeout of one task.
#[derive(Debug)]
pub struct Timer {
    timers: Rc<Timers>,
    slot: usize,
    due: Cell<u64>,
}

impl Timers {
    /// None yet.
    pub fn new() -> Rc<Timers> {
        Rc::new(Timers {
            slots: RefCell::default(),
            free: RefCell::default(),
            next: Cell::new(NEVER),
            ticker: RefCell::default(),
        })
    }

    /// The timeout of a new task.
    pub fn timer(self: &Rc<Timers>) -> Timer {
        let mut slots = self.slots.borrow_mut();
        let slot = self.free.borrow_mut().pop().unwrap_or_else(|| {
            slots.push(Slot { due: NEVER, waker: None });
            slots.len() - 1
        });
        Timer { timers: Rc::clone(self), slot, due: Cell::new(NEVER) }
    }

    /// Wakes every task: something changed for all.
    pub fn wake_all(&self) {
        for slot in self.slots.borrow().iter() {
            if let Some(waker) = &slot.waker {
                waker.wake_by_ref();
            }
        }
    }

    /// The ticker: wakes tasks whose time has come, for ever.
    pub async fn tick(self: Rc<Timers>) {
        let mut sleep: Pin<Box<Sleep>> = Box::pin(tokio::time::sleep_until(clock::instant(Millis(0))));
        let mut set = NEVER;
        poll_fn(|cx| {
            loop {
                let mut ticker = self.ticker.borrow_mut();
                if ticker.as_ref().is_none_or(|known| !known.will_wake(cx.waker())) {
                    *ticker = Some(cx.waker().clone());
                }
                drop(ticker);
                let next = self.next.get();
                if next == NEVER {
                    return Poll::<()>::Pending;
                }
                if next != set {
                    sleep.as_mut().reset(clock::instant(Millis(next)));
                    set = next;
                }
                if sleep.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                set = NEVER;
                self.next.set(self.wake_due(clock::now().0));
            }
        })
        .await;
    }

    /// Wakes tasks that are due, and gives the time of the next.
    fn wake_due(&self, now: u64) -> u64 {
        let mut next = NEVER;
        for slot in self.slots.borrow_mut().iter_mut() {
            if slot.due <= now {
                slot.due = NEVER;
                if let Some(waker) = &slot.waker {
                    waker.wake_by_ref();
                }
            }
            next = next.min(slot.due);
        }
        next
    }
}

impl Timer {
    /// Sets the time; whoever polls [`Timer::poll`] then is woken.
    #[inline]
    pub fn set(&self, at: Millis) {
        self.due.set(at.0);
        self.timers.slots.borrow_mut()[self.slot].due = at.0;
        if at.0 < self.timers.next.get() {
            self.timers.next.set(at.0);
            if let Some(ticker) = &*self.timers.ticker.borrow() {
                ticker.wake_by_ref();
            }
        }
    }

    /// Sets the time to so many milliseconds from now.
    #[inline]
    pub fn set_after(&self, milliseconds: u64) {
        self.set(clock::now().plus(milliseconds));
    }

    /// Sets the time, unless an earlier one is set.
    pub fn set_before(&self, at: Millis) {
        if at.0 < self.due.get() {
            self.set(at);
        }
    }

    /// Whether a time is set.
    pub fn is_set(&self) -> bool {
        self.due.get() != NEVER
    }

    /// Takes it back.
    #[inline]
    pub fn clear(&self) {
        self.due.set(NEVER);
        self.timers.slots.borrow_mut()[self.slot].due = NEVER;
    }

    /// Ready once its time has come. The task has to be the one that it is of.
    #[inline]
    pub fn poll(&self, cx: &mut Context) -> Poll<()> {
        let due = self.due.get();
        {
            let slot = &mut self.timers.slots.borrow_mut()[self.slot];
            if slot.waker.as_ref().is_none_or(|known| !known.will_wake(cx.waker())) {
                slot.waker = Some(cx.waker().clone());
            }
        }
        if due == NEVER || clock::now().0 < due { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Waits until then.
    pub async fn wait_until(&self, at: Millis) {
        self.set(at);
        poll_fn(|cx| self.poll(cx)).await;
        self.clear();
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.timers.slots.borrow_mut()[self.slot] = Slot { due: NEVER, waker: None };
        self.timers.free.borrow_mut().push(self.slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_woken_first_and_what_was_moved_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, async {
            let timers = Timers::new();
            tokio::task::spawn_local(Rc::clone(&timers).tick());
            let order = Rc::new(RefCell::new(Vec::new()));
            let start = clock::now();
            let mut tasks = Vec::new();
            for (name, after) in [("late", 70_000), ("early", 1_000), ("middle", 5_000)] {
                let (timer, order) = (timers.timer(), Rc::clone(&order));
                tasks.push(tokio::task::spawn_local(async move {
                    timer.set(start.plus(20));
                    timer.wait_until(start.plus(after)).await;
                    order.borrow_mut().push((name, clock::now().since(start) / 100 * 100));
                }));
            }
            for task in tasks {
                task.await.expect("no panic");
            }
            assert_eq!(*order.borrow(), [("early", 1_000), ("middle", 5_000), ("late", 70_000)]);
        });
    }
}
