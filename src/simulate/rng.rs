//! Chance, reproducibly: ChaCha from a seed, or glibc's `random()` as nginx's workers use it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::balance::Random;

/// Where numbers come from: `--seed N`, `--rng glibc:N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// ChaCha with 8 rounds, a stream of its own for each worker.
    ChaCha(u64),
    /// glibc's `random()` after `srandom(N)`; worker number k starts with N + k.
    Glibc(u32),
}

/// One worker's numbers.
#[derive(Debug, Clone)]
pub enum Rng {
    /// See [`Choice::ChaCha`].
    ChaCha(Box<ChaCha8Rng>),
    /// See [`Choice::Glibc`].
    Glibc(Box<Glibc>),
}

impl Choice {
    /// The numbers of a worker.
    #[must_use]
    pub fn of_worker(self, worker: u32) -> Rng {
        match self {
            Choice::ChaCha(seed) => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(u64::from(worker));
                Rng::ChaCha(Box::new(rng))
            }
            Choice::Glibc(seed) => Rng::Glibc(Box::new(Glibc::new(seed.wrapping_add(worker)))),
        }
    }
}

impl Random for Rng {
    fn next(&mut self) -> u32 {
        match self {
            Rng::ChaCha(rng) => rng.next_u32() >> 1,
            Rng::Glibc(rng) => rng.random(),
        }
    }
}

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
            rng.random();
        }
        rng
    }

    /// The next number, from 0 to 2^31 - 1.
    pub fn random(&mut self) -> u32 {
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
            assert_eq!(numbers.map(|_| rng.random()), numbers, "srandom({seed})");
        }
    }

    #[test]
    fn workers_differ_and_runs_do_not() {
        let draw = |choice: Choice, worker| {
            let mut rng = choice.of_worker(worker);
            [0; 8].map(|_| Random::next(&mut rng))
        };
        for choice in [Choice::ChaCha(7), Choice::Glibc(7)] {
            assert_eq!(draw(choice, 0), draw(choice, 0));
            assert_ne!(draw(choice, 0), draw(choice, 1));
            assert!(draw(choice, 0).iter().all(|number| *number < 1 << 31));
        }
    }
}
