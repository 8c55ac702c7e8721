//! `ngx_http_empty_gif_module`.

use crate::modules::prelude::*;
use crate::modules::shared::handler::handler;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_empty_gif_module", Kind::Http, Presence::Default("http_empty_gif"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("empty_gif", "location", "0", Custom(handler), "1.0.0", "",
        "Serves a transparent one-pixel GIF from memory in this location, for example for tracking beacons."),
];
