//! `ngx_http_v2_module`.

use super::core::settings::pool_size;
use crate::modules::Version;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_v2_module", Kind::Http, Presence::With("http_v2"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("http2", "http server", "flag", Flag, "1.25.1", "off",
        "Enables HTTP/2 for the server; replaces the former http2 parameter of listen."),
    d("http2_body_preread_size", "http server", "1", Size, "1.10.2", "64k",
        "Sets the buffer size per request for body data received before the request is processed.")
        .post(preread_size),
    d("http2_chunk_size", "http server location", "1", Size, "1.9.5", "8k",
        "Sets the maximum size of the DATA frame pieces into which HTTP/2 response bodies are cut.")
        .post(chunk_size),
    d("http2_idle_timeout", "http server", "1", Msec, "1.9.5", "3m",
        "Closed HTTP/2 connections after this inactivity time; obsolete and ignored, use keepalive_timeout.")
        .last("1.19.6"),
    d("http2_idle_timeout", "http server", "1", Custom(obsolete), "1.19.7", "3m",
        "Closed HTTP/2 connections after this inactivity time; obsolete and ignored, use keepalive_timeout."),
    d("http2_max_concurrent_pushes", "http server", "1", Number, "1.13.9", "10",
        "Limited parallel server push requests per connection; obsolete and ignored since push was removed, without replacement.")
        .last("1.25.0"),
    d("http2_max_concurrent_pushes", "http server", "1", Custom(obsolete), "1.25.1", "10",
        "Limited parallel server push requests per connection; obsolete and ignored since push was removed, without replacement."),
    d("http2_max_concurrent_streams", "http server", "1", Number, "1.9.5", "128",
        "Limits the number of simultaneous HTTP/2 streams that a client may open on a connection."),
    d("http2_max_field_size", "http server", "1", Size, "1.9.5", "4k",
        "Limited the size of one compressed request header field; obsolete and ignored, use large_client_header_buffers.")
        .last("1.19.6"),
    d("http2_max_field_size", "http server", "1", Custom(obsolete), "1.19.7", "4k",
        "Limited the size of one compressed request header field; obsolete and ignored, use large_client_header_buffers."),
    d("http2_max_header_size", "http server", "1", Size, "1.9.5", "16k",
        "Limited the total size of the decompressed request header; obsolete and ignored, use large_client_header_buffers.")
        .last("1.19.6"),
    d("http2_max_header_size", "http server", "1", Custom(obsolete), "1.19.7", "16k",
        "Limited the total size of the decompressed request header; obsolete and ignored, use large_client_header_buffers."),
    d("http2_max_requests", "http server", "1", Number, "1.11.6", "1000",
        "Limited the requests served over one HTTP/2 connection; obsolete and ignored, use keepalive_requests.")
        .last("1.19.6"),
    d("http2_max_requests", "http server", "1", Custom(obsolete), "1.19.7", "1000",
        "Limited the requests served over one HTTP/2 connection; obsolete and ignored, use keepalive_requests."),
    d("http2_pool_size", "http server", "1", Size, "1.9.5", "4k",
        "Sets the initial memory pool size of an HTTP/2 connection; an undocumented tuning option.")
        .post(pool_size),
    d("http2_push", "http server location", "1", Custom(push), "1.13.9", "off",
        "Pushed the given URI along with the response; obsolete since 1.25.1, send preload links or early hints.")
        .last("1.25.0"),
    d("http2_push", "http server location", "1", Custom(obsolete), "1.25.1", "off",
        "Pushed the given URI along with the response; obsolete since 1.25.1, send preload links or early hints."),
    d("http2_push_preload", "http server location", "flag", Flag, "1.13.9", "off",
        "Turned preload links of the Link header into server pushes; obsolete since 1.25.1, without replacement.")
        .last("1.25.0"),
    d("http2_push_preload", "http server location", "flag", Custom(obsolete), "1.25.1", "off",
        "Turned preload links of the Link header into server pushes; obsolete since 1.25.1, without replacement."),
    d("http2_recv_buffer_size", "http", "1", Size, "1.9.5", "256k",
        "Sets the size of the input buffer that each worker uses for HTTP/2 connections.")
        .post(recv_buffer_size),
    d("http2_recv_timeout", "http server", "1", Msec, "1.9.5", "30s",
        "Limited the waiting time for more HTTP/2 client data; obsolete and ignored, use client_header_timeout.")
        .last("1.19.6"),
    d("http2_recv_timeout", "http server", "1", Custom(obsolete), "1.19.7", "30s",
        "Limited the waiting time for more HTTP/2 client data; obsolete and ignored, use client_header_timeout."),
    d("http2_streams_index_size", "http server", "1", Number, "1.9.5", "32",
        "Sets the hash size, a power of two, for finding HTTP/2 streams of a connection; undocumented.")
        .post(streams_index_size),
    d("spdy_chunk_size", "http server location", "1", Custom(superseded), "1.9.5", "8k",
        "Obsolete SPDY chunk size setting, accepted with a warning for a while; replaced by http2_chunk_size.")
        .last("1.19.6"),
    d("spdy_headers_comp", "http server", "1", Custom(superseded), "1.9.5", "0",
        "Obsolete SPDY header compression level, accepted with a warning for a while; HTTP/2 uses HPACK instead.")
        .last("1.19.6"),
    d("spdy_keepalive_timeout", "http server", "1", Custom(superseded), "1.9.5", "3m",
        "Obsolete SPDY idle timeout, accepted with a warning for a while; replaced by keepalive_timeout.")
        .last("1.19.6"),
    d("spdy_max_concurrent_streams", "http server", "1", Custom(superseded), "1.9.5", "100",
        "Obsolete SPDY stream limit, accepted with a warning for a while; replaced by http2_max_concurrent_streams.")
        .last("1.19.6"),
    d("spdy_pool_size", "http server", "1", Custom(superseded), "1.9.5", "4k",
        "Obsolete SPDY memory pool size, accepted with a warning for a while; replaced by http2_pool_size.")
        .last("1.19.6"),
    d("spdy_recv_buffer_size", "http", "1", Custom(superseded), "1.9.5", "256k",
        "Obsolete SPDY input buffer size, accepted with a warning for a while; replaced by http2_recv_buffer_size.")
        .last("1.19.6"),
    d("spdy_recv_timeout", "http server", "1", Custom(superseded), "1.9.5", "30s",
        "Obsolete SPDY receive timeout, accepted with a warning for a while; client_header_timeout covers HTTP/2 now.")
        .last("1.19.6"),
    d("spdy_streams_index_size", "http server", "1", Custom(superseded), "1.9.5", "32",
        "Obsolete SPDY stream hash size, accepted with a warning for a while; replaced by http2_streams_index_size.")
        .last("1.19.6"),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("http2", "1.9.5"),
];

