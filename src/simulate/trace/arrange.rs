//! From the times a trace writes down to the times of arrival: whole seconds are spread, what a request took is
//! subtracted, the order is put right, and zero is set.

use std::collections::VecDeque;

use super::Batch;
use super::sorter::Sorter;
use super::spread::Spread;
use crate::balance::Millis;

/// The first time below which a trace's times count from its own zero (milliseconds): the year 2001.
const EPOCH_TIMES: Millis = Millis(1_000_000_000_000);

/// The stages between a reader of lines and a simulation.
#[derive(Debug)]
pub struct Arrange {
    /// Where times are whole seconds: the order of the log itself, and the spreading.
    seconds: Option<(Sorter, Spread)>,
    /// Times are those of the end.
    ends: bool,
    order: Sorter,
    zero: Option<Millis>,
}

impl Arrange {
    /// For times that are whole seconds, and for such as are those of the end of requests.
    #[must_use]
    pub fn new(whole_seconds: bool, ends: bool) -> Arrange {
        let seconds = whole_seconds.then(Default::default);
        let order = if ends { Sorter::holding() } else { Sorter::default() };
        Arrange { seconds, ends, order, zero: None }
    }

    /// Takes what was read; what is ready is added to `ready`.
    pub fn push(&mut self, batch: Batch, ready: &mut VecDeque<Batch>) {
        let mut stage = VecDeque::from([batch]);
        if let Some((sorter, spread)) = &mut self.seconds {
            stage = through(stage, |batch, out| sorter.push(batch, out));
            stage = through(stage, |batch, out| spread.push(batch, out));
        }
        self.arrive(stage, ready);
    }

    /// There is no more.
    pub fn finish(&mut self, ready: &mut VecDeque<Batch>) {
        let mut stage = VecDeque::new();
        if let Some((sorter, spread)) = &mut self.seconds {
            sorter.finish(&mut stage);
            stage = through(stage, |batch, out| spread.push(batch, out));
            spread.finish(&mut stage);
        }
        self.arrive(stage, ready);
        let mut rest = VecDeque::new();
        self.order.finish(&mut rest);
        self.count_from_zero(rest, ready);
    }

    /// Unix seconds of the trace's zero; `None` where its times count from a zero of their own.
    #[must_use]
    pub fn started(&self) -> Option<i64> {
        self.zero.filter(|zero| zero.0 > 0).map(Millis::seconds)
    }

    /// Requests that came too late for their places.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.order.late + self.seconds.as_ref().map_or(0, |(sorter, _)| sorter.late)
    }

    fn arrive(&mut self, mut stage: VecDeque<Batch>, ready: &mut VecDeque<Batch>) {
        if self.ends {
            for record in stage.iter_mut().flat_map(|batch| &mut batch.records) {
                record.time.0 = record.time.0.saturating_sub(u64::from(record.took.unwrap_or(0)));
            }
        }
        // Spread times are in order already.
        if self.ends || self.seconds.is_none() {
            stage = through(stage, |batch, out| self.order.push(batch, out));
        }
        self.count_from_zero(stage, ready);
    }

    fn count_from_zero(&mut self, stage: VecDeque<Batch>, ready: &mut VecDeque<Batch>) {
        for mut batch in stage {
            if let (None, Some(first)) = (self.zero, batch.records.first()) {
                let whole = Millis(first.time.0 / 1000 * 1000);
                self.zero = Some(if first.time < EPOCH_TIMES { Millis(0) } else { whole });
            }
            if let Some(zero) = self.zero.filter(|zero| zero.0 > 0) {
                for record in &mut batch.records {
                    record.time = Millis(record.time.since(zero));
                }
            }
            ready.push_back(batch);
        }
    }
}

/// Every batch through a stage.
fn through(batches: VecDeque<Batch>, mut stage: impl FnMut(Batch, &mut VecDeque<Batch>)) -> VecDeque<Batch> {
    let mut out = VecDeque::new();
    for batch in batches {
        stage(batch, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sorter::tests::{batch, told};
    use super::*;

    fn check(mut arrange: Arrange, times: &[u64], took: &[u32], expected: &[(u64, u64)], started: Option<i64>) {
        let mut batch = batch(1, times);
        for (record, took) in batch.records.iter_mut().zip(took) {
            record.took = Some(*took);
        }
        let mut ready = VecDeque::new();
        arrange.push(batch, &mut ready);
        arrange.finish(&mut ready);
        assert_eq!((told(ready), arrange.started()), (expected.to_vec(), started));
    }

    #[test]
    fn zero() {
        check(Arrange::new(false, false), &[110, 1130], &[], &[(1, 110), (2, 1130)], None);
        let first = 1_700_000_000_250;
        check(Arrange::new(false, false), &[first, first + 1], &[], &[(1, 250), (2, 251)], Some(1_700_000_000));
    }

    #[test]
    fn ends_become_arrivals() {
        check(Arrange::new(false, true), &[5000, 5001, 6000], &[0, 4000, 10], &[(2, 1001), (1, 5000), (3, 5990)], None);
        check(
            Arrange::new(true, true),
            &[5000, 5000, 6000],
            &[100, 4000, 10],
            &[(2, 1500), (1, 4900), (3, 5990)],
            None,
        );
        check(Arrange::new(false, true), &[5000], &[9000], &[(1, 0)], None);
    }

    #[test]
    fn seconds_of_several_workers_are_sorted_before_they_are_spread() {
        check(
            Arrange::new(true, false),
            &[2000, 1000, 2000, 1000],
            &[],
            &[(2, 1000), (4, 1500), (1, 2000), (3, 2500)],
            None,
        );
    }
}
