//! `ngx_stream_geo_module`.

use crate::modules::prelude::*;
use crate::modules::shared::geo;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_geo_module", Kind::Stream, Presence::Default("stream_geo"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geo", "stream", "block 1 2", Custom(geo::block), "1.11.3", "",
        "Creates a variable whose value is looked up by client address in a list of networks."),
];
