//! `ngx_http_limit_req_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_limit_req_module", Kind::Http, Presence::Default("http_limit_req"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("limit_req", "http server location", "1 2 3", Unchecked, "1.0.0", "",
        "Limits the request rate per key of the given zone, with optional burst and delay."), // TODO ngx_http_limit_req
    d("limit_req_dry_run", "http server location", "flag", Flag, "1.17.1", "off",
        "Counts and logs excessive requests without delaying or rejecting them, for trying out limits."),
    d("limit_req_log_level", "http server location", "1", Enum(&["info", "notice", "warn", "error"]), "1.0.0", "error",
        "Sets the log severity of rejected requests; delayed ones are logged one level lower."),
    d("limit_req_status", "http server location", "1", Number, "1.3.15", "503",
        "Sets the status code returned to requests rejected by the rate limit."), // TODO post &ngx_http_limit_req_status_bounds
    d("limit_req_zone", "http", "3", Unchecked, "1.0.0", "",
        "Defines a shared memory zone with key and rate for request rate limiting."), // TODO ngx_http_limit_req_zone
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("limit_req_status", "1.17.6"),
];
