//! The driver: requests of a trace go through the exchange in virtual time, and backends do what the scenario says.
//!
//! What is due at the same millisecond happens in the order in which it was planned, and before the requests that arrive
//! then. A run is a function of configuration, trace, scenario and seed.

mod calendar;
mod flight;
mod generation;
mod jars;
mod observer;
mod options;
mod request;
mod run;
mod setup;

pub use observer::{Moment, Observer};
pub use options::{Options, Sessions};
pub use run::{Engine, Sink};
pub use setup::Setup;
