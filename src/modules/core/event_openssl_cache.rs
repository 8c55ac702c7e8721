//! `ngx_openssl_cache_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("openssl_cache_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl_object_cache_inheritable", "main", "flag", Flag, "1.27.4", "on",
        "Lets a reload reuse unchanged certificates, keys and CRLs loaded by the previous configuration."),
];
