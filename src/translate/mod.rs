//! From nginx's configuration to other notations, and back.

pub mod targets;
