//! `ngx_stream_return_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_return_module", Kind::Stream, Presence::Default("stream_return"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("return", "stream-server", "1", Complex, "1.11.2", "",
        "Sends the given text or variables to the client and then closes the connection."),
];
