//! Reports: what became of the requests of a trace, counted while they end, and written down in several ways.
//!
//! A [`Report`] takes [`Outcome`](crate::simulate::outcome::Outcome)s one by one and keeps no request: its memory grows
//! with the peers, not with the trace. [`Summary`] is what it found; [`table`], [`json`] and [`html`] write that down.
//! [`picks`] writes each request as it ends, [`compare`] holds two configurations side by side, [`backtest`] holds the
//! prediction against what production logged.

mod axis;
pub mod backtest;
pub mod compare;
mod group;
mod histogram;
pub mod html;
pub mod json;
mod numbers;
pub mod picks;
mod stats;
mod summary;
pub mod table;
mod tally;
mod top;

#[cfg(test)]
mod tests;

pub use group::Peer;
pub use stats::Report;
pub use summary::{Count, Failure, Hot, Imbalance, Latency, PeerSummary, Series, Summary, UpstreamSummary, Waited};
