//! Whole seconds made finer: the requests of a second are spread evenly over it, in their order.
//!
//! How many there are is known only when the next second begins. So many as are held back at most then have half of
//! what is left of their second, and so on.

use std::collections::VecDeque;

use super::Batch;
use super::sorter::{BYTES, WINDOW};
use crate::balance::Millis;

/// Spreads requests that are in the order of their seconds.
#[derive(Debug, Default)]
pub struct Spread {
    held: VecDeque<Batch>,
    /// Where the requests that wait begin, in the first batch held.
    start: usize,
    /// How many wait.
    waiting: usize,
    second: Millis,
    /// Milliseconds of the second that are taken.
    taken: u64,
}

impl Spread {
    /// Takes a batch; those whose requests all have their times are added to `ready`.
    pub fn push(&mut self, batch: Batch, ready: &mut VecDeque<Batch>) {
        let length = batch.records.len();
        self.held.push_back(batch);
        let mut at = 0;
        while at < length {
            // All but the last batch is gone wherever something was settled, so it is the last that is walked.
            let Some(batch) = self.held.back() else { return };
            let second = batch.records[at].time;
            if second != self.second {
                self.settle(at, 1000, ready);
                (self.second, self.taken) = (second, 0);
                continue;
            }
            let room = WINDOW - self.waiting;
            let same = batch.records[at..].iter().take(room).take_while(|record| record.time == second).count();
            self.waiting += same;
            at += same;
            if self.waiting == WINDOW {
                self.settle(at, self.taken.midpoint(1000), ready);
            }
        }
        if self.held.iter().map(|batch| batch.bytes.len()).sum::<usize>() > BYTES {
            self.settle(length, self.taken.midpoint(1000), ready);
        }
    }

    /// Those that wait share the second from what is taken up to `to`. The last batch is settled before `end`.
    fn settle(&mut self, end: usize, to: u64, ready: &mut VecDeque<Batch>) {
        let (count, step) = (self.waiting as u64, to - self.taken);
        let mut number = 0;
        for batch in &mut self.held {
            let waiting = batch.records[self.start..].iter_mut().take(self.waiting - number as usize);
            for record in waiting {
                record.time = self.second.plus(self.taken + number * step / count);
                number += 1;
            }
            self.start = 0;
        }
        (self.start, self.waiting, self.taken) = (end, 0, to);
        ready.extend(self.held.drain(..self.held.len().saturating_sub(1)));
    }

    /// There is no more.
    pub fn finish(&mut self, ready: &mut VecDeque<Batch>) {
        self.settle(0, 1000, ready);
        ready.extend(self.held.drain(..));
    }
}

#[cfg(test)]
mod tests {
    use super::super::sorter::tests::{batch, told};
    use super::*;

    fn spread(batches: &[&[u64]]) -> Vec<u64> {
        let (mut spread, mut ready, mut line) = (Spread::default(), VecDeque::new(), 1);
        for times in batches {
            spread.push(batch(line, times), &mut ready);
            line += times.len() as u64;
        }
        spread.finish(&mut ready);
        let told = told(ready);
        assert!(told.iter().map(|(line, _)| *line).eq(1..line), "in their order");
        told.into_iter().map(|(_, time)| time).collect()
    }

    #[test]
    fn evenly() {
        assert!(spread(&[]).is_empty());
        assert_eq!(spread(&[&[1000]]), [1000]);
        assert_eq!(spread(&[&[1000, 1000, 2000, 4000, 4000, 4000]]), [1000, 1500, 2000, 4000, 4333, 4666]);
        assert_eq!(spread(&[&[0, 1000], &[], &[1000], &[1000, 1000, 2000]]), [0, 1000, 1250, 1500, 1750, 2000]);
    }

    #[test]
    fn a_second_with_too_many_is_halved_and_halved_again() {
        let many = vec![1000; 70_000];
        let times = spread(&[&many, &many, &[2000]]);
        assert!(times.is_sorted());
        assert_eq!((times[WINDOW - 1], times[WINDOW], times[2 * WINDOW], times[140_000]), (1499, 1500, 1750, 2000));
    }
}
