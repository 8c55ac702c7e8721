//! nginxlb: nginx's load-balancing configuration, read, judged and formatted as nginx itself would.
//!
//! The map of the house is in `ARCHITECTURE.md`.

pub mod config;
pub mod diagnostics;
pub mod modules;
pub mod syntax;
