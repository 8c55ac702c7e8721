//! `ngx_http_gunzip_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_gunzip_filter_module", Kind::Http, Presence::With("http_gunzip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("gunzip", "http server location", "flag", Flag, "1.3.6", "off",
        "Decompresses gzip-encoded responses on the fly for clients that do not accept gzip."),
    d("gunzip_buffers", "http server location", "2", Bufs, "1.3.6", "32 4k|16 8k",
        "Sets the number and size of the buffers used for decompressing a response."),
];
