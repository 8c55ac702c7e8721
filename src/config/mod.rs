//! Tree and modules to a typed configuration, judged on the way as nginx judges it.
//!
//! [`compile`] walks the tree in nginx's order: each directive is looked up, its place and its arguments are checked,
//! its reader runs; at the end of `http`, `stream` and `mail` the modules initialise, merge and finish in nginx's
//! module order. Where nginx stops at the first fault this goes on, so the faults come in the order in which nginx
//! would meet them: the first `emerg` is what `nginx -t` says.
//!
//! No IO: what needs the machine (files, certificates, users, names, ports) is asked of a [`Host`].

pub mod address;
pub mod cidr;
mod cx;
mod fault;
mod fragment;
mod host;
mod ip;
mod listening;
mod log_files;
mod nearest;
mod paths;
mod reader;
mod regex;
mod scope;
mod shared;
mod slots;
#[cfg(test)]
mod testing;
mod unknown;
pub mod values;
mod variables;

pub use cx::{Call, Cx, Options, Row};
pub use fault::{Fault, Verdict};
pub use fragment::{SURROUNDINGS, Surroundings};
pub use host::{Host, NoHost, Pem, Refusal};
pub use ip::{ip_address_port, ip_text};
pub use listening::Listening;
pub use log_files::{LogBuffer, LogFile, LogFiles};
pub use nearest::nearest;
pub use paths::{Folder, Folders};
pub use reader::{Compiled, Includes, MISSING_INCLUDE, compile};
pub use regex::Regex;
pub use scope::{Config, Scope, ScopeId, Setting, Value};
pub use shared::{Zone, Zones};
#[cfg(test)]
pub use testing::compiled;
pub use variables::{CHANGEABLE, Definition, Part, Text, Variables, WEAK};
