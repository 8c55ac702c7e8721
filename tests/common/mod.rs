//! What several test binaries share.

#![allow(dead_code, reason = "each test binary uses its part")]

pub mod apart;
pub mod live;
pub mod mutate;
pub mod oracle;
pub mod program;
pub mod quiet;
pub mod served;
