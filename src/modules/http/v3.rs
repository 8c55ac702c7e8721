//! `ngx_http_v3_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_v3_module", Kind::Http, Presence::With("http_v3"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("http3", "http server", "flag", Flag, "1.25.0", "on",
        "Enables HTTP/3 negotiation on listening sockets that are opened with the quic parameter."),
    d("http3_hq", "http server", "flag", Flag, "1.25.0", "off",
        "Enables HTTP/0.9 over QUIC, the hq protocol used by QUIC interoperability tests."),
    d("http3_max_concurrent_streams", "http server", "1", Number, "1.25.0", "128",
        "Limits the number of simultaneous HTTP/3 request streams that a client may open on a connection."),
    d("http3_stream_buffer_size", "http server", "1", Size, "1.25.0", "64k",
        "Sets the size of the read and write buffers used for each QUIC stream."),
    d("quic_active_connection_id_limit", "http server", "1", Number, "1.25.0", "2",
        "Sets how many QUIC connection IDs nginx stores per connection, as announced to the client."),
    d("quic_gso", "http server", "flag", Flag, "1.25.0", "off",
        "Sends QUIC packets in batches using UDP segmentation offload, where kernel and network card support it."),
    d("quic_host_key", "http server", "1", Custom(host_key), "1.25.0", "",
        "Sets the file with the secret for QUIC tokens; without it a random key is made per reload."),
    d("quic_retry", "http server", "flag", Flag, "1.25.0", "off",
        "Validates client addresses with a QUIC Retry packet before a new connection is accepted."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("http3", "1.25.0"),
];

/// `ngx_http_quic_host_key`
fn host_key(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let (path, span) = (cx.conf_path(call.arg(1)), call.span(1));
    match cx.host.read(&path) {
        Err(refusal) => {
            return Err(Fault::emerg(format!("open() \"{path}\" failed ({refusal})")).at(span).of_host());
        }
        Ok(key) if key.is_empty() && cx.host.is_real() => {
            return Err(Fault::emerg(format!("\"{path}\" zero key size")).at(span).of_host());
        }
        Ok(_) => {}
    }
    cx.keep(call, Value::Words);
    Ok(())
}
