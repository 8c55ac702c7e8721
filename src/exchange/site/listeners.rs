//! Listeners and the servers behind them.

use std::net::SocketAddr;

use rustc_hash::FxHashMap;

use super::build::Builder;
use super::{LocationId, Names, PatternId, Site};
use crate::config::ScopeId;
use crate::config::address::Address;
use crate::exchange::request::Slice;
use crate::exchange::secured::VerifyClient;
use crate::modules::Contexts;
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::{Form, Options, Ports, ServerNames};
use crate::modules::shared::map::Key;
use crate::syntax::encode;

/// A listener of a [`Site`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ListenerId(pub u32);

/// A server of a [`Site`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ServerId(pub u32);

/// An address and port that is listened on.
#[derive(Debug)]
pub struct Listener {
    /// The address.
    pub address: Address,
    /// Clients speak TLS.
    pub tls: bool,
    /// Clients may speak HTTP/2, whatever the server they ask for says.
    pub http2: bool,
    /// Clients send the PROXY protocol first.
    pub proxy_protocol: bool,
    /// The server for requests that no name chooses.
    pub default: ServerId,
    /// How the others are chosen; none where there is nothing to choose.
    pub(in crate::exchange) names: Option<Choice>,
}

/// How a server is chosen.
#[derive(Debug, Default)]
pub struct Choice {
    pub names: Names,
    pub patterns: Vec<(PatternId, ServerId)>,
}

/// A server.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Server {
    /// Its block.
    pub scope: ScopeId,
    /// What holds where no location matches.
    pub location: LocationId,
    /// Clients may speak HTTP/2.
    pub http2: bool,
    /// `$server_name`
    pub(in crate::exchange) name: Slice,
    pub(in crate::exchange) named: FxHashMap<Box<[u8]>, LocationId>,
    pub(in crate::exchange) merge_slashes: bool,
    /// Headers with `_` in their names count.
    pub(in crate::exchange) underscores: bool,
    /// Headers with any other byte count.
    pub(in crate::exchange) odd_headers: bool,
    pub(in crate::exchange) allow_connect: bool,
    pub(in crate::exchange) verify: VerifyClient,
}

