//! `ngx_http_autoindex_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_autoindex_module", Kind::Http, Presence::Default("http_autoindex"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("autoindex", "http server location", "flag", Flag, "1.0.0", "off",
        "Generates a directory listing when a URI ending in a slash has no index file."),
    d("autoindex_exact_size", "http server location", "flag", Flag, "1.0.0", "on",
        "Shows exact file sizes in HTML listings, or rounded kilobytes, megabytes and gigabytes when turned off."),
    d("autoindex_format", "http server location", "1", Enum(&["html", "json", "jsonp", "xml"]), "1.7.9", "html",
        "Selects whether directory listings are produced as HTML, XML, JSON or JSONP output."),
    d("autoindex_localtime", "http server location", "flag", Flag, "1.0.0", "off",
        "Shows file times in HTML directory listings in the local time zone instead of UTC."),
];
