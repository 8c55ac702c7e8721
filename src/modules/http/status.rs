//! `ngx_http_status_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_status_module", Kind::Http, Presence::With("http_status")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("status", "server location", "flag", Flag, "1.0.0", "",
        "Exposed extended status information in the commercial version; removed, replaced by the api directive.")
        .last("1.1.7"),
];
