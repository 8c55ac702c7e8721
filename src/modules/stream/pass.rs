//! `ngx_stream_pass_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_pass_module", Kind::Stream, Presence::Default("stream_pass"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("pass", "stream-server", "1", Unchecked, "1.25.5", "",
        "Hands the accepted connection directly to another listening socket configured in this nginx."), // TODO ngx_stream_pass
];
