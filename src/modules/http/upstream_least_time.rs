//! `ngx_http_upstream_least_time_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_least_time_module", Kind::Http, Presence::Default("http_upstream_least_time"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("least_time", "upstream", "1 2", Custom(upstream::least_time), "1.31.0", "",
        "Selects the upstream server with the lowest average response time and fewest active connections, respecting weights."),
];
