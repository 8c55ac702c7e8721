//! `listen`: an address and what its socket is to be.

use super::ports;
use crate::modules::Version;
use crate::modules::http::{spdy, ssl, v2, v3};
use crate::modules::prelude::*;

bitflags::bitflags! {
    /// What `listen` says with a word.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct Options: u16 {
        /// The server is the one for requests that no name chooses.
        const DEFAULT_SERVER = 1;
        /// A socket option was given.
        const SET = 1 << 1;
        /// The address gets its own socket even if all interfaces are listened on.
        const BIND = 1 << 2;
        /// TLS.
        const SSL = 1 << 3;
        /// HTTP/2 (also `spdy` in old versions).
        const HTTP2 = 1 << 4;
        /// HTTP/3.
        const QUIC = 1 << 5;
        /// The PROXY protocol precedes everything.
        const PROXY_PROTOCOL = 1 << 6;
        /// One socket for each worker.
        const REUSEPORT = 1 << 7;
        /// Connections are accepted with their first data.
        const DEFERRED = 1 << 8;
        /// An IPv6 socket takes IPv4 connections too.
        const IPV4_TOO = 1 << 9;
        /// Multipath TCP.
        const MULTIPATH = 1 << 10;
        /// TCP keepalive was set.
        const KEEPALIVE = 1 << 11;
        /// What a client speaks, as far as servers on one address must agree on it.
        const PROTOCOLS = Self::SSL.bits() | Self::HTTP2.bits() | Self::PROXY_PROTOCOL.bits();
    }
}

/// A socket's options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Socket {
    /// Those that are words.
    pub options: Options,
    /// Length of the queue of pending connections.
    pub backlog: Option<i64>,
    /// `TCP_FASTOPEN`
    pub fastopen: Option<i64>,
    /// Receive buffer.
    pub rcvbuf: Option<u64>,
    /// Send buffer.
    pub sndbuf: Option<u64>,
}

/// Words with the first version that has them and what they set.
#[rustfmt::skip]
const WORDS: &[(&str, Version, Options)] = &[
    ("default_server", Version::read("0.8.21"), Options::DEFAULT_SERVER),
    ("default",        Version::read("0.1.0"),  Options::DEFAULT_SERVER),
    ("bind",           Version::read("0.1.0"),  Options::SET.union(Options::BIND)),
    ("deferred",       Version::read("0.1.0"),  Options::DEFERRED.union(Options::SET).union(Options::BIND)),
    ("ipv6only=on",    Version::read("0.7.42"), Options::SET.union(Options::BIND)),
    ("ipv6only=off",   Version::read("0.7.42"), Options::IPV4_TOO.union(Options::SET).union(Options::BIND)),
    ("reuseport",      Version::read("1.9.1"),  Options::REUSEPORT.union(Options::SET).union(Options::BIND)),
    ("multipath",      Version::read("1.29.7"), Options::MULTIPATH.union(Options::SET).union(Options::BIND)),
    ("ssl",            Version::read("0.7.14"), Options::SSL),
    ("spdy",           Version::read("1.3.15"), Options::HTTP2),
    ("http2",          HTTP2,  Options::HTTP2),
    ("quic",           Version::read("1.25.0"), Options::QUIC),
    ("proxy_protocol", Version::read("1.5.12"), Options::PROXY_PROTOCOL),
];

/// Parameters with a value, for the help.
const VALUES: &str = "backlog=, fastopen=, rcvbuf=, sndbuf=, so_keepalive=";

/// `ngx_http_core_listen`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    /// The first version that takes an address once however often a name or range gives it.
    const DISTINCT: Version = Version::read("1.23.3");
    cx.keep(call, Value::Own);
    let form = UrlForm { default_port: 80, listen: true, ..UrlForm::default() };
    let text = call.arg(1);
    let url = Url::read(text, form, cx.host);
    let url = url.map_err(|bad| bad.fault(format!("\"{text}\" of the \"listen\" directive")).at(call.span(1)))?;
    let mut socket = Socket::default();
    for n in 2..call.words.len() {
        parameter(cx, call, n, &mut socket)?;
    }
    if socket.options.contains(Options::QUIC) {
        fits_quic(call, &socket)?;
    }
    let mut addresses = url.addresses;
    if cx.target.version >= DISTINCT {
        let mut seen = std::collections::HashSet::new();
        addresses.retain(|address| seen.insert(address.clone()));
    }
    for address in addresses {
        ports::add(cx, cx.scope, address, &socket, call.span(1))?;
    }
    Ok(())
}

