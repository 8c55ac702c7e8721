//! `ngx_http_userid_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_userid_filter_module", Kind::Http, Presence::Default("http_userid"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("userid", "http server location", "1", Enum(&["off", "log", "v1", "on"]), "1.0.0", "off",
        "Issues or only logs cookies that identify clients, in version 1 or version 2 format."),
    d("userid_domain", "http server location", "1", Str, "1.0.0", "none",
        "Sets the domain for which the client identification cookie is valid, or none."), // TODO post &ngx_http_userid_domain_p
    d("userid_expires", "http server location", "1", Unchecked, "1.0.0", "off",
        "Sets how long browsers keep the identification cookie; off limits it to the browser session."), // TODO ngx_http_userid_expires
    d("userid_flags", "http server location", "1 2 3", Mask(&["off", "secure", "httponly", "samesite=strict", "samesite=lax", "samesite=none"]), "1.19.3", "off",
        "Adds attributes such as secure, httponly and samesite to the client identification cookie."),
    d("userid_mark", "http server location", "1", Unchecked, "1.0.0", "off",
        "Sets a marker character in the cookie, so that expiry or P3P changes reissue it unchanged."), // TODO ngx_http_userid_mark
    d("userid_name", "http server location", "1", Str, "1.0.0", "uid",
        "Sets the name of the cookie that is used to identify clients."),
    d("userid_p3p", "http server location", "1", Str, "1.0.0", "none",
        "Sets the value of the P3P header that is sent along with the identification cookie."), // TODO post &ngx_http_userid_p3p_p
    d("userid_path", "http server location", "1", Str, "1.0.0", "/",
        "Sets the path for which the client identification cookie is valid."), // TODO post &ngx_http_userid_path_p
    d("userid_service", "http server location", "1", Number, "1.0.0", "",
        "Sets the number of the service that issued the cookie; version 2 otherwise uses the server address."),
];
