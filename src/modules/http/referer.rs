//! `ngx_http_referer_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_referer_module", Kind::Http, Presence::Default("http_referer"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("referer_hash_bucket_size", "server location", "1", Number, "1.0.5", "64",
        "Sets the bucket size of the hash table built for valid_referers names."),
    d("referer_hash_max_size", "server location", "1", Number, "1.0.5", "2048",
        "Sets the maximum size of the hash table built for valid_referers names."),
    d("valid_referers", "server location", "1+", Unchecked, "1.0.0", "",
        "Lists acceptable Referer values; the $invalid_referer variable becomes 1 when none of them matches."), // TODO ngx_http_valid_referers
];