fn parameter(cx: &mut Cx, call: &Call, n: usize, socket: &mut Socket) -> Verdict {
    let (text, span) = (call.arg(n), call.span(n));
    if let Some((name, value)) = text.split_once('=').filter(|(name, _)| *name != "ipv6only") {
        return valued(cx, call, n, socket, name, value);
    }
    if let Some(flag) = text.strip_prefix("ipv6only=o").filter(|flag| !["n", "ff"].contains(flag)) {
        return Err(Fault::emerg(format!("invalid ipv6only flags \"o{flag}\"")).at(span));
    }
    let Some((_, since, options)) = WORDS.iter().find(|(word, ..)| *word == text) else {
        let words: Vec<&str> = WORDS.iter().map(|(word, ..)| *word).filter(|word| *word != "spdy").collect();
        return Err(call.invalid_parameter(n).help(format!("one of {}, {VALUES}", words.join(", "))));
    };
    if text == "spdy" && cx.target.version >= HTTP2 {
        return superseded(cx, call, n);
    }
    if *since > cx.target.version {
        let help = format!("\"{text}\" exists since nginx {since}; the target is {}", cx.target);
        return Err(call.invalid_parameter(n).help(help));
    }
    protocol(cx, text, span)?;
    socket.options |= *options;
    Ok(())
}

/// The first version with HTTP/2.
const HTTP2: Version = Version::read("1.9.5");

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

/// What a protocol's word needs, or is warned about.
fn protocol(cx: &mut Cx, word: &str, span: Span) -> Verdict {
    /// From here on `http2` is a directive.
    const HTTP2_DIRECTIVE: Version = Version::read("1.25.1");
    let module = match word {
        "ssl" => &ssl::MODULE,
        "http2" => &v2::MODULE,
        "spdy" => &spdy::MODULE,
        "quic" => &v3::MODULE,
        _ => return Ok(()),
    };
    if !cx.target.has(module) {
        let message = format!("the \"{word}\" parameter requires ngx_{}", module.name);
        return Err(Fault::emerg(message).at(span));
    }
    if word == "http2" && cx.target.version >= HTTP2_DIRECTIVE {
        let message = "the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead";
        cx.warn(Fault::warn(message).at(span).help("write \"http2 on;\" in the server instead"));
    }
    Ok(())
}

fn valued(cx: &mut Cx, call: &Call, n: usize, socket: &mut Socket, name: &str, value: &str) -> Verdict {
    const FASTOPEN: Version = Version::read("1.5.8");
    let (text, span) = (call.arg(n), call.span(n));
    let invalid = || Fault::emerg(format!("invalid {name} \"{text}\"")).at(span);
    match name {
        "fastopen" if cx.target.version >= FASTOPEN => {
            socket.fastopen = Some(values::number(value).ok_or_else(invalid)?);
        }
        "backlog" => socket.backlog = Some(values::number(value).filter(|n| *n != 0).ok_or_else(invalid)?),
        "rcvbuf" => socket.rcvbuf = Some(values::size(value).ok_or_else(invalid)?),
        "sndbuf" => socket.sndbuf = Some(values::size(value).ok_or_else(invalid)?),
        "so_keepalive" => {
            if !keepalive_is_valid(value) {
                let fault = Fault::emerg(format!("invalid so_keepalive value: \"{value}\"")).at(span);
                return Err(fault.help("on, off, or IDLE:INTERVAL:COUNT with at least one of them"));
            }
            socket.options |= Options::KEEPALIVE;
        }
        "accept_filter" => {
            // nginx calls it an emergency, and goes on all the same.
            let message = format!("accept filters \"{text}\" are not supported on this platform, ignored");
            cx.warn(Fault::warn(message).at(span));
            return Ok(());
        }
        _ => return Err(call.invalid_parameter(n)),
    }
    socket.options |= Options::SET | Options::BIND;
    Ok(())
}

/// `on`, `off` or `IDLE:INTERVAL:COUNT`, of which one must be given and not 0.
#[must_use]
pub fn keepalive_is_valid(value: &str) -> bool {
    if value == "on" || value == "off" {
        return true;
    }
    let mut parts = value.splitn(3, ':');
    let mut next = |read: fn(&str) -> Option<u64>| match parts.next() {
        None | Some("") => Some(0),
        Some(part) => read(part),
    };
    let idle = next(values::sec);
    let interval = next(values::sec);
    let count = next(|text| values::number(text).map(i64::cast_unsigned));
    match (idle, interval, count) {
        (Some(idle), Some(interval), Some(count)) => idle + interval + count > 0,
        _ => false,
    }
}

/// What cannot be combined with `quic`.
fn fits_quic(call: &Call, socket: &Socket) -> Verdict {
    let has = |option: Options| socket.options.contains(option);
    let clashes = [
        ("fastopen", socket.fastopen.is_some()),
        ("backlog", socket.backlog.is_some()),
        ("deferred", has(Options::DEFERRED)),
        ("multipath", has(Options::MULTIPATH)),
        ("ssl", has(Options::SSL)),
        ("http2", has(Options::HTTP2)),
        ("so_keepalive", has(Options::KEEPALIVE)),
        ("proxy_protocol", has(Options::PROXY_PROTOCOL)),
    ];
    match clashes.iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let word = (2..call.words.len()).find(|n| call.arg(*n).starts_with(name)).unwrap_or(0);
            Err(Fault::directive(format!("\"{name}\" parameter is incompatible with \"quic\"")).at(call.span(word)))
        }
        None => Ok(()),
    }
}
