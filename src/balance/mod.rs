//! The balancers: which peer of a group gets a request.
//!
//! A [`Group`] has two lists of [`Peers`] and a [`Method`]; a [`Selection`] is one request's way through it. Methods are
//! one file each, with the formula, a worked table and nginx's source.
//!
//! Depends on nothing else in the crate. No IO, no clock, no chance of its own: `now` and `rng` are arguments.

mod glibc;
mod group;
#[cfg(test)]
mod laws;
mod methods;
mod peer;
mod peers;
mod queue;
mod random;
mod recent;
mod selection;
mod server_id;
mod sessions;
mod slow_start;
#[cfg(test)]
mod tests;
mod time;
mod watch;

pub use glibc::Glibc;
pub use group::{Freed, Group};
pub use methods::{Measure, Measured, Method, Ring, address_key};
pub use peer::{Parameters, Peer, Refusal, Server, Standing, Times};
pub use peers::Peers;
pub use queue::Queue;
pub use random::Random;
pub use recent::{Recent, pieces};
pub use selection::{PeerId, Selection, Tier, Tried};
pub use sessions::Sessions;
pub use time::Millis;
pub use watch::{Sight, Unwatched, Watch};
