//! `ngx_http_gzip_filter_module`.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    merge_location: Some(merge),
    ..Module::new("http_gzip_filter_module", Kind::Http, Presence::Default("http_gzip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("gzip", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Enables on-the-fly gzip compression of responses for clients that accept it."),
    d("gzip_buffers", "http server location", "2", Bufs, "1.0.0", "32 4k|16 8k",
        "Sets the number and size of the buffers used for compressing a response."),
    d("gzip_comp_level", "http server location", "1", Number, "1.0.0", "1",
        "Sets the compression level from 1, the fastest, to 9, the smallest output.").between(1, 9),
    d("gzip_hash", "http server location", "1", Size, "1.0.0", "",
        "Sets the zlib hash memory per compressed response, from 512 to 128k; an undocumented tuning option.").post(hash),
    d("gzip_min_length", "http server location", "1", Size, "1.0.0", "20",
        "Skips compression for responses whose Content-Length is below the given number of bytes."),
    d("gzip_no_buffer", "http server location", "flag", Flag, "1.0.0", "off",
        "Sends compressed output immediately without filling buffers first; an undocumented option for low latency."),
    d("gzip_types", "http server location", "1+", Custom(types_slot::types), "1.0.0", "text/html",
        "Lists MIME types to compress in addition to text/html, which is always included."),
    d("gzip_window", "http server location", "1", Size, "1.0.0", "32k",
        "Sets the zlib window size per compressed response, from 512 to 32k; an undocumented tuning option.").post(window),
    d("postpone_gzipping", "http server location", "1", Size, "1.0.0", "0",
        "Holds back compression until this many bytes have gathered; an undocumented tuning option."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("gzip_ratio", "1.0.0"),
];
fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "gzip_types", "text/html")
}

/// `ngx_http_gzip_window`
fn window(_: &mut Cx, call: &Call) -> Verdict {
    power(call, 32, "must be 512, 1k, 2k, 4k, 8k, 16k, or 32k")
}

/// `ngx_http_gzip_hash`
fn hash(_: &mut Cx, call: &Call) -> Verdict {
    power(call, 128, "must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k")
}

/// The size must be a power of two from 512 to `most` kilobytes.
fn power(call: &Call, most: u64, phrase: &str) -> Verdict {
    match values::size(call.arg(1)) {
        Some(size) if size.is_power_of_two() && (512..=most << 10).contains(&size) => Ok(()),
        _ => Err(Fault::directive(phrase).at(call.span(1))),
    }
}
