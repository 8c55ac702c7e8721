//! `ngx_http_mp4_module`.

use crate::modules::prelude::*;
use crate::modules::shared::handler::handler;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_mp4_module", Kind::Http, Presence::With("http_mp4")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("mp4", "location", "0", Custom(handler), "1.0.7", "",
        "Enables pseudo-streaming of MP4 files in a location, using start and end time arguments."),
    d("mp4_buffer_size", "http server location", "1", Size, "1.0.7", "512K",
        "Sets the initial size of the buffer used for processing MP4 files."),
    d("mp4_max_buffer_size", "http server location", "1", Size, "1.0.7", "10M",
        "Limits the buffer for MP4 metadata; larger metadata makes the request fail with error 500."),
    d("mp4_start_key_frame", "http server location", "flag", Flag, "1.21.4", "off",
        "Makes MP4 output begin with a key frame, hiding the extra part with an edit list."),
];
