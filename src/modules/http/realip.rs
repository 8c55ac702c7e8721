//! `ngx_http_realip_module`.

use crate::modules::prelude::*;
use crate::modules::shared::realip;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_realip_module", Kind::Http, Presence::With("http_realip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("real_ip_header", "http server location", "1", Str, "1.0.0", "X-Real-IP",
        "Chooses the request header, or PROXY protocol, from which the real client address is taken."),
    d("real_ip_recursive", "http server location", "flag", Flag, "1.2.2", "off",
        "Skips all trusted addresses in the header and uses the last untrusted one as client address."),
    d("set_real_ip_from", "http server location", "1", Custom(realip::set_real_ip_from), "1.0.0", "",
        "Trusts the given address or network to send the correct client address in the header."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("realip_remote_addr", "1.9.7"),
    v("realip_remote_port", "1.11.0"),
];
