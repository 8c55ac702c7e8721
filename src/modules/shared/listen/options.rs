//! What stands after the address in `listen`: the options of its socket, and what is spoken on it.

use crate::modules::Version;
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
        /// Datagrams instead of connections.
        const UDP = 1 << 12;
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
    /// `so_keepalive`
    pub keepalive: Option<KeepAlive>,
}

/// TCP keepalive of a listening socket's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// None.
    Off,
    /// Probes; 0 for what the system takes.
    On {
        /// Seconds without traffic before the first.
        idle: u32,
        /// Seconds between them.
        interval: u32,
        /// How many may go unanswered.
        count: u32,
    },
}

/// The first version with multipath TCP.
pub const MULTIPATH: Version = Version::read("1.29.7");

/// What sets an option of the socket itself: a second `listen` of the address may not set one again.
pub const OF_SOCKET: Options = Options::SET.union(Options::BIND);

/// The `listen` of one realm.
pub struct Dialect {
    /// The port where none is written.
    pub default_port: u16,
    /// Words, with the first version that has them and what they set.
    pub words: &'static [(&'static str, Version, Options)],
    /// Parameters with a value, with the first version that has them.
    pub values: &'static [(&'static str, Version)],
    /// Judges a word that the version has: whether its module is there, whether it is going away. It may take the
    /// word out of the hands of the table by answering `true`.
    pub judge: fn(&mut Cx, &Call, usize) -> Result<bool, Fault>,
    /// Until this version nginx said `the invalid "x" parameter`.
    pub reworded: Version,
}

impl Dialect {
    /// Reads the address and the options.
    ///
    /// # Errors
    /// nginx's messages.
    pub fn read(&self, cx: &mut Cx, call: &Call) -> Result<(Url, Socket), Fault> {
        let form = UrlForm { default_port: self.default_port, listen: true, ..UrlForm::default() };
        let text = call.arg(1);
        let url = Url::read(text, form, cx.host);
        let url = url.map_err(|bad| bad.fault(format!("\"{text}\" of the \"listen\" directive")).at(call.span(1)))?;
        let mut socket = Socket::default();
        for n in 2..call.words.len() {
            self.parameter(cx, call, n, &mut socket)?;
        }
        let datagrams = [(Options::QUIC, "quic"), (Options::UDP, "udp")];
        if let Some((_, word)) = datagrams.iter().find(|(option, _)| socket.options.contains(*option)) {
            fits_datagrams(call, &socket, word)?;
        }
        Ok((url, socket))
    }

    fn parameter(&self, cx: &mut Cx, call: &Call, n: usize, socket: &mut Socket) -> Verdict {
        let (text, span) = (call.arg(n), call.span(n));
        if let Some((name, value)) = text.split_once('=').filter(|(name, _)| *name != "ipv6only") {
            return self.valued(cx, call, n, socket, name, value);
        }
        if let Some(flag) = text.strip_prefix("ipv6only=o").filter(|flag| !["n", "ff"].contains(flag)) {
            return Err(Fault::emerg(format!("invalid ipv6only flags \"o{flag}\"")).at(span));
        }
        let Some((_, since, options)) = self.words.iter().find(|(word, ..)| *word == text) else {
            let words: Vec<&str> = self.words.iter().map(|(word, ..)| *word).filter(|word| *word != "spdy").collect();
            let values: Vec<String> = self.values.iter().map(|(name, _)| format!("{name}=")).collect();
            let help = format!("one of {}, {}", words.join(", "), values.join(", "));
            return Err(self.invalid(cx, call, n).help(help));
        };
        if *since > cx.target.version {
            let help = format!("\"{text}\" exists since nginx {since}; the target is {}", cx.target);
            return Err(self.invalid(cx, call, n).help(help));
        }
        if !(self.judge)(cx, call, n)? {
            socket.options |= *options;
        }
        Ok(())
    }

    fn invalid(&self, cx: &Cx, call: &Call, n: usize) -> Fault {
        if cx.target.version < self.reworded {
            return Fault::emerg(format!("the invalid \"{}\" parameter", call.arg(n))).at(call.span(n));
        }
        call.invalid_parameter(n)
    }

    fn valued(&self, cx: &mut Cx, call: &Call, n: usize, socket: &mut Socket, name: &str, value: &str) -> Verdict {
        let (text, span) = (call.arg(n), call.span(n));
        let invalid = || Fault::emerg(format!("invalid {name} \"{text}\"")).at(span);
        if !self.values.iter().any(|(known, since)| *known == name && *since <= cx.target.version) {
            return Err(self.invalid(cx, call, n));
        }
        match name {
            "fastopen" => socket.fastopen = Some(values::number(value).ok_or_else(invalid)?),
            "backlog" => socket.backlog = Some(values::number(value).filter(|n| *n != 0).ok_or_else(invalid)?),
            "rcvbuf" => socket.rcvbuf = Some(values::size(value).ok_or_else(invalid)?),
            "sndbuf" => socket.sndbuf = Some(values::size(value).ok_or_else(invalid)?),
            "so_keepalive" => {
                socket.keepalive = Some(KeepAlive::read(value).ok_or_else(|| {
                    let fault = Fault::emerg(format!("invalid so_keepalive value: \"{value}\"")).at(span);
                    fault.help("on, off, or IDLE:INTERVAL:COUNT with at least one of them")
                })?);
                socket.options |= Options::KEEPALIVE;
            }
            _ => {
                // accept_filter: nginx calls it an emergency, and goes on all the same.
                let message = format!("accept filters \"{text}\" are not supported on this platform, ignored");
                cx.warn(Fault::warn(message).at(span));
                return Ok(());
            }
        }
        socket.options |= OF_SOCKET;
        Ok(())
    }
}

/// The addresses of a `listen`, as often as it adds them.
#[must_use]
pub fn addresses(cx: &Cx, url: Url) -> Vec<Address> {
    /// The first version that takes an address once however often a name or range gives it.
    const DISTINCT: Version = Version::read("1.23.3");
    let mut addresses = url.addresses;
    if cx.target.version >= DISTINCT {
        let mut seen = std::collections::HashSet::new();
        addresses.retain(|address| seen.insert(address.clone()));
    }
    addresses
}

impl KeepAlive {
    /// Reads `on`, `off` or `IDLE:INTERVAL:COUNT`, of which one must be given and not 0.
    #[must_use]
    pub fn read(value: &str) -> Option<KeepAlive> {
        match value {
            "on" => return Some(KeepAlive::On { idle: 0, interval: 0, count: 0 }),
            "off" => return Some(KeepAlive::Off),
            _ => {}
        }
        let mut parts = value.splitn(3, ':');
        let mut next = |read: fn(&str) -> Option<u64>| match parts.next() {
            None | Some("") => Some(0),
            Some(part) => read(part).map(|number| u32::try_from(number).unwrap_or(u32::MAX)),
        };
        let idle = next(values::sec)?;
        let interval = next(values::sec)?;
        let count = next(|text| values::number(text).map(i64::cast_unsigned))?;
        (idle > 0 || interval > 0 || count > 0).then_some(KeepAlive::On { idle, interval, count })
    }
}

/// What cannot be combined with `quic` or `udp`.
fn fits_datagrams(call: &Call, socket: &Socket, word: &str) -> Verdict {
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
            let at = (2..call.words.len()).find(|n| call.arg(*n).starts_with(name)).unwrap_or(0);
            let phrase = format!("\"{name}\" parameter is incompatible with \"{word}\"");
            Err(Fault::directive(phrase).at(call.span(at)))
        }
        None => Ok(()),
    }
}
