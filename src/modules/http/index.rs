//! `ngx_http_index_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_index_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("index", "http server location", "1+", Unchecked, "1.0.0", "index.html",
        "Lists the files to try, in order, when a request URI ends with a slash."), // TODO ngx_http_index_set_index
];
