//! `ngx_stream_split_clients_module`.

use crate::modules::prelude::*;
use crate::modules::shared::split_clients;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_split_clients_module", Kind::Stream, Presence::Default("stream_split_clients"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("split_clients", "stream", "block 2", Custom(split_clients::block), "1.11.3", "",
        "Creates a variable that divides clients into percentage groups by hashing a string."),
];
