//! `ngx_stream_upstream_least_time_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_least_time_module", Kind::Stream, Presence::Default("stream_upstream_least_time"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("least_time", "stream-upstream", "1 2", Unchecked, "1.31.0", "",
        "Sends sessions to the server with the lowest average latency and few active connections."), // TODO ngx_stream_upstream_least_time
];
