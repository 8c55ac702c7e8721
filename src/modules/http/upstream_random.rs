//! `ngx_http_upstream_random_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_random_module", Kind::Http, Presence::Default("http_upstream_random"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("random", "upstream", "0 1 2", Custom(upstream::random), "1.15.1", "",
        "Selects a random upstream server, or picks the better of two random ones."),
];
