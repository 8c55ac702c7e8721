//! Counts over time in at most 240 buckets: where the trace is longer, they become twice as wide.

use crate::balance::Millis;

/// The most buckets: what a plot can show.
const BUCKETS: usize = 240;

/// The width of a bucket at first, in milliseconds: doublings of it are whole seconds.
const WIDTH: u64 = 125;

/// The buckets that all series of a report share.
#[derive(Debug, Clone, Copy, Default)]
pub struct Axis {
    doublings: u32,
}

/// Counts by bucket.
#[derive(Debug, Clone, Default)]
pub struct Series(Vec<u64>);

impl Axis {
    /// The bucket of a moment. May lie beyond the last: see [`Axis::widen`].
    #[inline]
    pub fn bucket(self, at: Millis) -> usize {
        ((at.0 / WIDTH) >> self.doublings) as usize
    }

    /// Whether it has a bucket for a moment.
    #[inline]
    pub fn reaches(self, at: Millis) -> bool {
        self.bucket(at) < BUCKETS
    }

    /// Twice as wide buckets; all series have to [`Series::fold`].
    pub fn widen(&mut self) {
        self.doublings += 1;
    }

    /// The width of a bucket, in milliseconds.
    pub fn width(self) -> u64 {
        WIDTH << self.doublings
    }
}

impl Series {
    /// Adds to a bucket.
    #[inline]
    pub fn add(&mut self, bucket: usize, count: u64) {
        if bucket >= self.0.len() {
            self.0.resize(bucket + 1, 0);
        }
        self.0[bucket] += count;
    }

    /// Adds the milliseconds between two moments to the buckets they lie in.
    pub fn cover(&mut self, axis: Axis, from: Millis, to: Millis) {
        let mut at = from;
        while at < to {
            let bucket = axis.bucket(at);
            let end = Millis(to.0.min((bucket as u64 + 1).saturating_mul(axis.width())));
            self.add(bucket, end.since(at));
            at = end;
        }
    }

    /// Joins neighbours.
    pub fn fold(&mut self) {
        self.0 = self.0.chunks(2).map(|pair| pair.iter().sum()).collect();
    }

    /// The counts; buckets after the last count are not there.
    pub fn counts(&self) -> &[u64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_widen() {
        let mut axis = Axis::default();
        let mut series = Series::default();
        for second in 0..30 {
            series.add(axis.bucket(Millis(second * 1000)), 1);
        }
        assert!(axis.reaches(Millis(29_999)) && !axis.reaches(Millis(30_000)));
        for _ in 0..3 {
            axis.widen();
            series.fold();
        }
        assert_eq!((axis.width(), series.counts()), (1000, [1; 30].as_slice()));
        axis.widen();
        series.fold();
        assert_eq!((axis.width(), series.counts()), (2000, [2; 15].as_slice()));
    }

    #[test]
    fn spans_of_time_are_spread() {
        let mut series = Series::default();
        series.cover(Axis::default(), Millis(100), Millis(300));
        series.cover(Axis::default(), Millis(250), Millis(250));
        assert_eq!(series.counts(), [25, 125, 50]);
    }
}
