//! `ngx_http_access_module`.

use crate::modules::prelude::*;
use crate::modules::shared::access;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_access_module", Kind::Http, Presence::Default("http_access"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("allow", "http server location limit_except", "1", Custom(access::rule), "1.0.0", "",
        "Permits access from the given address, CIDR network, UNIX-domain sockets, or everyone; the first matching rule wins."),
    d("deny", "http server location limit_except", "1", Custom(access::rule), "1.0.0", "",
        "Refuses access from the given address, CIDR network, UNIX-domain sockets, or everyone; the first matching rule wins."),
];
