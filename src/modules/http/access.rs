//! `ngx_http_access_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_access_module", Kind::Http, Presence::Default("http_access"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("allow", "http server location limit_except", "1", Unchecked, "1.0.0", "",
        "Permits access from the given address, CIDR network, UNIX-domain sockets, or everyone; the first matching rule wins."), // TODO ngx_http_access_rule
    d("deny", "http server location limit_except", "1", Unchecked, "1.0.0", "",
        "Refuses access from the given address, CIDR network, UNIX-domain sockets, or everyone; the first matching rule wins."), // TODO ngx_http_access_rule
];
