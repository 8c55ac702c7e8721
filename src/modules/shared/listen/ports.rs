//! Where the servers listen: collected while `listen` is read (`ngx_http_add_listen`), arranged at the end of the realm
//! (`ngx_http_optimize_servers`).

use super::names::{Form, ServerNames};
use super::options::{Options, Socket};
use crate::config::Listening;
use crate::config::address::Family;
use crate::modules::prelude::*;
use crate::modules::shared::hash::{self, HostNames, Refused, Table};

/// State of `http`, `stream` or `mail`: the ports its servers listen on, in nginx's order.
#[derive(Debug, Default)]
pub struct Ports(pub Vec<Port>);

/// One port of one family, TCP or UDP; all UNIX domain sockets are port 0 of theirs.
#[derive(Debug, Clone)]
pub struct Port {
    /// The number.
    pub number: u16,
    /// The family.
    pub family: Family,
    /// UDP, for QUIC or for datagrams themselves.
    pub datagram: bool,
    /// The addresses: once arranged the explicitly bound ones first, that of all interfaces last.
    pub listeners: Vec<Listener>,
}

/// One address and port.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address.
    pub address: Address,
    /// What all its servers say about it together.
    pub socket: Socket,
    /// The server for requests that no name chooses: that of `default_server`, or the first.
    pub default_server: ScopeId,
    /// All servers, in order.
    pub servers: Vec<ScopeId>,
    /// The `listen` that named it first.
    pub span: Span,
    /// Protocols before they were last changed, and whether that is known.
    protocols: Option<Options>,
    protocols_changed: bool,
}

impl Ports {
    /// All listeners.
    pub fn listeners(&self) -> impl Iterator<Item = &Listener> {
        self.0.iter().flat_map(|port| &port.listeners)
    }

    /// Where `address` is in the list: its port, and if it is there already, itself.
    fn find(&self, address: &Address, datagram: bool) -> Option<(usize, Option<usize>)> {
        let same =
            |port: &Port| port.number == address.port() && port.family == address.family() && port.datagram == datagram;
        let port = self.0.iter().position(same)?;
        Some((port, self.0[port].listeners.iter().position(|listener| listener.address == *address)))
    }
}

/// `ngx_http_add_listen`: `server` listens on `address`.
///
/// # Errors
/// nginx's, when it did already or says what another server said.
pub fn add(cx: &mut Cx, server: ScopeId, address: Address, socket: &Socket, span: Span) -> Verdict {
    let datagram = socket.options.intersects(Options::QUIC.union(Options::UDP));
    let ports = cx.realm_slot::<Ports>();
    let listener = Listener {
        address,
        socket: socket.clone(),
        default_server: server,
        servers: vec![server],
        span,
        protocols: None,
        protocols_changed: false,
    };
    match ports.find(&listener.address, datagram) {
        Some((port, Some(at))) => {
            let known = &mut ports.0[port].listeners[at];
            let redefined = known.join(server, socket, span)?;
            if redefined && cx.target.version >= REDEFINED {
                let message = format!("protocol options redefined for {}", listener.address);
                cx.warn(Fault::warn(message).at(span).help(
                    "protocol options such as ssl belong to the socket, not to one server: say the same in each",
                ));
            }
        }
        Some((port, None)) => ports.0[port].listeners.push(listener),
        None => {
            let (number, family) = (listener.address.port(), listener.address.family());
            ports.0.push(Port { number, family, datagram, listeners: vec![listener] });
        }
    }
    Ok(())
}

/// Where no two servers may share an address (`mail`, and `stream` before it had names): `server` listens on it alone.
///
/// # Errors
/// nginx's, when one listens there already.
pub fn add_alone(cx: &mut Cx, server: ScopeId, address: Address, socket: &Socket, span: Span) -> Verdict {
    let datagram = socket.options.contains(Options::UDP);
    let ports = cx.realm_slot::<Ports>();
    if let Some((port, Some(at))) = ports.find(&address, datagram) {
        let fault = Fault::emerg(format!("duplicate \"{address}\" address and port pair")).at(span);
        return Err(fault.related(ports.0[port].listeners[at].span, "first listened on here"));
    }
    add(cx, server, address, socket, span)
}

/// nginx's `NGX_LISTEN_BACKLOG` on Linux.
const DEFAULT_BACKLOG: i64 = 511;

/// The first version that warns.
const REDEFINED: crate::modules::Version = crate::modules::Version::read("1.23.4");

impl Listener {
    /// `ngx_http_add_addresses`: one more server on a known address. Says whether the protocols were redefined.
    fn join(&mut self, server: ScopeId, socket: &Socket, span: Span) -> Result<bool, Fault> {
        let refused = |message: String| Fault::emerg(message).at(span).related(self.span, "first listened on here");
        if self.servers.last() == Some(&server) {
            return Err(refused(format!("a duplicate listen {}", self.address)));
        }
        self.servers.push(server);
        let before = self.socket.options;
        if socket.options.contains(Options::SET) {
            if before.contains(Options::SET) {
                let fault = refused(format!("duplicate listen options for {}", self.address));
                return Err(fault.help("socket options are set once for an address, in any one of its \"listen\""));
            }
            self.socket = socket.clone();
        }
        if socket.options.contains(Options::DEFAULT_SERVER) {
            if before.contains(Options::DEFAULT_SERVER) {
                return Err(refused(format!("a duplicate default server for {}", self.address)));
            }
            self.default_server = server;
        }
        let redefined = self.protocols_redefined(socket.options, before);
        let kept = (before | socket.options) & (Options::DEFAULT_SERVER | Options::PROTOCOLS | Options::QUIC);
        self.socket.options = (self.socket.options - Options::DEFAULT_SERVER) | kept;
        Ok(redefined)
    }

