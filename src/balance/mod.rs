//! The balancers: which peer of a group gets a request.
//!
//! Depends on nothing else in the crate. No IO, no clock, no chance of its own: `now` and `rng` are arguments.

mod random;
mod time;

pub use random::Random;
pub use time::Millis;
