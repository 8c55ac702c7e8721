//! glibc's `random()`, which nginx's balancers draw from.

use super::Random;

/// How far back glibc's additive feedback reaches, and the nearer of its two terms.
const DEGREE: usize = 31;
const SEPARATION: usize = 3;

/// glibc's `random()`: `r[n] = r[n - 31] + r[n - 3]`, of which the highest 31 bits are given. The first 31 terms come from
/// a linear congruential generator, 16807 modulo 2^31 - 1, and the next 310 are thrown away.
#[derive(Debug, Clone)]
pub struct Glibc {
    terms: [u32; DEGREE],
    at: usize,
}

impl Glibc {
    /// The state after `srandom(seed)`.
    #[must_use]
    pub fn new(seed: u32) -> Glibc {
        let mut terms = [0; DEGREE];
        let mut term = i64::from(seed.max(1).cast_signed());
        for slot in &mut terms {
            *slot = term as u32;
            term = (16_807 * term) % 2_147_483_647;
            if term < 0 {
                term += 2_147_483_647;
            }
        }
        // The three terms after the first 31 are the first three again.
        let mut rng = Glibc { terms, at: SEPARATION };
        for _ in 0..10 * DEGREE {
            rng.next();
        }
        rng
    }
}

impl Random for Glibc {
    fn next(&mut self) -> u32 {
        let near = (self.at + DEGREE - SEPARATION) % DEGREE;
        let sum = self.terms[self.at].wrapping_add(self.terms[near]);
        self.terms[self.at] = sum;
        self.at = (self.at + 1) % DEGREE;
        sum >> 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What glibc 2.36 gives.
    #[test]
    fn as_glibc() {
        let cases: [(u32, [u32; 4]); 4] = [
            (1, [1_804_289_383, 846_930_886, 1_681_692_777, 1_714_636_915]),
            (42, [71_876_166, 708_592_740, 1_483_128_881, 907_283_241]),
            (0, [1_804_289_383, 846_930_886, 1_681_692_777, 1_714_636_915]),
            (0x8000_0001, [1_081_815_585, 5_219_348, 1_080_917_272, 1_083_470_877]),
        ];
        for (seed, numbers) in cases {
            let mut rng = Glibc::new(seed);
            assert_eq!(numbers.map(|_| rng.next()), numbers, "srandom({seed})");
        }
    }
}
