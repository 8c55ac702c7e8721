//! `ngx_http_upstream_sticky_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_sticky_module", Kind::Http, Presence::Default("http_upstream_sticky"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("sticky", "upstream", "2+", Custom(upstream::sticky), "1.29.6", "",
        "Binds a client session to one upstream server using a cookie, a route, or learned sessions."),
];
