//! Chance as the balancers use it: one number at a time, drawn by whoever the caller brings.

/// A source of numbers like libc's `random()`.
pub trait Random {
    /// The next number, from 0 to 2^31 - 1.
    fn next(&mut self) -> u32;
}
