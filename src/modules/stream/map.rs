//! `ngx_stream_map_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_map_module", Kind::Stream, Presence::Default("stream_map"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("map", "stream", "block 2", Unchecked, "1.11.2", "",
        "Creates a variable whose value is chosen by matching another value against a table."), // TODO ngx_stream_map_block
    d("map_hash_bucket_size", "stream", "1", Number, "1.11.2", "32|64|128",
        "Sets the bucket size of the hash tables that hold map entries."),
    d("map_hash_max_size", "stream", "1", Number, "1.11.2", "2048",
        "Sets the upper limit on the size of the hash tables that hold map entries."),
];
