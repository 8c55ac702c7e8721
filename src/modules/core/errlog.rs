//! `ngx_errlog_module`.

use crate::modules::prelude::*;
use crate::modules::shared::error_log;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("errlog_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("error_log", "main", "1+", Custom(error_log::set), "1.0.0", "logs/error.log error",
        "Sets the file, syslog server, stderr or memory buffer for error messages and the minimum severity logged."),
];
