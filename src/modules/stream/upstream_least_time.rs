//! `ngx_stream_upstream_least_time_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_least_time_module", Kind::Stream, Presence::Default("stream_upstream_least_time"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("least_time", "stream-upstream", "1 2", Custom(upstream::least_time), "1.31.0", "",
        "Sends sessions to the server with the lowest average latency and few active connections."),
];
