//! `ngx_http_upstream_zone_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_zone_module", Kind::Http, Presence::Default("http_upstream_zone"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("zone", "upstream", "1 2", Custom(upstream::zone), "1.9.0", "",
        "Keeps configuration and run-time state of the upstream group in memory shared by all workers."),
];
