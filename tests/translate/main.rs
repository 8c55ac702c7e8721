//! What `nginxlb translate` writes for the configurations of `testdata/translate`: reviewed in `snapshots/translate`, output
//! and report, a folder for each target. Every output passes the target's own checker, which a misspelt copy fails.
//!
//! To add a target: a file beside this one with its [`Golden`] and a test, and its `mod` here.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/configurations.rs"]
mod configurations;

mod caddy;
mod envoy;
mod gateway;
mod golden;
mod haproxy;
mod nginx;
mod random;
mod traefik;
mod versions;

use golden::{Golden, Said};
