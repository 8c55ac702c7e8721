//! `ngx_http_sub_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_sub_filter_module", Kind::Http, Presence::With("http_sub")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("sub_filter", "http server location", "2", Unchecked, "1.0.0", "",
        "Replaces a string in the response body, ignoring case; both strings may contain variables."), // TODO ngx_http_sub_filter
    d("sub_filter_last_modified", "http server location", "flag", Flag, "1.5.1", "off",
        "Keeps the Last-Modified header of responses changed by sub_filter, so that they can be cached."),
    d("sub_filter_once", "http server location", "flag", Flag, "1.0.0", "on",
        "Replaces only the first occurrence of each string, or all of them when turned off."),
    d("sub_filter_types", "http server location", "1+", Unchecked, "1.0.0", "text/html",
        "Lists MIME types for string replacement in addition to text/html, which is always included."), // TODO ngx_http_types_slot
];
