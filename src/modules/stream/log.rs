//! `ngx_stream_log_module`.

use crate::modules::prelude::*;
use crate::modules::shared::{access_log, log_format};

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("stream_log_module", Kind::Stream, Presence::With("stream")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("access_log", "stream stream-server", "1+", Custom(access_log::access_log), "1.11.4", "off",
        "Turns on session logging for stream traffic and picks the file, format and buffering."),
    d("log_format", "stream", "2+", Custom(log_format::log_format), "1.11.4", "",
        "Defines a named layout of variables for stream session log lines."),
    d("open_log_file_cache", "stream stream-server", "1 2 3 4", Custom(access_log::open_log_file_cache), "1.11.4", "off",
        "Keeps descriptors of log files with variable names open so they need not be reopened."),
];
