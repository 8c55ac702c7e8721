//! `ngx_mail_auth_http_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_auth_http_module", Kind::Mail, Presence::With("mail")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_http", "mail mail-server", "1", Unchecked, "1.0.0", "",
        "Gives the URL of the HTTP service that authenticates mail users and picks their backend."), // TODO ngx_mail_auth_http
    d("auth_http_header", "mail mail-server", "2", Unchecked, "1.0.0", "",
        "Adds a fixed header to every authentication request, for example a shared secret."), // TODO ngx_mail_auth_http_header
    d("auth_http_pass_client_cert", "mail mail-server", "flag", Flag, "1.7.11", "off",
        "Passes the client certificate in PEM form to the authentication service in a header."),
    d("auth_http_timeout", "mail mail-server", "1", Msec, "1.0.0", "60s",
        "Limits how long nginx waits on the mail authentication service before giving up."),
];
