//! `ngx_stream_ssl_preread_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("stream_ssl_preread_module", Kind::Stream, Presence::With("stream_ssl_preread"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl_preread", "stream stream-server", "flag", Flag, "1.11.5", "off",
        "Reads SNI and ALPN from the ClientHello into variables without terminating TLS."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("ssl_preread_alpn_protocols", "1.13.10"),
    v("ssl_preread_protocol", "1.15.2"),
    v("ssl_preread_server_name", "1.11.5"),
];
