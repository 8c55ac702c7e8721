//! `ngx_http_module`.

use super::core::tree;
use crate::modules::prelude::*;
use crate::modules::realm::{self, Steps};
use crate::modules::shared::listen;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("http", "main", "block 0", Custom(block), "1.0.0", "",
        "Opens the block that holds the HTTP configuration with its servers, upstreams and maps."),
];

/// What happens at the end of the block besides the modules' own checks.
const STEPS: Steps = Steps { arrange: Some(tree::arrange), settle: Some(listen::settle) };

fn block(cx: &mut Cx, call: &Call) -> Verdict {
    realm::read(cx, call, Contexts::HTTP, &STEPS)
}
