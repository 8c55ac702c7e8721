//! `ngx_stream_set_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_set_module", Kind::Stream, Presence::Default("stream_set"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("set", "stream-server", "2", Unchecked, "1.19.3", "",
        "Assigns a value, which may contain other variables, to a stream variable."), // TODO ngx_stream_set
];
