//! `ngx_http_upstream_keepalive_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    init: Some(upstream::keep_connections),
    ..Module::new("http_upstream_keepalive_module", Kind::Http, Presence::Default("http_upstream_keepalive"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("keepalive", "upstream", "1 2", Custom(upstream::keepalive), "1.1.4", "32 local",
        "Sets how many idle upstream connections each worker keeps open for reuse by later requests.")
        .was(&[was("1.7.5", "upstream", "1 2"), was("1.29.7", "upstream", "1")]),
    d("keepalive_requests", "upstream", "1", Number, "1.15.3", "1000",
        "Limits how many requests go over one upstream connection before it is closed."),
    d("keepalive_time", "upstream", "1", Msec, "1.19.10", "1h",
        "Limits the total time during which one upstream connection may be used for further requests."),
    d("keepalive_timeout", "upstream", "1", Msec, "1.15.3", "60s",
        "Sets how long an idle upstream connection stays open before nginx closes it."),
];
