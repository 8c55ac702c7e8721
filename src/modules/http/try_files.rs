//! `ngx_http_try_files_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_try_files_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("try_files", "server location", "2+", Unchecked, "1.13.4", "",
        "Serves the first existing file or directory in the list, otherwise the last URI or status code."), // TODO ngx_http_try_files
];
