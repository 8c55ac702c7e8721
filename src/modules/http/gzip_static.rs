//! `ngx_http_gzip_static_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_gzip_static_module", Kind::Http, Presence::With("http_gzip_static"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("gzip_static", "http server location", "1", Enum(&["off", "on", "always"]), "1.0.0", "off",
        "Serves a precompressed file with the .gz extension, when present, in place of the original.")
        .was(&[was("1.5.11", "http server location", "flag")]),
];
