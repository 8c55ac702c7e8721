//! Times, counted in steps that grow with them: percentiles in little room.
//!
//! Milliseconds below 64 are counted one by one, then every doubling is cut into 32 steps. A step is told by its middle,
//! so a percentile is at most 1/64 (1.6 %) off.

/// Steps of one doubling.
const STEPS: u64 = 32;

/// Values below this are exact.
const EXACT: u64 = 2 * STEPS;

/// Counts of milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    /// By step, as far as there was any.
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Histogram {
    /// Counts a time.
    #[inline]
    pub fn add(&mut self, value: u64) {
        let step = step(value);
        if step >= self.counts.len() {
            self.counts.resize(step + 1, 0);
        }
        self.counts[step] += 1;
        self.total += 1;
        self.max = self.max.max(value);
    }

    /// The time that so much of all (0 to 1) does not exceed, by the nearest rank; `None` if there is none.
    pub fn percentile(&self, part: f64) -> Option<u64> {
        let rank = ((part * self.total as f64).ceil() as u64).max(1);
        let mut below = 0;
        let found = self.counts.iter().position(|count| {
            below += count;
            below >= rank
        });
        found.map(|step| middle(step).min(self.max))
    }

    /// The longest; `None` if there is none.
    pub fn max(&self) -> Option<u64> {
        (self.total > 0).then_some(self.max)
    }
}

fn step(value: u64) -> usize {
    if value < EXACT {
        return value as usize;
    }
    let shift = u64::from(value.ilog2() - STEPS.ilog2());
    (EXACT + (shift - 1) * STEPS + ((value >> shift) - STEPS)) as usize
}

fn middle(step: usize) -> u64 {
    let step = step as u64;
    if step < EXACT {
        return step;
    }
    let shift = (step - EXACT) / STEPS + 1;
    (((step - EXACT) % STEPS + STEPS) << shift) + (1 << (shift - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_their_values() {
        let values = (0..5000).chain((12..64).flat_map(|n| [(1 << n) - 1, 1 << n, (1 << n) + 1])).chain([u64::MAX]);
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let mut last = 0;
        for value in values {
            let error = middle(step(value)).abs_diff(value);
            assert!(value < EXACT && error == 0 || error <= value / 64 + 1, "{value}: {}", middle(step(value)));
            assert!(step(value) >= last, "{value}");
            last = step(value);
        }
    }

    #[test]
    fn percentiles() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.percentile(0.5), histogram.max()), (None, None));
        (1..=60).for_each(|value| histogram.add(value));
        assert_eq!(
            [0.0, 0.5, 0.95, 1.0].map(|part| histogram.percentile(part)),
            [Some(1), Some(30), Some(57), Some(60)]
        );
        histogram.add(1001);
        assert_eq!((histogram.percentile(1.0), histogram.max()), (Some(1000), Some(1001)));
    }
}
