//! `simulate`: a trace of requests, replayed in virtual time through the exchange.
//!
//! Never names tokio or hyper.

pub mod books;
pub mod engine;
mod memory;
pub mod outcome;
pub mod play;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod trace;
pub mod why;
