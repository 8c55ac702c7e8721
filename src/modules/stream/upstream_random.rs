//! `ngx_stream_upstream_random_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_upstream_random_module", Kind::Stream, Presence::Default("stream_upstream_random"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("random", "stream-upstream", "0 1 2", Custom(upstream::random), "1.15.1", "",
        "Picks a random server for each session, optionally the better of two random picks."),
];
