//! The third-party module auth_digest: HTTP digest authentication. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["auth-digest"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("auth_digest_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_digest", "http server location location-if limit_except", "1", Unchecked, "1.0.0", "off",
        "Asks for name and password by HTTP digest authentication, with this realm."),
    d("auth_digest_drop_time", "http server location location-if limit_except", "1", Sec, "1.0.0", "300s",
        "Sets how long a client is ignored that failed too often."),
    d("auth_digest_evasion_time", "http server location location-if limit_except", "1", Sec, "1.0.0", "300s",
        "Sets how long failed attempts of a client are remembered."),
    d("auth_digest_expires", "http server location location-if limit_except", "1", Sec, "1.0.0", "10s",
        "Sets how long a nonce may be used again after its first use."),
    d("auth_digest_maxtries", "http server location location-if limit_except", "1", Number, "1.0.0", "5",
        "Limits how many attempts of a client may fail before it is ignored."),
    d("auth_digest_replays", "http server location location-if limit_except", "1", Number, "1.0.0", "20",
        "Limits how many times a nonce may be used."),
    d("auth_digest_shm_size", "http server", "1", Size, "1.0.0", "4096k",
        "Sets the size of the shared memory that keeps nonces."),
    d("auth_digest_timeout", "http server location location-if limit_except", "1", Sec, "1.0.0", "60s",
        "Sets how long a nonce is good that was handed out and not used."),
    d("auth_digest_user_file", "http server location location-if limit_except", "1", Unchecked, "1.0.0", "",
        "Names the file with users, realms and digests of passwords."),
];
