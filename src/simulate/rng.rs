//! Chance, reproducibly: ChaCha from a seed, or glibc's `random()` as nginx's workers use it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::balance::{Glibc, Random};

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
            Rng::Glibc(rng) => rng.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
