//! `ngx_openssl_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("openssl_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl_engine", "main", "1", Unchecked, "1.0.0", "",
        "Names the OpenSSL engine, normally a hardware accelerator, that performs cryptographic operations."), // TODO ngx_openssl_engine
];
