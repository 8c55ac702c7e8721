//! The life of one request, without IO: route, limit, pick, attempt, next upstream, answer.

mod attempt;
pub mod limits;

pub use attempt::{Attempt, Ending};
