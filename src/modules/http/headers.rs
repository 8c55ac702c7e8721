//! `ngx_http_headers_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_headers_filter_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("add_header", "http server location location-if", "2 3", Unchecked, "1.0.0", "",
        "Adds a field to the response header for common success and redirect codes, or for all with always.")
        .was(&[was("1.7.5", "http server location location-if", "2")]), // TODO ngx_http_headers_add
    d("add_header_inherit", "http server location location-if", "1", Enum(&["off", "on", "merge"]), "1.29.3", "on",
        "Chooses whether add_header settings from the outer level are inherited, dropped, or merged with those set here."),
    d("add_trailer", "http server location location-if", "2 3", Unchecked, "1.13.2", "",
        "Adds a trailer field after the response body for successful and redirect codes, or all with always."), // TODO ngx_http_headers_add
    d("add_trailer_inherit", "http server location location-if", "1", Enum(&["off", "on", "merge"]), "1.29.3", "on",
        "Chooses whether add_trailer settings from the outer level are inherited, dropped, or merged with those set here."),
    d("expires", "http server location location-if", "1 2", Unchecked, "1.0.0", "off",
        "Sets the Expires and Cache-Control response headers from a time offset, daily time, epoch, max or variable."), // TODO ngx_http_headers_expires
];
