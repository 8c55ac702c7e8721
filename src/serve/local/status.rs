//! Counts of connections and requests: `ngx_http_stub_status_module.c`. Each worker counts by itself, without a lock;
//! who asks adds up those of all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{Made, begin, is_get};
use crate::serve::flight::Flight;
use crate::serve::send::Source;
use crate::serve::state::Worker;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Connections taken.
    Accepted,
    /// Connections dealt with.
    Handled,
    /// Requests.
    Requests,
    /// Connections open now.
    Active,
    /// Of these, with a head that is being read.
    Reading,
    /// Of these, with a request under way.
    Writing,
    /// Of these, idle.
    Waiting,
}

/// How many there are.
const STATES: usize = 7;

/// The counts of one worker: only its own thread changes them.
#[derive(Debug, Default)]
pub struct Counts([AtomicU64; STATES]);

/// All workers of the process, and what those have counted that are gone.
static ALL: Mutex<(Vec<Weak<Counts>>, [u64; 3])> = Mutex::new((Vec::new(), [0; 3]));

impl Counts {
    /// The counts of a new worker.
    pub fn new() -> Arc<Counts> {
        let counts = Arc::new(Counts::default());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.retain(|counts| counts.strong_count() > 0);
        all.0.push(Arc::downgrade(&counts));
        counts
    }

    /// One more.
    #[inline]
    pub fn add(&self, state: State) {
        let count = &self.0[state as usize];
        count.store(count.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// One less.
    #[inline]
    pub fn remove(&self, state: State) {
        let count = &self.0[state as usize];
        count.store(count.load(Ordering::Relaxed).wrapping_sub(1), Ordering::Relaxed);
    }

    /// Of all workers.
    pub fn sum() -> impl Fn(State) -> u64 {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sum = [0; STATES];
        sum[..all.1.len()].copy_from_slice(&all.1);
        for counts in all.0.iter().filter_map(Weak::upgrade) {
            for (sum, count) in sum.iter_mut().zip(&counts.0) {
                *sum += count.load(Ordering::Relaxed);
            }
        }
        move |state| sum[state as usize]
    }
}

/// Connections: active, reading, writing, waiting.
pub fn connections() -> [u64; 4] {
    let count = Counts::sum();
    [State::Active, State::Reading, State::Writing, State::Waiting].map(count)
}

impl Drop for Counts {
    fn drop(&mut self) {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        for (sum, count) in all.1.iter_mut().zip(&self.0) {
            *sum += count.load(Ordering::Relaxed);
        }
    }
}

/// `stub_status`
pub fn page(_: &Worker, flight: &mut Flight) -> Made {
    if !is_get(flight) {
        return Made::failed(405);
    }
    let count = Counts::sum();
    let text = format!(
        "Active connections: {} \nserver accepts handled requests\n {} {} {} \nReading: {} Writing: {} Waiting: {} \n",
        count(State::Active),
        count(State::Accepted),
        count(State::Handled),
        count(State::Requests),
        count(State::Reading),
        count(State::Writing),
        count(State::Waiting),
    );
    begin(flight, Some(text.len() as u64));
    flight.answer.set_type(b"text/plain");
    Made::Content(Source::Memory(text.into_bytes()))
}
