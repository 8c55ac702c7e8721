//! `ngx_stream_map_module`.

use crate::modules::prelude::*;
use crate::modules::shared::map;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_map_module", Kind::Stream, Presence::Default("stream_map"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("map", "stream", "block 2", Custom(map::block), "1.11.2", "",
        "Creates a variable whose value is chosen by matching another value against a table."),
    d("map_hash_bucket_size", "stream", "1", Custom(map::hash_size), "1.11.2", "32|64|128",
        "Sets the bucket size of the hash tables that hold map entries."),
    d("map_hash_max_size", "stream", "1", Custom(map::hash_size), "1.11.2", "2048",
        "Sets the upper limit on the size of the hash tables that hold map entries."),
];
