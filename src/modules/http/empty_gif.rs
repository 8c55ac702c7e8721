//! `ngx_http_empty_gif_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_empty_gif_module", Kind::Http, Presence::Default("http_empty_gif"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("empty_gif", "location", "0", Unchecked, "1.0.0", "",
        "Serves a transparent one-pixel GIF from memory in this location, for example for tracking beacons."), // TODO ngx_http_empty_gif
];