impl Builder<'_> {
    /// Compiles all servers, then the listeners.
    pub fn servers(&mut self, http: ScopeId) {
        let config = self.config;
        let mut numbers = FxHashMap::default();
        for scope in &config.scope(http).children {
            if config.scope(*scope).context.meets(Contexts::SERVER) {
                let server = self.server(*scope);
                numbers.insert(*scope, ServerId(self.site.servers.len() as u32));
                self.site.servers.push(server);
            }
        }
        self.listeners(ports(config), &numbers, Builder::choice);
    }

    /// Compiles the servers of `stream`, then the listeners. Only names in TLS would choose another server than the
    /// default one.
    pub fn session_servers(&mut self, stream: ScopeId) {
        let config = self.config;
        let mut numbers = FxHashMap::default();
        for scope in &config.scope(stream).children {
            if config.scope(*scope).context.meets(Contexts::STREAM_SERVER) {
                let number = self.site.servers.len() as u32;
                let (location, name) = (LocationId(number), self.server_name(*scope));
                numbers.insert(*scope, ServerId(number));
                self.site.servers.push(Server { scope: *scope, location, name, ..Server::default() });
            }
        }
        self.listeners(config.scope(stream).slot(), &numbers, |_, _| Choice::default());
    }

    fn listeners(
        &mut self,
        ports: Option<&Ports>,
        numbers: &FxHashMap<ScopeId, ServerId>,
        choice: fn(&mut Self, &[(ScopeId, ServerId)]) -> Choice,
    ) {
        let config = self.config;
        for listener in ports.into_iter().flat_map(Ports::listeners) {
            let Some(default) = numbers.get(&listener.default_server) else { continue };
            let servers: Vec<(ScopeId, ServerId)> =
                listener.servers.iter().filter_map(|scope| Some((*scope, *numbers.get(scope)?))).collect();
            let own = config.scope(listener.default_server).slot::<ServerNames>();
            let chosen = servers.len() > 1 || own.is_some_and(ServerNames::captures);
            let names = chosen.then(|| choice(self, &servers));
            let options = listener.socket.options;
            self.site.listeners.push(Listener {
                address: listener.address.clone(),
                tls: options.intersects(Options::SSL.union(Options::QUIC)),
                http2: options.contains(Options::HTTP2),
                proxy_protocol: options.contains(Options::PROXY_PROTOCOL),
                default: *default,
                names,
            });
        }
    }

    fn server(&mut self, scope: ScopeId) -> Server {
        let config = self.config;
        let location = self.location(scope);
        let mut named = FxHashMap::default();
        self.locations_inside(scope, location, &mut named);
        Server {
            scope,
            location,
            http2: config.flag(scope, "http2", false),
            name: self.server_name(scope),
            named,
            merge_slashes: config.flag(scope, "merge_slashes", true),
            underscores: config.flag(scope, "underscores_in_headers", false),
            odd_headers: !config.flag(scope, "ignore_invalid_headers", true),
            allow_connect: config.flag(scope, "allow_connect", false),
            verify: VerifyClient::of(config, scope),
        }
    }

    /// `$server_name`
    fn server_name(&mut self, scope: ScopeId) -> Slice {
        let first = self.config.scope(scope).slot::<ServerNames>().and_then(|names| names.0.first());
        match first {
            None => Slice::default(),
            Some(name) if matches!(name.form, Form::Regex(_)) => self.text(&format!("~{}", name.text)),
            Some(name) => self.text(name.text.strip_prefix('.').unwrap_or(&name.text)),
        }
    }

    /// `ngx_http_server_names`
    fn choice(&mut self, servers: &[(ScopeId, ServerId)]) -> Choice {
        let mut choice = Choice::default();
        for (scope, server) in servers {
            let names = self.config.scope(*scope).slot::<ServerNames>().map(|names| names.0.as_slice());
            let Some(names) = names.filter(|names| !names.is_empty()) else {
                choice.names.add(&Key::Exact(String::new()), server.0);
                continue;
            };
            for name in names {
                match &name.form {
                    Form::Regex(regex) => choice.patterns.push((self.pattern(regex), *server)),
                    Form::Wildcard => choice.names.add(&Key::host(&name.text), server.0),
                    Form::Exact => choice.names.add(&Key::Exact(name.text.clone()), server.0),
                }
            }
        }
        choice
    }
}

impl Site {
    /// The listener that takes connections to an address: its own, or that of all interfaces.
    #[must_use]
    pub fn listener_at(&self, address: SocketAddr) -> Option<ListenerId> {
        let own = |listener: &&Listener| listener.address == Address::Inet(address);
        let all = |listener: &&Listener| {
            let Address::Inet(listened) = &listener.address else { return false };
            listened.port() == address.port()
                && listened.ip().is_unspecified()
                && listened.is_ipv4() == address.is_ipv4()
        };
        let listeners = || self.listeners.iter();
        let found = listeners().find(own).or_else(|| listeners().find(all))?;
        let at = self.listeners.iter().position(|listener| std::ptr::eq(listener, found))?;
        Some(ListenerId(at as u32))
    }

    /// The server that a name in lower case chooses at a listener, as the name in a TLS handshake does: `None` leaves the
    /// default one.
    #[must_use]
    pub fn server_named(&self, listener: ListenerId, name: &[u8]) -> Option<ServerId> {
        let choice = self.listener(listener).names.as_ref()?;
        if let Some(server) = choice.names.find(name) {
            return Some(ServerId(server));
        }
        let fits = |pattern: &PatternId| !name.is_empty() && self.pattern(*pattern).regex.is_match(name);
        choice.patterns.iter().find(|(pattern, _)| fits(pattern)).map(|(_, server)| *server)
    }
}

/// The key of a named location.
pub fn named_key(name: &str) -> Box<[u8]> {
    encode(name).into_boxed_slice()
}
