//! `ngx_stream_access_module`.

use crate::modules::prelude::*;
use crate::modules::shared::access;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_access_module", Kind::Stream, Presence::Default("stream_access"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("allow", "stream stream-server", "1", Custom(access::rule), "1.9.2", "",
        "Lets clients from the given address, network or UNIX socket open a stream session."),
    d("deny", "stream stream-server", "1", Custom(access::rule), "1.9.2", "",
        "Refuses stream sessions from the given address, network or UNIX socket."),
];
