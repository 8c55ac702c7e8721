//! `ngx_http_upstream_hash_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_hash_module", Kind::Http, Presence::Default("http_upstream_hash"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("hash", "upstream", "1 2", Custom(upstream::hash), "1.7.2", "",
        "Selects the upstream server by hashing the given key, optionally with consistent ketama hashing."),
];
