//! `ngx_stream_core_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("stream_core_module", Kind::Stream, Presence::With("stream"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("error_log", "stream stream-server", "1+", Unchecked, "1.9.0", "logs/error.log error",
        "Chooses where stream errors are written and the lowest severity that is recorded."), // TODO ngx_stream_core_error_log
    d("listen", "stream-server", "1+", Unchecked, "1.9.0", "",
        "Binds a stream server to an address, port or UNIX socket, with options such as udp."), // TODO ngx_stream_core_listen
    d("preread_buffer_size", "stream stream-server", "1", Size, "1.11.5", "16k",
        "Sets the buffer size for data inspected in the preread phase before proxying starts."),
    d("preread_timeout", "stream stream-server", "1", Msec, "1.11.5", "30s",
        "Limits how long the preread phase may wait for enough client data."),
    d("proxy_protocol_timeout", "stream stream-server", "1", Msec, "1.11.4", "30s",
        "Limits how long nginx waits for a complete PROXY protocol header from the peer."),
    d("resolver", "stream stream-server", "1+", Unchecked, "1.11.3", "",
        "Sets the DNS servers that stream servers use to resolve upstream names at run time."), // TODO ngx_stream_core_resolver
    d("resolver_timeout", "stream stream-server", "1", Msec, "1.11.3", "30s",
        "Limits how long a DNS lookup made by stream servers may take."),
    d("server", "stream", "block 0", Custom(server), "1.9.0", "",
        "Opens a block that configures one virtual server for TCP or UDP traffic."),
    d("server_name", "stream-server", "1+", Unchecked, "1.25.5", "",
        "Lists the names by which TLS connections with SNI are matched to this virtual server."), // TODO ngx_stream_core_server_name
    d("server_names_hash_bucket_size", "stream", "1", Number, "1.25.5", "32|64|128",
        "Sets the bucket size of the hash table holding stream server names."),
    d("server_names_hash_max_size", "stream", "1", Number, "1.25.5", "512",
        "Sets the upper limit on the size of the hash table of stream server names."),
    d("tcp_nodelay", "stream stream-server", "flag", Flag, "1.9.4", "on",
        "Sends small segments at once on client and upstream connections instead of delaying them."),
    d("variables_hash_bucket_size", "stream", "1", Number, "1.11.2", "64",
        "Sets the bucket size of the hash table that holds stream variables."),
    d("variables_hash_max_size", "stream", "1", Number, "1.11.2", "1024",
        "Sets the upper limit on the size of the hash table of stream variables."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("binary_remote_addr", "1.11.2"),
    v("bytes_received", "1.11.4"),
    v("bytes_sent", "1.11.2"),
    v("connection", "1.11.2"),
    v("hostname", "1.11.2"),
    v("msec", "1.11.2"),
    v("nginx_version", "1.11.2"),
    v("pid", "1.11.2"),
    v("protocol", "1.11.4"),
    v("proxy_protocol_addr", "1.11.4"),
    v("proxy_protocol_port", "1.11.4"),
    v("proxy_protocol_server_addr", "1.17.6"),
    v("proxy_protocol_server_port", "1.17.6"),
    v("proxy_protocol_tlv_", "1.23.2").prefix(),
    v("remote_addr", "1.11.2"),
    v("remote_port", "1.11.2"),
    v("server_addr", "1.11.2"),
    v("server_name", "1.25.5"),
    v("server_port", "1.11.2"),
    v("session_time", "1.11.4"),
    v("status", "1.11.4"),
    v("time_iso8601", "1.11.2"),
    v("time_local", "1.11.2"),
];

fn server(cx: &mut Cx, call: &Call) -> Verdict {
    cx.block(call, Contexts::STREAM_SERVER).map(drop)
}
