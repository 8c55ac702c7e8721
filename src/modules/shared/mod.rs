//! What several nginx modules do alike: one implementation, called from each module's table.

pub mod access;
pub mod access_log;
pub mod error_log;
pub mod geo;
pub mod geo_ranges;
pub mod hash;
pub mod limit_conn;
pub mod limit_zone;
pub mod log_format;
pub mod map;
pub mod realip;
pub mod resolver;
pub mod split_clients;
pub mod syslog;
pub mod types_slot;
pub mod upstream;
pub mod variables_hash;
