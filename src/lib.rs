//! nginxlb: nginx's load-balancing configuration, read, judged and formatted as nginx itself would.
//!
//! The map of the house is in `ARCHITECTURE.md`.

// What pest generates without its `std` feature names `alloc`.
extern crate alloc;

pub mod balance;
pub mod cli;
pub mod config;
pub mod diagnostics;
pub mod disk;
pub mod exchange;
pub mod fmt;
pub mod fuzzing;
pub mod lint;
pub mod modules;
pub mod serve;
pub mod simulate;
pub mod syntax;
pub mod translate;
pub mod wire;
