//! `ngx_stream_limit_conn_module`.

use crate::modules::prelude::*;
use crate::modules::shared::limit_conn;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("stream_limit_conn_module", Kind::Stream, Presence::Default("stream_limit_conn"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("limit_conn", "stream stream-server", "2", Custom(limit_conn::limit_conn), "1.9.3", "",
        "Caps how many simultaneous connections one key value in a shared zone may hold."),
    d("limit_conn_dry_run", "stream stream-server", "flag", Flag, "1.17.6", "off",
        "Counts and logs excess connections without actually refusing any of them."),
    d("limit_conn_log_level", "stream stream-server", "1", Enum(&["info", "notice", "warn", "error"]), "1.9.3", "error",
        "Sets the log severity used when a connection is refused by the limit."),
    d("limit_conn_zone", "stream", "2", Custom(limit_conn::limit_conn_zone), "1.9.3", "",
        "Creates the shared memory zone and key used to count concurrent stream connections."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("limit_conn_status", "1.17.6"),
];
