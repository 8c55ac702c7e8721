//! `ngx_http_upstream_ip_hash_module`.

use crate::modules::prelude::*;
use crate::modules::shared::upstream;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_upstream_ip_hash_module", Kind::Http, Presence::Default("http_upstream_ip_hash"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ip_hash", "upstream", "0", Custom(upstream::ip_hash), "1.0.0", "",
        "Selects the upstream server by client address, so a client normally stays on the same server."),
];
