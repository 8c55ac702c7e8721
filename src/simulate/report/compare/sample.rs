//! How many there were, and of how many something is true, in bounded room.
//!
//! Adaptive sampling (Wegman; Flajolet 1990): whoever's hash ends in so many zero bits is kept. When there are too many,
//! one more zero bit is asked for, which halves them. With 16384 kept at most the standard error is about 1 %.

use rustc_hash::FxHashMap;

/// The most that are kept.
const KEPT: usize = 16_384;

/// A sample of whoever was added.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Whether it was ever true.
    kept: FxHashMap<u64, bool>,
    zeros: u32,
}

impl Sample {
    /// Adds somebody by a hash, again and again; it counts as true if it was once.
    pub fn add(&mut self, hash: u64, truth: bool) {
        let hash = mixed(hash);
        if hash.trailing_zeros() < self.zeros {
            return;
        }
        *self.kept.entry(hash).or_default() |= truth;
        while self.kept.len() > KEPT {
            self.zeros += 1;
            let zeros = self.zeros;
            self.kept.retain(|hash, _| hash.trailing_zeros() >= zeros);
        }
    }

    /// Whether everybody was kept.
    pub fn is_exact(&self) -> bool {
        self.zeros == 0
    }

    /// How many there were, and of how many it was true.
    pub fn estimate(&self) -> (u64, u64) {
        let truths = self.kept.values().filter(|truth| **truth).count();
        ((self.kept.len() as u64) << self.zeros, (truths as u64) << self.zeros)
    }
}

/// Spreads a hash whose low bits may be poor: the finaliser of SplitMix64.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(distinct: u64, exact: bool) {
        let mut sample = Sample::default();
        for round in 0..2 {
            (0..distinct).for_each(|n| sample.add(n, round == 1 && n % 4 == 0));
        }
        let (all, truths) = sample.estimate();
        let close = |found: u64, want: u64| found.abs_diff(want) * if exact { u64::MAX } else { 25 } <= want;
        assert!(close(all, distinct) && close(truths, distinct / 4), "{distinct}: {all} {truths}");
        assert_eq!(sample.is_exact(), exact);
    }

    #[test]
    fn counts_the_distinct() {
        check(1000, true);
        check(16_384, true);
        check(1_000_000, false);
    }
}
