//! What several nginx modules do alike: one implementation, called from each module's table.

pub mod error_log;
pub mod hash;
pub mod syslog;
