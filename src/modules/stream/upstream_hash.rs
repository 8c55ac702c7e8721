//! `ngx_stream_upstream_hash_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_hash_module", Kind::Stream, Presence::Default("stream_upstream_hash"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("hash", "stream-upstream", "1 2", Custom(upstream::hash), "1.9.0", "",
        "Balances sessions by hashing a key, optionally with consistent ketama hashing to limit remapping."),
];
