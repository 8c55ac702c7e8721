//! `ngx_http_flv_module`.

use crate::modules::prelude::*;
use crate::modules::shared::handler::handler;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_flv_module", Kind::Http, Presence::With("http_flv")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("flv", "location", "0", Custom(handler), "1.0.0", "",
        "Enables pseudo-streaming of FLV files in a location, using the start argument as byte offset."),
];
