//! `ngx_http_spdy_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_spdy_module", Kind::Http, Presence::With("http_spdy"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("spdy_chunk_size", "http server location", "1", Size, "1.5.9", "8k",
        "Set the maximum size of SPDY response pieces; removed in 1.9.5, replaced by http2_chunk_size.")
        .last("1.9.4"),
    d("spdy_headers_comp", "http server", "1", Number, "1.3.15", "0",
        "Set the SPDY response header compression level; removed in 1.9.5, as HTTP/2 uses HPACK instead.")
        .last("1.9.4"),
    d("spdy_keepalive_timeout", "http server", "1", Msec, "1.3.15", "3m",
        "Set how long an idle SPDY connection stayed open; removed in 1.9.5, replaced by keepalive_timeout.")
        .last("1.9.4"),
    d("spdy_max_concurrent_streams", "http server", "1", Number, "1.3.15", "100",
        "Limited parallel streams per SPDY connection; removed in 1.9.5, replaced by http2_max_concurrent_streams.")
        .last("1.9.4"),
    d("spdy_pool_size", "http server", "1", Size, "1.3.15", "4k",
        "Set the memory pool size of a SPDY connection; removed in 1.9.5, replaced by http2_pool_size.")
        .last("1.9.4"),
    d("spdy_recv_buffer_size", "http", "1", Size, "1.3.15", "256k",
        "Set the SPDY input buffer size per worker; removed in 1.9.5, replaced by http2_recv_buffer_size.")
        .last("1.9.4"),
    d("spdy_recv_timeout", "http server", "1", Msec, "1.3.15", "30s",
        "Limited the wait for SPDY client data; removed in 1.9.5, client_header_timeout covers HTTP/2 now.")
        .last("1.9.4"),
    d("spdy_streams_index_size", "http server", "1", Number, "1.3.15", "32",
        "Set the hash size for SPDY stream lookup; removed in 1.9.5, replaced by http2_streams_index_size.")
        .last("1.9.4"),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("spdy", "1.3.15").last("1.9.4"),
    v("spdy_request_priority", "1.3.15").last("1.9.4"),
];
