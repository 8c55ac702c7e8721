//! A backend that works on so many requests at once, first in, first out.
//!
//! The time at which each place is free is known as soon as its request came, so that nothing has to be told when one
//! ends. A request that nginx gave up is worked on to its end, as real backends do.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::num::NonZeroU32;

/// The places of a backend.
#[derive(Debug, Clone)]
pub struct Slots {
    places: usize,
    queue: Option<u32>,
    /// When each place in use is free again.
    free: BinaryHeap<Reverse<u64>>,
    /// When each waiting request begins: they begin in the order they came. Empty where the queue has no limit.
    waiting: VecDeque<u64>,
}

impl Slots {
    /// So many places, and room for so many to wait; without limit if that is `None`.
    pub fn new(places: NonZeroU32, queue: Option<u32>) -> Slots {
        Slots { places: places.get() as usize, queue, free: BinaryHeap::new(), waiting: VecDeque::new() }
    }

    /// When a request that comes at `now` and takes `work` begins; `None` if there is no room even to wait.
    pub fn enter(&mut self, now: u64, work: u64) -> Option<u64> {
        let first = self.free.peek().map_or(u64::MAX, |free| free.0);
        let start = if first <= now || self.free.len() < self.places { now } else { first };
        if start > now && !self.may_wait(now, start) {
            return None;
        }
        if first <= start {
            self.free.pop();
        }
        self.free.push(Reverse(start.saturating_add(work)));
        Some(start)
    }

    fn may_wait(&mut self, now: u64, start: u64) -> bool {
        let Some(room) = self.queue else { return true };
        while self.waiting.front().is_some_and(|begins| *begins <= now) {
            self.waiting.pop_front();
        }
        let may = self.waiting.len() < room as usize;
        if may {
            self.waiting.push_back(start);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(places: u32, queue: Option<u32>, cases: &[(u64, u64, Option<u64>)]) {
        let mut slots = Slots::new(NonZeroU32::new(places).unwrap(), queue);
        for (now, work, start) in cases {
            assert_eq!(slots.enter(*now, *work), *start, "at {now}");
        }
        assert!(slots.free.len() <= places as usize);
    }

    #[test]
    fn wait_in_order() {
        check(2, None, &[(0, 10, Some(0)), (1, 20, Some(1)), (2, 5, Some(10)), (3, 5, Some(15)), (40, 1, Some(40))]);
        check(1, Some(1), &[(0, 10, Some(0)), (1, 10, Some(10)), (2, 10, None), (10, 10, Some(20)), (11, 1, None)]);
        check(1, Some(0), &[(0, 10, Some(0)), (9, 10, None), (10, 1, Some(10))]);
        check(1, None, &[(5, u64::MAX, Some(5)), (6, 1, Some(u64::MAX))]);
    }
}
