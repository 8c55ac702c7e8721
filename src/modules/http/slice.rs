//! `ngx_http_slice_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_slice_filter_module", Kind::Http, Presence::With("http_slice"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("slice", "http server location", "1", Size, "1.9.8", "0",
        "Splits a request into byte range subrequests of this size for better caching of large files."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("slice_range", "1.9.8"),
];
