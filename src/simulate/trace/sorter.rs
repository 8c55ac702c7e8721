//! Requests in the order of their times, as far as a bounded look ahead can bring it about.
//!
//! A log is written when requests end, and by several workers. Where that shows, up to a minute and up to 65,536
//! requests are held back; who comes later still is given the time of the last that went on, and counted.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::Batch;
use crate::balance::Millis;

/// Requests held back at most.
pub const WINDOW: usize = 65_536;
/// Milliseconds that a request may come late.
const LATEST: u64 = 60_000;
/// Requests of a batch that is put together anew.
const BATCH: usize = 2048;

/// Puts requests in order.
#[derive(Debug, Default)]
pub struct Sorter {
    /// Requests are held back.
    holding: bool,
    /// The time of the last that went on.
    last: Millis,
    /// The latest time seen.
    newest: Millis,
    /// How many came too late.
    pub late: u64,
    /// The requests held: time and number.
    heap: BinaryHeap<Reverse<(Millis, u64)>>,
    held: VecDeque<Held>,
    /// The number of the next request.
    next: u64,
    out: Batch,
}

#[derive(Debug)]
struct Held {
    batch: Batch,
    /// The number of its first request.
    first: u64,
    /// Requests that have not gone on.
    left: usize,
}

impl Sorter {
    /// One that holds requests back from the beginning; others only after the first that comes late.
    #[must_use]
    pub fn holding() -> Sorter {
        Sorter { holding: true, ..Sorter::default() }
    }

    /// Takes a batch; what can go on is added to `ready`.
    pub fn push(&mut self, mut batch: Batch, ready: &mut VecDeque<Batch>) {
        if !self.holding {
            if !batch.records.is_sorted_by_key(|record| record.time) {
                batch.records.sort_by_key(|record| record.time);
            }
            self.holding = batch.records.first().is_some_and(|record| record.time < self.last);
        }
        if self.holding {
            self.hold(batch, ready);
        } else {
            self.last = batch.records.last().map_or(self.last, |record| record.time);
            ready.push_back(batch);
        }
    }

    fn hold(&mut self, mut batch: Batch, ready: &mut VecDeque<Batch>) {
        self.out.complaints.append(&mut batch.complaints);
        let (first, left) = (self.next, batch.records.len());
        for record in &batch.records {
            self.newest = self.newest.max(record.time);
            self.heap.push(Reverse((record.time, self.next)));
            self.next += 1;
        }
        self.held.push_back(Held { batch, first, left });
        while let Some(Reverse((time, _))) = self.heap.peek() {
            if self.heap.len() <= WINDOW && self.newest.since(*time) <= LATEST {
                break;
            }
            self.pop(ready);
        }
    }

    /// Lets the earliest go on.
    fn pop(&mut self, ready: &mut VecDeque<Batch>) {
        let Some(Reverse((_, number))) = self.heap.pop() else { return };
        let at = self.held.partition_point(|held| held.first <= number) - 1;
        let held = &mut self.held[at];
        let record = &mut held.batch.records[(number - held.first) as usize];
        self.late += u64::from(record.time < self.last);
        record.time = record.time.max(self.last);
        self.last = record.time;
        let record = record.clone();
        self.out.copy(&held.batch, &record);
        held.left -= 1;
        if held.left == 0 {
            // One that waits in front of it should not keep its texts.
            held.batch = Batch::default();
        }
        while self.held.front().is_some_and(|held| held.left == 0) {
            self.held.pop_front();
        }
        if self.out.records.len() >= BATCH {
            ready.push_back(std::mem::take(&mut self.out));
        }
    }

    /// There is no more: all that is held goes on.
    pub fn finish(&mut self, ready: &mut VecDeque<Batch>) {
        while !self.heap.is_empty() {
            self.pop(ready);
        }
        if !self.out.records.is_empty() || !self.out.complaints.is_empty() {
            ready.push_back(std::mem::take(&mut self.out));
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::simulate::trace::{Record, Slice};

    /// A batch whose requests are numbered by their lines.
    pub fn batch(first: u64, times: &[u64]) -> Batch {
        let mut batch = Batch::default();
        let get = batch.push(b"GET");
        for (line, time) in (first..).zip(times) {
            let mut record = Record::new(line, get, Slice::default());
            record.uri = batch.push(format!("/{line}").as_bytes());
            record.time = Millis(*time);
            batch.records.push(record);
        }
        batch
    }

    /// Line and time of every request; their texts are still theirs.
    pub fn told(batches: VecDeque<Batch>) -> Vec<(u64, u64)> {
        let mut told = Vec::new();
        for batch in batches {
            for record in &batch.records {
                assert_eq!(batch.get(record.uri), format!("/{}", record.line).as_bytes());
                told.push((record.line, record.time.0));
            }
        }
        told
    }

    fn check(mut sorter: Sorter, batches: &[&[u64]], expected: &[(u64, u64)], late: u64) {
        let (mut ready, mut line) = (VecDeque::new(), 1);
        for times in batches {
            sorter.push(batch(line, times), &mut ready);
            line += times.len() as u64;
        }
        sorter.finish(&mut ready);
        assert_eq!((told(ready), sorter.late), (expected.to_vec(), late));
    }

    #[test]
    fn order() {
        check(Sorter::default(), &[&[1, 2], &[2, 3]], &[(1, 1), (2, 2), (3, 2), (4, 3)], 0);
        check(Sorter::default(), &[&[5, 1, 5], &[7]], &[(2, 1), (1, 5), (3, 5), (4, 7)], 0);
        // The first that comes late is placed at the edge; from then on there is a window.
        check(Sorter::default(), &[&[10], &[5, 20], &[12]], &[(1, 10), (2, 10), (4, 12), (3, 20)], 1);
        check(Sorter::holding(), &[&[10], &[5, 20], &[12]], &[(2, 5), (1, 10), (4, 12), (3, 20)], 0);
    }

    #[test]
    fn a_minute_is_waited_and_no_more() {
        check(Sorter::holding(), &[&[100, 60_100], &[0]], &[(3, 0), (1, 100), (2, 60_100)], 0);
        check(Sorter::holding(), &[&[100, 60_101], &[0]], &[(1, 100), (3, 100), (2, 60_101)], 1);
    }

    #[test]
    fn a_time_far_ahead_waits_and_keeps_no_one_up() {
        check(Sorter::holding(), &[&[1], &[1 << 40, 2], &[3, 4]], &[(1, 1), (3, 2), (4, 3), (5, 4), (2, 1 << 40)], 0);
    }

    #[test]
    fn so_many_are_held_and_no_more() {
        let mut sorter = Sorter::holding();
        let mut ready = VecDeque::new();
        for first in 0..200 {
            sorter.push(batch(first * 1000, &[7; 1000]), &mut ready);
        }
        assert!(ready.iter().map(|batch| batch.records.len()).sum::<usize>() > 200_000 - WINDOW - BATCH);
        sorter.finish(&mut ready);
        let lines: Vec<u64> = told(ready).into_iter().map(|(line, _)| line).collect();
        assert!(lines.is_sorted() && lines.len() == 200_000, "equal times keep their order");
    }
}
