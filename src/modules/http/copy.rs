//! `ngx_http_copy_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_copy_filter_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("output_buffers", "http server location", "2", Bufs, "1.0.0", "2 32k",
        "Sets the number and size of buffers for reading a response from disk."),
];
