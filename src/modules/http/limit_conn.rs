//! `ngx_http_limit_conn_module`.

use crate::modules::prelude::*;
use crate::modules::shared::limit_conn;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_limit_conn_module", Kind::Http, Presence::Default("http_limit_conn"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("limit_conn", "http server location", "2", Custom(limit_conn::limit_conn), "1.1.8", "",
        "Limits simultaneous connections per key of the given shared zone; excess requests are rejected."),
    d("limit_conn_dry_run", "http server location", "flag", Flag, "1.17.6", "off",
        "Counts and logs excess connections without actually rejecting them, for trying out limits."),
    d("limit_conn_log_level", "http server location", "1", Enum(&["info", "notice", "warn", "error"]), "1.1.8", "error",
        "Sets the severity with which rejected connections are written to the error log."),
    d("limit_conn_status", "http server location", "1", Number, "1.3.15", "503",
        "Sets the status code returned to requests rejected by the connection limit.").between(400, 599),
    d("limit_conn_zone", "http", "2", Custom(limit_conn::limit_conn_zone), "1.1.8", "",
        "Defines a shared memory zone that counts connections for each value of the given key."),
    d("limit_zone", "http", "3", Custom(limit_conn::limit_zone), "1.1.8", "",
        "Defined a zone for counting connections per key; removed in 1.7.6, replaced by limit_conn_zone.")
        .last("1.7.5"),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("limit_conn_status", "1.17.6"),
];
