//! `ngx_http_v2_module`.

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
        "Sets the buffer size per request for body data received before the request is processed."), // TODO post &ngx_http_v2_preread_size_post
    d("http2_chunk_size", "http server location", "1", Size, "1.9.5", "8k",
        "Sets the maximum size of the DATA frame pieces into which HTTP/2 response bodies are cut."), // TODO post &ngx_http_v2_chunk_size_post
    d("http2_idle_timeout", "http server", "1", Unchecked, "1.9.5", "3m",
        "Closed HTTP/2 connections after this inactivity time; obsolete and ignored, use keepalive_timeout."), // TODO ngx_http_v2_obsolete
    d("http2_max_concurrent_pushes", "http server", "1", Unchecked, "1.13.9", "10",
        "Limited parallel server push requests per connection; obsolete and ignored since push was removed, without replacement."), // TODO ngx_http_v2_obsolete
    d("http2_max_concurrent_streams", "http server", "1", Number, "1.9.5", "128",
        "Limits the number of simultaneous HTTP/2 streams that a client may open on a connection."),
    d("http2_max_field_size", "http server", "1", Unchecked, "1.9.5", "4k",
        "Limited the size of one compressed request header field; obsolete and ignored, use large_client_header_buffers."), // TODO ngx_http_v2_obsolete
    d("http2_max_header_size", "http server", "1", Unchecked, "1.9.5", "16k",
        "Limited the total size of the decompressed request header; obsolete and ignored, use large_client_header_buffers."), // TODO ngx_http_v2_obsolete
    d("http2_max_requests", "http server", "1", Unchecked, "1.11.6", "1000",
        "Limited the requests served over one HTTP/2 connection; obsolete and ignored, use keepalive_requests."), // TODO ngx_http_v2_obsolete
    d("http2_pool_size", "http server", "1", Size, "1.9.5", "4k",
        "Sets the initial memory pool size of an HTTP/2 connection; an undocumented tuning option."), // TODO post &ngx_http_v2_pool_size_post
    d("http2_push", "http server location", "1", Unchecked, "1.13.9", "off",
        "Pushed the given URI along with the response; obsolete since 1.25.1, send preload links or early hints."), // TODO ngx_http_v2_obsolete
    d("http2_push_preload", "http server location", "flag", Unchecked, "1.13.9", "off",
        "Turned preload links of the Link header into server pushes; obsolete since 1.25.1, without replacement."), // TODO ngx_http_v2_obsolete
    d("http2_recv_buffer_size", "http", "1", Size, "1.9.5", "256k",
        "Sets the size of the input buffer that each worker uses for HTTP/2 connections."), // TODO post &ngx_http_v2_recv_buffer_size_post
    d("http2_recv_timeout", "http server", "1", Unchecked, "1.9.5", "30s",
        "Limited the waiting time for more HTTP/2 client data; obsolete and ignored, use client_header_timeout."), // TODO ngx_http_v2_obsolete
    d("http2_streams_index_size", "http server", "1", Number, "1.9.5", "32",
        "Sets the hash size, a power of two, for finding HTTP/2 streams of a connection; undocumented."), // TODO post &ngx_http_v2_streams_index_mask_post
    d("spdy_chunk_size", "http server location", "1", Unchecked, "1.9.5", "8k",
        "Obsolete SPDY chunk size setting, accepted with a warning for a while; replaced by http2_chunk_size.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_headers_comp", "http server", "1", Unchecked, "1.9.5", "0",
        "Obsolete SPDY header compression level, accepted with a warning for a while; HTTP/2 uses HPACK instead.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_keepalive_timeout", "http server", "1", Unchecked, "1.9.5", "3m",
        "Obsolete SPDY idle timeout, accepted with a warning for a while; replaced by keepalive_timeout.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_max_concurrent_streams", "http server", "1", Unchecked, "1.9.5", "100",
        "Obsolete SPDY stream limit, accepted with a warning for a while; replaced by http2_max_concurrent_streams.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_pool_size", "http server", "1", Unchecked, "1.9.5", "4k",
        "Obsolete SPDY memory pool size, accepted with a warning for a while; replaced by http2_pool_size.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_recv_buffer_size", "http", "1", Unchecked, "1.9.5", "256k",
        "Obsolete SPDY input buffer size, accepted with a warning for a while; replaced by http2_recv_buffer_size.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_recv_timeout", "http server", "1", Unchecked, "1.9.5", "30s",
        "Obsolete SPDY receive timeout, accepted with a warning for a while; client_header_timeout covers HTTP/2 now.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
    d("spdy_streams_index_size", "http server", "1", Unchecked, "1.9.5", "32",
        "Obsolete SPDY stream hash size, accepted with a warning for a while; replaced by http2_streams_index_size.")
        .last("1.19.6"), // TODO ngx_http_v2_spdy_deprecated
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("http2", "1.9.5"),
];
