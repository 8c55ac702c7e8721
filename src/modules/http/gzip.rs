//! `ngx_http_gzip_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_gzip_filter_module", Kind::Http, Presence::Default("http_gzip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("gzip", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Enables on-the-fly gzip compression of responses for clients that accept it."),
    d("gzip_buffers", "http server location", "2", Bufs, "1.0.0", "32 4k|16 8k",
        "Sets the number and size of the buffers used for compressing a response."),
    d("gzip_comp_level", "http server location", "1", Number, "1.0.0", "1",
        "Sets the compression level from 1, the fastest, to 9, the smallest output."), // TODO post &ngx_http_gzip_comp_level_bounds
    d("gzip_hash", "http server location", "1", Size, "1.0.0", "",
        "Sets the zlib hash memory per compressed response, from 512 to 128k; an undocumented tuning option."), // TODO post &ngx_http_gzip_hash_p
    d("gzip_min_length", "http server location", "1", Size, "1.0.0", "20",
        "Skips compression for responses whose Content-Length is below the given number of bytes."),
    d("gzip_no_buffer", "http server location", "flag", Flag, "1.0.0", "off",
        "Sends compressed output immediately without filling buffers first; an undocumented option for low latency."),
    d("gzip_types", "http server location", "1+", Unchecked, "1.0.0", "text/html",
        "Lists MIME types to compress in addition to text/html, which is always included."), // TODO ngx_http_types_slot
    d("gzip_window", "http server location", "1", Size, "1.0.0", "32k",
        "Sets the zlib window size per compressed response, from 512 to 32k; an undocumented tuning option."), // TODO post &ngx_http_gzip_window_p
    d("postpone_gzipping", "http server location", "1", Size, "1.0.0", "0",
        "Holds back compression until this many bytes have gathered; an undocumented tuning option."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("gzip_ratio", "1.0.0"),
];