    /// Whether this `listen` changes the protocols in a way that deserves a warning.
    fn protocols_redefined(&mut self, now: Options, before: Options) -> bool {
        let (new, old) = (now & Options::PROTOCOLS, before & Options::PROTOCOLS);
        let set = now.contains(Options::SET);
        let differs = self.protocols.is_some_and(|protocols| protocols != new);
        let (redefined, remembered, changed) = if !old.contains(new) {
            let was_set = before.contains(Options::SET) || set;
            ((was_set && !set) || self.protocols_changed || !new.contains(old), old, true)
        } else if !new.contains(old) {
            (set || differs, new, true)
        } else {
            ((set && self.protocols_changed) || differs, new, self.protocols_changed)
        };
        self.protocols = Some(remembered);
        self.protocols_changed = changed;
        redefined
    }

    /// `ngx_http_cmp_conf_addrs`: whether it goes after `other`.
    fn goes_after(&self, other: &Listener) -> bool {
        let bound = |listener: &Listener| listener.socket.options.contains(Options::BIND);
        self.address.is_wildcard() || (!other.address.is_wildcard() && !bound(self) && bound(other))
    }
}

/// `ngx_http_optimize_servers`: the step at the end of the realm.
///
/// # Errors
/// None: what it finds is said at once.
pub fn settle(cx: &mut Cx) -> Verdict {
    let mut ports = std::mem::take(cx.realm_slot::<Ports>());
    for port in &mut ports.0 {
        arrange(&mut port.listeners);
        for listener in &port.listeners {
            if listener.servers.len() > 1 || names_of(cx, listener.default_server).captures() {
                let verdict = check_names(cx, listener);
                cx.judge(verdict);
            }
        }
        open(cx, port);
    }
    *cx.realm_slot() = ports;
    Ok(())
}

/// nginx's insertion sort: its order is not one that another sort could be given.
fn arrange(listeners: &mut [Listener]) {
    for end in 1..listeners.len() {
        let mut at = end;
        while at > 0 && listeners[at - 1].goes_after(&listeners[at]) {
            listeners.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// `ngx_http_init_listening`: if all interfaces are listened on, only explicitly bound addresses have their own socket.
fn open(cx: &mut Cx, port: &Port) {
    let all = port.listeners.last().is_some_and(|last| last.address.is_wildcard());
    for (n, listener) in port.listeners.iter().enumerate() {
        let last = n + 1 == port.listeners.len();
        if !all || last || listener.socket.options.contains(Options::BIND) {
            let Socket { options, backlog, .. } = listener.socket;
            cx.config.listening.push(Listening {
                address: listener.address.clone(),
                udp: port.datagram,
                ipv6only: !options.contains(Options::IPV4_TOO),
                backlog: backlog.unwrap_or(DEFAULT_BACKLOG),
                span: listener.span,
            });
        }
    }
}

fn names_of<'c>(cx: &'c Cx, server: ScopeId) -> &'c ServerNames {
    static NONE: ServerNames = ServerNames(Vec::new());
    cx.config.scope(server).slot().unwrap_or(&NONE)
}

/// `ngx_http_server_names`
fn check_names(cx: &mut Cx, listener: &Listener) -> Verdict {
    let mut names = HostNames::default();
    let mut said = Vec::new();
    for server in &listener.servers {
        let own = names_of(cx, *server);
        if own.0.is_empty() && !cx.is_faulty(*server) && names.add("").is_err() {
            let span = cx.config.scope(*server).words.first().map(|word| word.span);
            said.push(Fault { span, ..conflict("", listener) });
        }
        for name in own.0.iter().filter(|name| !matches!(name.form, Form::Regex(_))) {
            match names.add(&name.text) {
                Ok(()) => {}
                Err(Refused::Busy) => said.push(conflict(&name.text, listener).at(name.span)),
                Err(Refused::Invalid) => {
                    let message = format!("invalid server name or wildcard \"{}\" on {}", name.text, listener.address);
                    said.push(Fault::emerg(message).unlocated().at(name.span));
                }
            }
        }
    }
    for fault in said {
        cx.warn(fault);
    }
    let size = |name: &str, default| cx.config.number(cx.scope, name, default);
    let table = Table {
        name: "server_names_hash",
        max_size: size("server_names_hash_max_size", 512),
        bucket_size: hash::align(size("server_names_hash_bucket_size", hash::CACHE_LINE)),
        span: Some(listener.span),
    };
    names.check(cx, &table)
}

fn conflict(name: &str, listener: &Listener) -> Fault {
    let fault = Fault::warn(format!("conflicting server name \"{name}\" on {}, ignored", listener.address));
    fault.unlocated().help("another server on this address has this name already: only the first is ever chosen by it")
}
