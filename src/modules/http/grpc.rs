//! `ngx_http_grpc_module`: requests to gRPC servers.

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::passing::Family;
use crate::modules::shared::upstream_headers::{Hidden, Lines};
use crate::modules::shared::{proxy_ssl, upstream};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    variables: VARIABLES,
    ..Module::new("http_grpc_module", Kind::Http, Presence::Default("http_grpc"))
};

/// The first version that removes `Proxy-Connection`.
const PROXY_CONNECTION: Version = Version::read("1.31.0");
/// Before the first version.
const EVER: Version = Version::read("0.0.0");

/// What `grpc_pass` has in common with its kin.
pub static FAMILY: Family = Family {
    prefix: "grpc",
    protocol: Protocol::Grpc,
    buffers: None,
    cache: None,
    hidden: Hidden {
        hide: "grpc_hide_header",
        pass: "grpc_pass_header",
        table: "grpc_headers_hash",
        defaults: &[
            "Date",
            "Server",
            "X-Accel-Expires",
            "X-Accel-Redirect",
            "X-Accel-Limit-Rate",
            "X-Accel-Buffering",
            "X-Accel-Charset",
        ],
    },
    body: None,
    lines: Lines {
        directive: "grpc_set_header",
        table: "grpc_headers_hash",
        marked: "",
        defaults: &[
            ("Content-Length", EVER),
            ("TE", EVER),
            ("Host", EVER),
            ("Connection", EVER),
            ("Proxy-Connection", PROXY_CONNECTION),
            ("Transfer-Encoding", EVER),
            ("Keep-Alive", EVER),
            ("Expect", EVER),
            ("Upgrade", EVER),
        ],
        cached: &[],
    },
    sizes: None,
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("grpc_bind", "http server location", "1 2", Custom(upstream::bind), "1.13.10", "",
        "Makes connections to the gRPC server originate from a chosen local address, which may contain variables or be transparent."),
    d("grpc_buffer_size", "http server location", "1", Size, "1.13.10", "4k|8k",
        "Sets the buffer for reading gRPC responses, which are passed to the client as soon as received."),
    d("grpc_connect_timeout", "http server location", "1", Msec, "1.13.10", "60s",
        "Limits how long establishing a connection to the gRPC server may take."),
    d("grpc_hide_header", "http server location", "1", StrArray, "1.13.10", "",
        "Removes the named header from responses of the gRPC server before they reach the client."),
    d("grpc_ignore_headers", "http server location", "1+", Mask(&["X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary"]), "1.13.10", "",
        "Disables nginx's special processing of the listed X-Accel headers in responses from the gRPC server."),
    d("grpc_intercept_errors", "http server location", "flag", Flag, "1.13.10", "off",
        "Lets error_page handle responses from the gRPC server with codes of 300 and above instead of passing them through."),
    d("grpc_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429", "off"]), "1.13.10", "error timeout",
        "Lists the failures of the gRPC server after which the request is passed to the next server."),
    d("grpc_next_upstream_timeout", "http server location", "1", Msec, "1.13.10", "0",
        "Limits the total time spent trying further servers after the gRPC server fails, where zero means no limit."),
    d("grpc_next_upstream_tries", "http server location", "1", Number, "1.13.10", "0",
        "Limits how many servers are tried in total when the gRPC server fails, where zero means no limit."),
    d("grpc_pass", "location location-if", "1", Custom(pass::pass), "1.13.10", "",
        "Hands requests over to a gRPC server given as an address, UNIX socket or upstream group."),
    d("grpc_pass_header", "http server location", "1", StrArray, "1.13.10", "",
        "Passes a response header from the gRPC server that nginx would otherwise hide from the client."),
    d("grpc_read_timeout", "http server location", "1", Msec, "1.13.10", "60s",
        "Limits the pause between two successive reads from the gRPC server before nginx gives up."),
    d("grpc_send_timeout", "http server location", "1", Msec, "1.13.10", "60s",
        "Limits the pause between two successive writes of the request to the gRPC server."),
    d("grpc_set_header", "http server location", "2", Keyval, "1.13.10", "Content-Length $content_length",
        "Sets or removes a request header passed to the gRPC server, where an empty value drops it."),
    d("grpc_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the gRPC server."),
    d("grpc_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the gRPC server, where zero keeps the system default."),
    d("grpc_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the gRPC server, where zero keeps the system default."),
    d("grpc_ssl_certificate", "http server location", "1", ComplexZero, "1.13.10", "",
        "Names the PEM client certificate that nginx presents when authenticating itself to the gRPC server."),
    d("grpc_ssl_certificate_cache", "http server location", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches client certificates and keys for the gRPC server that are loaded through variables, avoiding repeated reads."),
    d("grpc_ssl_certificate_key", "http server location", "1", ComplexZero, "1.13.10", "",
        "Names the private key that belongs to the client certificate presented to the gRPC server."),
    d("grpc_ssl_ciphers", "http server location", "1", Str, "1.13.10", "DEFAULT",
        "Lists the TLS ciphers, in OpenSSL format, allowed on connections to the gRPC server."),
    d("grpc_ssl_conf_command", "http server location", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to TLS connections made to the gRPC server."),
    d("grpc_ssl_crl", "http server location", "1", Str, "1.13.10", "",
        "Names a PEM file of revoked certificates checked when verifying the certificate of the gRPC server."),
    d("grpc_ssl_name", "http server location", "1", Complex, "1.13.10", "host from grpc_pass",
        "Overrides the host name used for verifying the gRPC server certificate and sent through SNI."),
    d("grpc_ssl_password_file", "http server location", "1", Custom(proxy_ssl::password_file), "1.13.10", "",
        "Names a file with passphrases for the client certificate key used towards the gRPC server."),
    d("grpc_ssl_protocols", "http server location", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.13.10", "TLSv1.2 TLSv1.3",
        "Lists the TLS protocol versions allowed on connections to the gRPC server."),
    d("grpc_ssl_server_name", "http server location", "flag", Flag, "1.13.10", "off",
        "Controls whether the server name is sent through SNI when opening TLS connections to the gRPC server."),
    d("grpc_ssl_session_reuse", "http server location", "flag", Flag, "1.13.10", "on",
        "Reuses TLS sessions on connections to the gRPC server in order to save full handshakes."),
    d("grpc_ssl_trusted_certificate", "http server location", "1", Str, "1.13.10", "",
        "Names the PEM file of trusted CA certificates used to verify the certificate of the gRPC server."),
    d("grpc_ssl_verify", "http server location", "flag", Flag, "1.13.10", "off",
        "Controls whether nginx verifies the TLS certificate presented by the gRPC server."),
    d("grpc_ssl_verify_depth", "http server location", "1", Number, "1.13.10", "1",
        "Sets the maximum chain length accepted when verifying the certificate of the gRPC server."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("grpc_internal_trailers", "1.13.10"),
];

fn merge(cx: &mut Cx, _scope: ScopeId) -> Verdict {
    FAMILY.merge(cx)
}
