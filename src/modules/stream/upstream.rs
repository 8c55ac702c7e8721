//! `ngx_stream_upstream_module`.

use crate::modules::prelude::*;
use crate::modules::shared::{resolver, upstream};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    init: Some(upstream::start),
    ..Module::new("stream_upstream_module", Kind::Stream, Presence::With("stream"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("resolver", "stream-upstream", "1+", Custom(resolver::set), "1.27.3", "",
        "Sets the DNS servers used to keep the host names of this upstream group up to date."),
    d("resolver_timeout", "stream-upstream", "1", Msec, "1.27.3", "30s",
        "Limits how long a DNS lookup for the servers of this upstream group may take."),
    d("server", "stream-upstream", "1+", Custom(upstream::server), "1.9.0", "",
        "Adds a server to the upstream group, with weight, backup and failure options."),
    d("upstream", "stream", "block 1", Custom(upstream::upstream), "1.9.0", "",
        "Defines a named group of servers that stream sessions can be balanced across."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("upstream_addr", "1.11.4"),
    v("upstream_bytes_received", "1.11.4"),
    v("upstream_bytes_sent", "1.11.4"),
    v("upstream_connect_time", "1.11.4"),
    v("upstream_first_byte_time", "1.11.4"),
    v("upstream_session_time", "1.11.4"),
];
