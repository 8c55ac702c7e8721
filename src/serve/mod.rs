//! The live driver: sockets, TLS, timers and processes around the [`exchange`](crate::exchange), on tokio.
//!
//! [`run`](run::run) is the way in. It reads a configuration through a [`Source`], opens logs and sockets, and starts one
//! thread for each worker process that nginx would have; `process` keeps them through signals and reloads.

mod aside;
pub mod backend;
mod client;
mod clock;
mod configuration;
mod drive;
mod flight;
mod generation;
mod local;
pub mod log;
mod memory;
mod names;
mod options;
mod outlet;
mod process;
mod reply;
pub mod resolver;
pub mod run;
mod secure;
mod send;
mod session;
mod settings;
mod spool;
mod state;
mod stream;
mod timers;
pub mod tls;
mod turns;
mod unsupported;
mod upstream;
mod worker;

pub use configuration::{Loaded, Read, Said, Source};
pub use generation::Generation;
pub use options::{Options, Place};
pub use process::{Order, Socket, Takes};
pub use settings::Settings;
pub use worker::Seed;
