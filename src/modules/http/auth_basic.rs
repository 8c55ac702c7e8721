//! `ngx_http_auth_basic_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_auth_basic_module", Kind::Http, Presence::Default("http_auth_basic"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_basic", "http server location limit_except", "1", Complex, "1.0.0", "off",
        "Protects a location with HTTP Basic authentication under the given realm, or switches inherited protection off."),
    d("auth_basic_user_file", "http server location limit_except", "1", Complex, "1.0.0", "",
        "Names the password file with user names and hashed passwords used for Basic authentication."),
];
