//! `ngx_http_log_module`.

use crate::modules::prelude::*;
use crate::modules::shared::{access_log, log_format};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(access_log::default_log),
    ..Module::new("http_log_module", Kind::Http, Presence::Always)
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("access_log", "http server location location-if limit_except", "1+", Custom(access_log::access_log), "1.0.0", "logs/access.log combined",
        "Sets where requests are logged, in which format, with optional buffering, compression and condition, or disables logging.")
        .was(&[was("1.2.7", "http server location location-if limit_except", "1 2 3"), was("1.3.0", "http server location location-if limit_except", "1+"), was("1.3.10", "http server location location-if limit_except", "1 2 3")]),
    d("log_format", "http", "2+", Custom(log_format::log_format), "1.0.0", "combined ...",
        "Defines a named access log format from text and variables, with optional JSON escaping.")
        .was(&[was("1.7.8", "http server location", "2+")]),
    d("open_log_file_cache", "http server location", "1 2 3 4", Custom(access_log::open_log_file_cache), "1.0.0", "off",
        "Caches open descriptors of access logs whose names contain variables, avoiding repeated opening."),
];
