//! `ngx_http_map_module`.

use crate::modules::prelude::*;
use crate::modules::shared::map;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_map_module", Kind::Http, Presence::Default("http_map")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("map", "http", "block 2", Custom(map::block), "1.0.0", "",
        "Creates a variable whose value depends on another value, matched by strings, wildcards or regular expressions."),
    d("map_hash_bucket_size", "http", "1", Custom(map::hash_size), "1.0.0", "32|64|128",
        "Sets the bucket size of the hash tables that are built for map blocks."),
    d("map_hash_max_size", "http", "1", Custom(map::hash_size), "1.0.0", "2048",
        "Sets the maximum size of the hash tables that are built for map blocks."),
];
