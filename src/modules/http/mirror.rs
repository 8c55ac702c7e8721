//! `ngx_http_mirror_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_mirror_module", Kind::Http, Presence::Default("http_mirror"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("mirror", "http server location", "1", Unchecked, "1.13.4", "off",
        "Copies each request to the given URI as a background subrequest and ignores its response."), // TODO ngx_http_mirror
    d("mirror_request_body", "http server location", "flag", Flag, "1.13.4", "on",
        "Sends the client request body along with mirrored requests; it is then read completely beforehand."),
];
