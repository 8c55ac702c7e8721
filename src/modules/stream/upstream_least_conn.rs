//! `ngx_stream_upstream_least_conn_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_least_conn_module", Kind::Stream, Presence::Default("stream_upstream_least_conn"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("least_conn", "stream-upstream", "0", Custom(upstream::least_conn), "1.9.0", "",
        "Sends each new session to the weighted server that has the fewest open connections."),
];
