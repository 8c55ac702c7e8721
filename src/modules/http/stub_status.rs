//! `ngx_http_stub_status_module`.

use crate::modules::prelude::*;
use crate::modules::shared::handler::handler;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_stub_status_module", Kind::Http, Presence::With("http_stub_status"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("stub_status", "server location", "0 1", Custom(handler), "1.0.0", "",
        "Makes this location return basic counters of connections and requests as plain text.")
        .was(&[was("1.7.5", "server location", "flag")]),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("connections_active", "1.3.14"),
    v("connections_reading", "1.3.14"),
    v("connections_waiting", "1.3.15"),
    v("connections_writing", "1.3.14"),
];
