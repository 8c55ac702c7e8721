//! The `stream` modules; one nginx module, one file.

pub mod access;
pub mod block;
pub mod core;
pub mod geo;
pub mod geoip;
pub mod limit_conn;
pub mod log;
pub mod map;
pub mod pass;
pub mod proxy;
pub mod realip;
pub mod return_;
pub mod set;
pub mod split_clients;
pub mod ssl;
pub mod ssl_preread;
pub mod upstream;
pub mod upstream_hash;
pub mod upstream_least_conn;
pub mod upstream_least_time;
pub mod upstream_random;
pub mod upstream_zone;

use super::Module;

/// In nginx's module order, in which they initialise, merge and finish.
pub static MODULES: &[&Module] = &[
    &block::MODULE,
    &core::MODULE,
    &log::MODULE,
    &proxy::MODULE,
    &upstream::MODULE,
    &ssl::MODULE,
    &realip::MODULE,
    &limit_conn::MODULE,
    &access::MODULE,
    &geo::MODULE,
    &geoip::MODULE,
    &map::MODULE,
    &split_clients::MODULE,
    &return_::MODULE,
    &pass::MODULE,
    &set::MODULE,
    &upstream_hash::MODULE,
    &upstream_least_conn::MODULE,
    &upstream_least_time::MODULE,
    &upstream_random::MODULE,
    &upstream_zone::MODULE,
    &ssl_preread::MODULE,
];
