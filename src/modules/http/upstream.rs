//! `ngx_http_upstream_module`.

use crate::modules::prelude::*;
use crate::modules::shared::{resolver, upstream};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    init: Some(upstream::start),
    ..Module::new("http_upstream_module", Kind::Http, Presence::Always)
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("resolver", "upstream", "1+", Custom(resolver::set), "1.27.3", "",
        "Sets the name servers used for re-resolving the names of servers in this upstream group."),
    d("resolver_timeout", "upstream", "1", Msec, "1.27.3", "30s",
        "Sets the timeout for resolving server names of this upstream group."),
    d("server", "upstream", "1+", Custom(upstream::server), "1.0.0", "",
        "Adds an upstream server address with parameters such as weight, max_fails, backup and resolve."),
    d("upstream", "http", "block 1", Custom(upstream::upstream), "1.0.0", "",
        "Defines a named group of servers that proxy_pass, fastcgi_pass and similar directives can refer to."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("upstream_addr", "1.0.0"),
    v("upstream_bytes_received", "1.11.4"),
    v("upstream_bytes_sent", "1.15.8"),
    v("upstream_cache_etag", "1.7.3"),
    v("upstream_cache_last_modified", "1.5.7"),
    v("upstream_cache_status", "1.0.0"),
    v("upstream_connect_time", "1.9.1"),
    v("upstream_cookie_", "1.11.10").prefix(),
    v("upstream_header_time", "1.7.10"),
    v("upstream_http_", "1.11.10").prefix(),
    v("upstream_response_length", "1.0.0"),
    v("upstream_response_time", "1.0.0"),
    v("upstream_status", "1.0.0"),
    v("upstream_trailer_", "1.13.10").prefix(),
];
