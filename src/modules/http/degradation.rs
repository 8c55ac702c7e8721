//! `ngx_http_degradation_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_degradation_module", Kind::Http, Presence::With("http_degradation"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("degradation", "http", "1", Unchecked, "1.0.0", "",
        "Sets the sbrk heap size above which nginx counts as degraded and starts refusing requests for memory reasons."), // TODO ngx_http_degradation
    d("degrade", "http server location", "1", Enum(&["204", "444"]), "1.0.0", "off",
        "Chooses whether this location answers 204 or 444 while the server is in the degraded memory state."),
];