/// What to use instead, where there is something.
const INSTEAD: &[(&str, &str)] = &[
    ("http2_recv_timeout", "client_header_timeout"),
    ("http2_idle_timeout", "keepalive_timeout"),
    ("http2_max_requests", "keepalive_requests"),
    ("http2_max_field_size", "large_client_header_buffers"),
    ("http2_max_header_size", "large_client_header_buffers"),
];

/// `ngx_http_v2_obsolete`: the value is not even looked at.
fn obsolete(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.name();
    let message = match INSTEAD.iter().find(|(old, _)| *old == name) {
        Some((_, new)) => format!("the \"{name}\" directive is obsolete, use the \"{new}\" directive instead"),
        None => format!("the \"{name}\" directive is obsolete, ignored"),
    };
    cx.warn(Fault::warn(message).at(call.span(0)));
    cx.keep(call, Value::Words);
    Ok(())
}

/// `ngx_http_v2_spdy_deprecated`
fn superseded(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.name();
    let message = format!("invalid directive \"{name}\": ngx_http_spdy_module was superseded by ngx_http_v2_module");
    cx.warn(Fault::warn(message).at(call.span(0)));
    Ok(())
}

/// `ngx_http_v2_push`, while nginx pushed.
fn push(cx: &mut Cx, call: &Call) -> Verdict {
    let first = cx.config.scope(cx.scope).setting("http2_push").map(|first| (first.arg(1) == "off", first.span()));
    let phrase = match (call.arg(1), first) {
        ("off", Some((true, _))) => Some("is duplicate"),
        ("off", Some(_)) => Some("\"off\" parameter cannot be used with URI"),
        (_, Some((true, _))) => Some("URI cannot be used with \"off\" parameter"),
        _ => None,
    };
    if let (Some(phrase), Some((_, span))) = (phrase, first) {
        return Err(Fault::directive(phrase).at(call.span(0)).related(span, "first set here"));
    }
    if call.arg(1) != "off" {
        cx.complex(&call.words[1])?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn size(call: &Call) -> u64 {
    values::size(call.arg(1)).unwrap_or_default()
}

/// `ngx_http_v2_recv_buffer_size`
fn recv_buffer_size(cx: &mut Cx, call: &Call) -> Verdict {
    /// Before, the buffer held the state twice.
    const ONCE: Version = Version::read("1.25.3");
    let state = if cx.target.version < ONCE { 32 } else { 16 };
    if size(call) <= state {
        return Err(Fault::directive("value is too small").at(call.span(1)));
    }
    Ok(())
}

/// `ngx_http_v2_preread_size`
fn preread_size(_: &mut Cx, call: &Call) -> Verdict {
    /// The largest window of HTTP/2.
    const WINDOW: u64 = (1 << 31) - 1;
    if size(call) > WINDOW {
        let message = format!("the maximum body preread buffer size is {WINDOW}");
        return Err(Fault::emerg(message).at(call.span(1)));
    }
    Ok(())
}

/// `ngx_http_v2_streams_index_mask`
fn streams_index_size(_: &mut Cx, call: &Call) -> Verdict {
    match values::number(call.arg(1)) {
        Some(number) if number.cast_unsigned().is_power_of_two() => Ok(()),
        _ => Err(Fault::directive("must be a power of two").at(call.span(1))),
    }
}

/// `ngx_http_v2_chunk_size`
fn chunk_size(_: &mut Cx, call: &Call) -> Verdict {
    if size(call) == 0 {
        return Err(Fault::emerg("the http2 chunk size cannot be zero").at(call.span(1)));
    }
    Ok(())
}
