//! `ngx_stream_core_module`: servers and where they listen.

use super::ssl;
use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::listen::{self, Dialect, MULTIPATH, OF_SOCKET, Options, server_name};
use crate::modules::shared::ssl::AskedBy;
use crate::modules::shared::{error_log, resolver};
use crate::syntax::Place;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    merge_server: Some(merge),
    ..Module::new("stream_core_module", Kind::Stream, Presence::With("stream"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("error_log", "stream stream-server", "1+", Custom(error_log::set), "1.9.0", "logs/error.log error",
        "Chooses where stream errors are written and the lowest severity that is recorded."),
    d("listen", "stream-server", "1+", Custom(listen), "1.9.0", "",
        "Binds a stream server to an address, port or UNIX socket, with options such as udp."),
    d("preread_buffer_size", "stream stream-server", "1", Size, "1.11.5", "16k",
        "Sets the buffer size for data inspected in the preread phase before proxying starts."),
    d("preread_timeout", "stream stream-server", "1", Msec, "1.11.5", "30s",
        "Limits how long the preread phase may wait for enough client data."),
    d("proxy_protocol_timeout", "stream stream-server", "1", Msec, "1.11.4", "30s",
        "Limits how long nginx waits for a complete PROXY protocol header from the peer."),
    d("resolver", "stream stream-server", "1+", Custom(resolver::set), "1.11.3", "",
        "Sets the DNS servers that stream servers use to resolve upstream names at run time."),
    d("resolver_timeout", "stream stream-server", "1", Msec, "1.11.3", "30s",
        "Limits how long a DNS lookup made by stream servers may take."),
    d("server", "stream", "block 0", Custom(server), "1.9.0", "",
        "Opens a block that configures one virtual server for TCP or UDP traffic."),
    d("server_name", "stream-server", "1+", Custom(server_name), "1.25.5", "",
        "Lists the names by which TLS connections with SNI are matched to this virtual server."),
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

/// The first version in which servers may share an address and are told apart by name.
pub(super) const VIRTUAL_SERVERS: Version = Version::read("1.25.5");

/// `listen` of `stream`.
#[rustfmt::skip]
static DIALECT: Dialect = Dialect {
    default_port: 0,
    words: &[
        ("default_server", VIRTUAL_SERVERS,         Options::DEFAULT_SERVER),
        ("udp",            Version::read("1.9.13"), Options::UDP),
        ("bind",           Version::read("1.9.0"),  OF_SOCKET),
        ("deferred",       VIRTUAL_SERVERS,         Options::DEFERRED.union(OF_SOCKET)),
        ("ipv6only=on",    Version::read("1.9.0"),  OF_SOCKET),
        ("ipv6only=off",   Version::read("1.9.0"),  Options::IPV4_TOO.union(OF_SOCKET)),
        ("reuseport",      Version::read("1.9.1"),  Options::REUSEPORT.union(OF_SOCKET)),
        ("multipath",      MULTIPATH,               Options::MULTIPATH.union(OF_SOCKET)),
        ("ssl",            Version::read("1.9.0"),  Options::SSL),
        ("proxy_protocol", Version::read("1.11.4"), Options::PROXY_PROTOCOL),
    ],
    values: &[
        ("backlog",       Version::read("1.9.2")),
        ("fastopen",      Version::read("1.21.0")),
        ("rcvbuf",        Version::read("1.13.0")),
        ("sndbuf",        Version::read("1.13.0")),
        ("so_keepalive",  Version::read("1.9.0")),
        ("accept_filter", VIRTUAL_SERVERS),
    ],
    judge,
    reworded: VIRTUAL_SERVERS,
};

/// State of a server: its last `listen ... ssl`.
#[derive(Debug, Default, Clone, Copy)]
struct ListensWithTls(Option<(Place, Span)>);

/// Whether the server listens for TLS, as nginx noted before servers could share an address.
pub(super) fn listens_with_tls(cx: &Cx, scope: ScopeId) -> Option<AskedBy> {
    let (place, span) = cx.config.scope(scope).slot::<ListensWithTls>()?.0?;
    Some(AskedBy { mode: "listen ... ssl", place, span })
}

fn judge(cx: &mut Cx, call: &Call, n: usize) -> Result<bool, Fault> {
    if call.arg(n) == "ssl" {
        if !cx.target.has(&ssl::MODULE) {
            let message = "the \"ssl\" parameter requires ngx_stream_ssl_module";
            return Err(Fault::emerg(message).at(call.span(n)));
        }
        let place = cx.place();
        cx.slot::<ListensWithTls>().0 = Some((place, call.span(n)));
    }
    Ok(false)
}

fn listen(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let (url, socket) = DIALECT.read(cx, call)?;
    let add = if cx.target.version < VIRTUAL_SERVERS { listen::add_alone } else { listen::add };
    for address in listen::addresses(cx, url) {
        add(cx, cx.scope, address, &socket, call.span(1))?;
    }
    Ok(())
}

fn server(cx: &mut Cx, call: &Call) -> Verdict {
    let scope = cx.block(call, Contexts::STREAM_SERVER)?;
    if cx.config.scope(scope).setting("listen").is_none() {
        let place = cx.file_line(cx.config.scope(scope).opened);
        let message = format!("no \"listen\" is defined for server in {place}");
        return Err(Fault::emerg(message).at(call.span(0)).unlocated());
    }
    Ok(())
}

/// Old versions wanted to know at start what a server does with its connections.
fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let server = cx.config.scope(scope);
    let handled = ["proxy_pass", "return"].iter().any(|name| server.setting(name).is_some());
    if handled || cx.target.version >= VIRTUAL_SERVERS {
        return Ok(());
    }
    let span = server.words.first().map(|word| word.span);
    let fault = Fault::emerg(format!("no handler for server in {}", cx.file_line(server.opened))).unlocated();
    Err(Fault { span, ..fault.help("a server needs \"proxy_pass\" or \"return\"") })
}
