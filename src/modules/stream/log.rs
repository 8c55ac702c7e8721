//! `ngx_stream_log_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("stream_log_module", Kind::Stream, Presence::With("stream")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("access_log", "stream stream-server", "1+", Unchecked, "1.11.4", "off",
        "Turns on session logging for stream traffic and picks the file, format and buffering."), // TODO ngx_stream_log_set_log
    d("log_format", "stream", "2+", Unchecked, "1.11.4", "",
        "Defines a named layout of variables for stream session log lines."), // TODO ngx_stream_log_set_format
    d("open_log_file_cache", "stream stream-server", "1 2 3 4", Unchecked, "1.11.4", "off",
        "Keeps descriptors of log files with variable names open so they need not be reopened."), // TODO ngx_stream_log_open_file_cache
];
