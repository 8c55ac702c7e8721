//! What several nginx modules do alike: one implementation, called from each module's table.

pub mod access;
pub mod access_log;
pub mod buffers;
pub mod cache;
pub mod error_log;
pub mod geo;
pub mod geo_ranges;
pub mod geoip;
pub mod handler;
pub mod hash;
pub mod keys;
pub mod limit_conn;
pub mod limit_zone;
pub mod listen;
pub mod log_format;
pub mod map;
pub mod named;
pub mod pass;
pub mod passing;
pub mod proxy_ssl;
pub mod realip;
pub mod resolver;
pub mod split_clients;
pub mod ssl;
pub mod syslog;
pub mod types_slot;
pub mod upstream;
pub mod upstream_headers;
pub mod upstream_options;
pub mod variables_hash;

#[cfg(test)]
mod tests;
