//! `ngx_http_auth_request_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_auth_request_module", Kind::Http, Presence::With("http_auth_request"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_request", "http server location", "1", Unchecked, "1.5.4", "off",
        "Allows a request only if a subrequest to the given URI returns a 2xx status code."), // TODO ngx_http_auth_request
    d("auth_request_set", "http server location", "2", Unchecked, "1.5.4", "",
        "Stores a value, typically an authorization subrequest header, in a variable once that subrequest has completed."), // TODO ngx_http_auth_request_set
];
