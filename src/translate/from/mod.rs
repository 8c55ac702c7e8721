//! Configurations that were written for, or by, other programs, as nginx's.

pub mod apache;
pub mod json;
