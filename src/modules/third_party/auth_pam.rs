//! The third-party module auth-pam: passwords that PAM checks. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["auth-pam"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("auth_pam_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_pam", "http server location limit_except", "1", Str, "1.0.0", "",
        "Asks for a user name and password, for this realm, and lets PAM check them."),
    d("auth_pam_service_name", "http server location limit_except", "1", Str, "1.0.0", "nginx",
        "Sets the PAM service that checks passwords."),
    d("auth_pam_set_pam_env", "http server location limit_except", "flag", Flag, "1.0.0", "off",
        "Hands host and request over to PAM as environment variables."),
];
