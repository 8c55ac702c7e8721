//! `ngx_http_random_index_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_random_index_module", Kind::Http, Presence::With("http_random_index"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("random_index", "location", "flag", Flag, "1.0.0", "off",
        "Serves a randomly chosen file of the directory for URIs ending with a slash."),
];
