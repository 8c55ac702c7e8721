//! `ngx_google_perftools_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("google_perftools_module", Kind::Core, Presence::With("google_perftools"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("google_perftools_profiles", "main", "1", Str, "1.0.0", "",
        "Enables CPU profiling with Google Performance Tools and sets the file name prefix for worker profiles."),
];
