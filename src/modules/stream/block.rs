//! `ngx_stream_module`.

use crate::modules::prelude::*;
use crate::modules::realm::{self, Steps};
use crate::modules::shared::listen;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("stream_module", Kind::Core, Presence::With("stream")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("stream", "main", "block 0", Custom(block), "1.9.0", "",
        "Opens the block that holds the configuration of TCP and UDP servers."),
];

/// What happens at the end of the block besides the modules' own checks.
const STEPS: Steps = Steps { arrange: None, settle: Some(listen::settle) };

fn block(cx: &mut Cx, call: &Call) -> Verdict {
    realm::read(cx, call, Contexts::STREAM, &STEPS)
}
