//! `simulate`: a trace of requests, replayed in virtual time through the exchange.
//!
//! Never names tokio or hyper.

pub mod outcome;
pub mod report;
pub mod scenario;
pub mod trace;
