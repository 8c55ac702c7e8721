//! Requests in the order of their times, as far as a bounded look ahead can bring it about.
//!
//! A log is written when requests end, and by several workers. Where that shows, up to a minute and up to 65,536
//! requests are held back; who comes later still is given the time of the last that went on, and counted.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};

use super::{Batch, Record};
use crate::balance::Millis;

/// Requests held back at most.
pub const WINDOW: usize = 65_536;
/// Bytes of texts held back at most, for lines that are very long.
pub const BYTES: usize = 64 << 20;
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
    /// The earliest of each batch held: its time, and the batch's number.
    heap: BinaryHeap<Reverse<(Millis, u64)>>,
    held: VecDeque<Held>,
    /// The number of the first batch held.
    first: u64,
    /// Requests held.
    waiting: usize,
    /// Bytes of the batches held.
    bytes: usize,
    out: Batch,
}

/// A batch, of which some requests have gone on.
#[derive(Debug)]
struct Held {
    batch: Batch,
    /// Times and places of its requests in order.
    order: Vec<(Millis, u32)>,
    /// How many of them have gone on.
    gone: usize,
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
        let times = batch.records.iter().map(|record| record.time);
        let mut order: Vec<(Millis, u32)> = times.zip(0..).collect();
        order.sort_unstable();
        let (Some(first), Some(last)) = (order.first(), order.last()) else { return };
        self.newest = self.newest.max(last.0);
        self.waiting += order.len();
        self.bytes += batch.bytes.len();
        self.heap.push(Reverse((first.0, self.first + self.held.len() as u64)));
        self.held.push_back(Held { batch, order, gone: 0 });
        while let Some(Reverse((time, _))) = self.heap.peek() {
            let full = self.waiting > WINDOW || self.bytes > BYTES;
            if !full && self.newest.since(*time) <= LATEST {
                break;
            }
            self.pop(ready);
        }
    }

    /// Lets the earliest go on.
    fn pop(&mut self, ready: &mut VecDeque<Batch>) {
        let Some(mut earliest) = self.heap.peek_mut() else { return };
        let Reverse((time, number)) = *earliest;
        let Held { batch, order, gone } = &mut self.held[(number - self.first) as usize];
        let record = &batch.records[order[*gone].1 as usize];
        self.late += u64::from(time < self.last);
        self.last = time.max(self.last);
        self.out.copy(batch, &Record { time: self.last, ..record.clone() });
        *gone += 1;
        self.waiting -= 1;
        if let Some((next, _)) = order.get(*gone) {
            *earliest = Reverse((*next, number));
        } else {
            PeekMut::pop(earliest);
            self.bytes -= batch.bytes.len();
            // One that waits in front of it should not keep its texts.
            (*batch, *order, *gone) = (Batch::default(), Vec::new(), 0);
        }
        while self.held.front().is_some_and(|held| held.order.is_empty()) {
            self.held.pop_front();
            self.first += 1;
        }
        if self.out.records.len() >= BATCH || self.out.bytes.len() > BYTES {
            // The next is about as large: it should not grow bit by bit.
            let next = Batch {
                bytes: Vec::with_capacity(self.out.bytes.len() * 9 / 8),
                records: Vec::with_capacity(BATCH),
                headers: Vec::with_capacity(self.out.headers.len() * 9 / 8),
                complaints: Vec::new(),
            };
            ready.push_back(std::mem::replace(&mut self.out, next));
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
    use crate::simulate::trace::Slice;

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

    #[test]
    fn long_lines_are_not_held_beyond_measure() {
        let (mut sorter, mut ready) = (Sorter::holding(), VecDeque::new());
        for first in 0..100 {
            let mut batch = batch(first, &[1 << 40]);
            batch.records[0].uri = batch.push(&vec![b'x'; 1 << 20]);
            sorter.push(batch, &mut ready);
        }
        assert!(sorter.bytes <= BYTES && sorter.waiting < 70, "{} {}", sorter.bytes, sorter.waiting);
        sorter.finish(&mut ready);
        assert_eq!((sorter.bytes, ready.iter().map(|batch| batch.records.len()).sum()), (0, 100usize));
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
