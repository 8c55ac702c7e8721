//! `ngx_http_limit_zone_module`.

use crate::modules::prelude::*;
use crate::modules::shared::limit_conn;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_limit_zone_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("limit_conn", "http server location", "2", Custom(limit_conn::limit_conn), "1.0.0", "",
        "Limits simultaneous connections per key in the old limit_zone module, now called http_limit_conn_module.")
        .last("1.1.7"),
    d("limit_conn_log_level", "http server location", "1", Enum(&["info", "notice", "warn", "error"]), "1.0.0", "error",
        "Sets the log severity of rejected connections in the old limit_zone module, now called http_limit_conn_module.")
        .last("1.1.7"),
    d("limit_zone", "http", "3", Custom(limit_conn::limit_zone), "1.0.0", "",
        "Defined a connection counting zone in the old module of that name; replaced by limit_conn_zone.")
        .last("1.1.7"),
];
