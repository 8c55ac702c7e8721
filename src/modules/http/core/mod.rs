//! `ngx_http_core_module`: servers, locations, and what belongs to no other module.

pub mod error_page;
pub mod limit_except;
mod listen;
pub mod location;
mod merge;
pub mod root;
pub mod server;
pub mod settings;
mod symlinks;
mod table;
pub mod tree;
pub mod types;
mod variables;

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: table::DIRECTIVES,
    variables: variables::VARIABLES,
    merge_server: Some(merge::server),
    merge_location: Some(merge::location),
    ..Module::new("http_core_module", Kind::Http, Presence::Always)
};
