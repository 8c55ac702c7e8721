//! What is due when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::balance::Millis;

/// Something due: the place of the flight it is for, and that flight's step at the time when it was planned. A flight that has moved on
/// meanwhile lets it pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Which flight.
    pub place: u32,
    /// Its step then.
    pub step: u32,
}

/// By time, and of the same time in the order of planning.
#[derive(Debug, Default)]
pub struct Calendar {
    heap: BinaryHeap<Reverse<(Millis, u64, Due)>>,
    planned: u64,
}

impl Calendar {
    /// Plans.
    pub fn plan(&mut self, at: Millis, due: Due) {
        self.heap.push(Reverse((at, self.planned, due)));
        self.planned += 1;
    }

    /// Whether nothing is planned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// What is due next, if that is until `now`.
    pub fn take(&mut self, now: Millis) -> Option<(Millis, Due)> {
        let Reverse((at, ..)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, due))| (at, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_time_then_as_planned() {
        let mut calendar = Calendar::default();
        for (at, place) in [(5, 0), (3, 1), (5, 2), (3, 3), (9, 4)] {
            calendar.plan(Millis(at), Due { place, step: 0 });
        }
        let order: Vec<u32> = std::iter::from_fn(|| calendar.take(Millis(5))).map(|(_, due)| due.place).collect();
        assert_eq!(order, [1, 3, 0, 2]);
        assert_eq!(calendar.take(Millis(9)).map(|(at, due)| (at.0, due.place)), Some((9, 4)));
    }
}
