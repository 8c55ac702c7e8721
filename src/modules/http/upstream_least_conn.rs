//! `ngx_http_upstream_least_conn_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_least_conn_module", Kind::Http, Presence::Default("http_upstream_least_conn"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("least_conn", "upstream", "0", Custom(upstream::least_conn), "1.2.2", "",
        "Selects the upstream server with the fewest active connections, taking the weights into account."),
];
