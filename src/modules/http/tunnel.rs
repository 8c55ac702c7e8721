//! `ngx_http_tunnel_module`: CONNECT.

use crate::modules::prelude::*;
use crate::modules::shared::{pass, upstream, upstream_options};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_tunnel_module", Kind::Http, Presence::Default("http_tunnel"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("tunnel_bind", "http server location", "1 2", Custom(upstream::bind), "1.31.0", "",
        "Makes connections to the tunnel destination originate from a chosen local address, which may contain variables or be transparent."),
    d("tunnel_buffer_size", "http server location", "1", Size, "1.31.0", "4k|8k",
        "Sets the size of the buffers that relay tunnel data from the destination and from the client."),
    d("tunnel_connect_timeout", "http server location", "1", Msec, "1.31.0", "60s",
        "Limits how long establishing a connection to the tunnel destination may take."),
    d("tunnel_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "off"]), "1.31.0", "error timeout",
        "Lists the failures of the tunnel destination after which the request is passed to the next server."),
    d("tunnel_next_upstream_timeout", "http server location", "1", Msec, "1.31.0", "0",
        "Limits the total time spent trying further servers after the tunnel destination fails, where zero means no limit."),
    d("tunnel_next_upstream_tries", "http server location", "1", Number, "1.31.0", "0",
        "Limits how many servers are tried in total when the tunnel destination fails, where zero means no limit."),
    d("tunnel_pass", "server location location-if", "0 1", Custom(pass::pass), "1.31.0", "",
        "Enables CONNECT requests and tunnels them to the given address, or to the requested host and port."),
    d("tunnel_read_timeout", "http server location", "1", Msec, "1.31.0", "60s",
        "Closes the tunnel when no data arrives from the destination server within the given time."),
    d("tunnel_send_lowat", "http server location", "1", Size, "1.31.0", "0",
        "Tries to reduce send calls to the tunnel destination by setting the socket low-water mark, mainly on FreeBSD.")
        .post(upstream_options::lowat),
    d("tunnel_send_timeout", "http server location", "1", Msec, "1.31.0", "60s",
        "Limits the pause between two successive writes to the tunnel destination before the tunnel is closed."),
    d("tunnel_socket_keepalive", "http server location", "flag", Flag, "1.31.0", "off",
        "Turns on TCP keepalive probes for connections between nginx and the tunnel destination."),
    d("tunnel_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the tunnel destination, where zero keeps the system default."),
    d("tunnel_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the tunnel destination, where zero keeps the system default."),
];
