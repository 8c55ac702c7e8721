//! `listen`: an address and what its socket is to be.

use crate::modules::Version;
use crate::modules::http::{spdy, ssl, v2, v3};
use crate::modules::prelude::*;
use crate::modules::shared::listen::{self, Dialect, MULTIPATH, OF_SOCKET, Options};

/// `listen` of `http`.
#[rustfmt::skip]
static DIALECT: Dialect = Dialect {
    default_port: 80,
    words: &[
        ("default_server", Version::read("0.8.21"), Options::DEFAULT_SERVER),
        ("default",        Version::read("0.1.0"),  Options::DEFAULT_SERVER),
        ("bind",           Version::read("0.1.0"),  OF_SOCKET),
        ("deferred",       Version::read("0.1.0"),  Options::DEFERRED.union(OF_SOCKET)),
        ("ipv6only=on",    Version::read("0.7.42"), OF_SOCKET),
        ("ipv6only=off",   Version::read("0.7.42"), Options::IPV4_TOO.union(OF_SOCKET)),
        ("reuseport",      Version::read("1.9.1"),  Options::REUSEPORT.union(OF_SOCKET)),
        ("multipath",      MULTIPATH,               Options::MULTIPATH.union(OF_SOCKET)),
        ("ssl",            Version::read("0.7.14"), Options::SSL),
        ("spdy",           Version::read("1.3.15"), Options::HTTP2),
        ("http2",          HTTP2,                   Options::HTTP2),
        ("quic",           Version::read("1.25.0"), Options::QUIC),
        ("proxy_protocol", Version::read("1.5.12"), Options::PROXY_PROTOCOL),
    ],
    values: &[
        ("backlog",       Version::read("0.1.0")),
        ("fastopen",      Version::read("1.5.8")),
        ("rcvbuf",        Version::read("0.1.0")),
        ("sndbuf",        Version::read("0.1.0")),
        ("so_keepalive",  Version::read("1.1.11")),
        ("accept_filter", Version::read("0.1.0")),
    ],
    judge,
    reworded: Version::read("0.1.0"),
};

/// The first version with HTTP/2.
const HTTP2: Version = Version::read("1.9.5");

/// `ngx_http_core_listen`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let (url, socket) = DIALECT.read(cx, call)?;
    for address in listen::addresses(cx, url) {
        listen::add(cx, cx.scope, address, &socket, call.span(1))?;
    }
    Ok(())
}

/// What a protocol's word needs, or is warned about.
fn judge(cx: &mut Cx, call: &Call, n: usize) -> Result<bool, Fault> {
    /// From here on `http2` is a directive.
    const HTTP2_DIRECTIVE: Version = Version::read("1.25.1");
    let (word, span) = (call.arg(n), call.span(n));
    let module = match word {
        "spdy" if cx.target.version >= HTTP2 => return superseded(cx, call, n).map(|()| true),
        "ssl" => &ssl::MODULE,
        "http2" => &v2::MODULE,
        "spdy" => &spdy::MODULE,
        "quic" => &v3::MODULE,
        _ => return Ok(false),
    };
    if !cx.target.has(module) {
        let message = format!("the \"{word}\" parameter requires ngx_{}", module.name);
        return Err(Fault::emerg(message).at(span));
    }
    if word == "http2" && cx.target.version >= HTTP2_DIRECTIVE {
        let message = "the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead";
        cx.warn(Fault::warn(message).at(span).help("write \"http2 on;\" in the server instead"));
    }
    Ok(false)
}

/// `spdy` where HTTP/2 has taken its place: warned about for some years, then refused.
fn superseded(cx: &mut Cx, call: &Call, n: usize) -> Verdict {
    const REFUSED: Version = Version::read("1.19.7");
    let help = "use \"http2\" instead";
    if cx.target.version >= REFUSED {
        return Err(call.invalid_parameter(n).help(help));
    }
    let message = "invalid parameter \"spdy\": ngx_http_spdy_module was superseded by ngx_http_v2_module";
    cx.warn(Fault::warn(message).at(call.span(n)).help(help));
    Ok(())
}
