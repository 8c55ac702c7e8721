//! One target, one file or folder.

pub mod json;
