//! `ngx_regex_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("regex_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("pcre_jit", "main", "flag", Flag, "1.1.12", "off",
        "Compiles the regular expressions of the configuration just in time, which makes matching faster.")
        .was(&[was("1.9.15", "main", "1")]), // TODO post &ngx_regex_pcre_jit_post
];
