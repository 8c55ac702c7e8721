//! `ngx_stream_upstream_zone_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_zone_module", Kind::Stream, Presence::Default("stream_upstream_zone"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("zone", "stream-upstream", "1 2", Custom(upstream::zone), "1.9.0", "",
        "Keeps the upstream group state in shared memory so that all workers see it."),
];
