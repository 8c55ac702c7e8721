//! `ngx_stream_proxy_module`: where a stream goes.

use crate::modules::prelude::*;
use crate::modules::shared::{named, pass, proxy_ssl, upstream};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_server: Some(merge),
    ..Module::new("stream_proxy_module", Kind::Stream, Presence::With("stream"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("proxy_bind", "stream stream-server", "1 2", Custom(upstream::bind), "1.9.2", "",
        "Sets the local address, optionally transparent, from which connections to the upstream are made.")
        .was(&[was("1.11.0", "stream stream-server", "1")]),
    d("proxy_buffer_size", "stream stream-server", "1", Custom(buffer_size), "1.9.4", "16k",
        "Sets the size of the buffers that read data from the upstream and from the client."),
    d("proxy_connect_timeout", "stream stream-server", "1", Msec, "1.9.0", "60s",
        "Limits how long nginx waits for a connection to the upstream to be established."),
    d("proxy_download_rate", "stream stream-server", "1", ComplexSize, "1.9.3", "0",
        "Limits how fast data is read from the upstream, in bytes per second per connection."),
    d("proxy_downstream_buffer", "stream stream-server", "1", Custom(buffer_size), "1.9.0", "16k",
        "Old name of proxy_buffer_size that sized the buffer reading data from the client."),
    d("proxy_half_close", "stream stream-server", "flag", Flag, "1.21.4", "off",
        "Lets each direction of a TCP session be closed independently of the other."),
    d("proxy_next_upstream", "stream stream-server", "flag", Flag, "1.9.0", "on",
        "Controls whether a failed connection to one upstream server is retried on the next."),
    d("proxy_next_upstream_timeout", "stream stream-server", "1", Msec, "1.9.0", "0",
        "Limits the total time for trying further upstream servers, where zero means no limit."),
    d("proxy_next_upstream_tries", "stream stream-server", "1", Number, "1.9.0", "0",
        "Limits how many upstream servers may be tried for one connection, where zero means all."),
    d("proxy_pass", "stream-server", "1", Custom(pass::stream), "1.9.0", "",
        "Sets the address, socket or upstream group to which stream sessions are forwarded."),
    d("proxy_protocol", "stream stream-server", "flag", Flag, "1.9.2", "off",
        "Sends a PROXY protocol header with the client address to the upstream server."),
    d("proxy_requests", "stream stream-server", "1", Number, "1.15.7", "0",
        "Ends the binding of a UDP client to its session after this many datagrams."),
    d("proxy_responses", "stream stream-server", "1", Number, "1.9.13", "",
        "Tells how many datagrams to expect from the upstream in reply to each client datagram."),
    d("proxy_socket_keepalive", "stream stream-server", "flag", Flag, "1.15.6", "off",
        "Enables TCP keepalive probes on the connections that nginx opens to the upstream."),
    d("proxy_socket_rcvbuf", "stream stream-server", "1", Size, "1.31.3", "",
        "Sets the kernel receive buffer size of sockets connected to the upstream."),
    d("proxy_socket_sndbuf", "stream stream-server", "1", Size, "1.31.3", "",
        "Sets the kernel send buffer size of sockets connected to the upstream."),
    d("proxy_ssl", "stream stream-server", "flag", Flag, "1.9.0", "off",
        "Encrypts the connection to the upstream server with TLS before relaying data."),
    d("proxy_ssl_alpn", "stream stream-server", "1+", Custom(alpn), "1.31.0", "",
        "Lists the ALPN protocols that nginx offers to the upstream during the TLS handshake."),
    d("proxy_ssl_certificate", "stream stream-server", "1", ComplexZero, "1.9.0", "",
        "Names the PEM certificate that nginx presents when the upstream asks for one."),
    d("proxy_ssl_certificate_cache", "stream stream-server", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches upstream client certificates and keys whose file names contain variables."),
    d("proxy_ssl_certificate_key", "stream stream-server", "1", ComplexZero, "1.9.0", "",
        "Names the PEM private key for the certificate presented to the upstream."),
    d("proxy_ssl_ciphers", "stream stream-server", "1", Str, "1.9.0", "DEFAULT",
        "Lists the ciphers that nginx may use for TLS connections to the upstream."),
    d("proxy_ssl_conf_command", "stream stream-server", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to TLS connections with the upstream."),
    d("proxy_ssl_crl", "stream stream-server", "1", Str, "1.9.0", "",
        "Names the revocation list file used when checking the upstream server certificate."),
    d("proxy_ssl_name", "stream stream-server", "1", Complex, "1.9.0", "",
        "Overrides the host name used for SNI and for verifying the upstream certificate."),
    d("proxy_ssl_password_file", "stream stream-server", "1", Custom(proxy_ssl::password_file), "1.9.0", "",
        "Names the file with passphrases for the encrypted key presented to the upstream."),
    d("proxy_ssl_protocols", "stream stream-server", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.9.0", "TLSv1.2 TLSv1.3",
        "Lists the TLS versions that nginx may use when connecting to the upstream."),
    d("proxy_ssl_server_name", "stream stream-server", "flag", Flag, "1.9.0", "off",
        "Sends the server name to the upstream through the SNI extension during the handshake."),
    d("proxy_ssl_session_reuse", "stream stream-server", "flag", Flag, "1.9.0", "on",
        "Reuses earlier TLS sessions with the upstream so that handshakes cost less."),
    d("proxy_ssl_trusted_certificate", "stream stream-server", "1", Str, "1.9.0", "",
        "Names the CA bundle used to check the certificate of the upstream server."),
    d("proxy_ssl_verify", "stream stream-server", "flag", Flag, "1.9.0", "off",
        "Turns on checking of the upstream server certificate before any data is relayed."),
    d("proxy_ssl_verify_depth", "stream stream-server", "1", Number, "1.9.0", "1",
        "Limits how long the certificate chain of the upstream server may be."),
    d("proxy_timeout", "stream stream-server", "1", Msec, "1.9.0", "10m",
        "Closes the session when neither client nor upstream sends data for this long."),
    d("proxy_upload_rate", "stream stream-server", "1", ComplexSize, "1.9.3", "0",
        "Limits how fast data is read from the client, in bytes per second per connection."),
    d("proxy_upstream_buffer", "stream stream-server", "1", Custom(buffer_size), "1.9.0", "16k",
        "Old name of proxy_buffer_size that sized the buffer reading data from the upstream."),
];

/// One size under three names, two of them old.
fn buffer_size(cx: &mut Cx, call: &Call) -> Verdict {
    const NAMES: [&str; 3] = ["proxy_buffer_size", "proxy_downstream_buffer", "proxy_upstream_buffer"];
    for name in NAMES {
        if let Some(first) = cx.config.scope(cx.scope).setting(name) {
            let fault = Fault::directive("is duplicate").at(call.span(0));
            return Err(fault.related(first.span(), "first set here"));
        }
    }
    let size = values::size(call.arg(1)).ok_or_else(|| Fault::directive("invalid value").at(call.span(1)))?;
    cx.keep(call, Value::Size(size));
    if call.name() != NAMES[0] {
        let message =
            format!("the \"{}\" directive is deprecated, use the \"{}\" directive instead", call.name(), NAMES[0]);
        cx.warn(Fault::warn(message).at(call.span(0)));
    }
    Ok(())
}

fn alpn(cx: &mut Cx, call: &Call) -> Verdict {
    /// A protocol's name has one byte for its length.
    const LONGEST: usize = 255;
    cx.once(call)?;
    cx.keep(call, Value::Words);
    let mut protocols = Vec::new();
    for word in call.args() {
        let text = cx.complex(word)?;
        if !text.is_dynamic() && word.value.len() > LONGEST {
            return Err(Fault::directive("protocol too long").at(word.span));
        }
        protocols.push(text);
    }
    named::put(cx, call.name(), protocols);
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if cx.config.flag(scope, "proxy_ssl", false) { proxy_ssl::judge(cx, "proxy") } else { Ok(()) }
}
