//! The `upstream` blocks, as the rules look at them: the typed groups, with where their lines stand.

use crate::config::address::{Family, ip_address};
use crate::config::{Config, Scope, ScopeId, Setting};
use crate::modules::shared::upstream::{self, Method, Standing, Upstream, UpstreamId, Upstreams};
use crate::syntax::{Span, Word};

/// An `upstream` block without faults.
#[derive(Debug)]
pub struct Group<'a> {
    /// What it is.
    pub upstream: &'a Upstream,
    /// Its number in its realm.
    pub id: UpstreamId,
    /// It balances connections of `stream`.
    pub stream: bool,
    /// Its scope.
    pub scope: ScopeId,
    /// Its servers, in order.
    pub servers: Vec<Server<'a>>,
    block: &'a Scope,
}

/// A `server` line of a group.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// What it says.
    pub line: &'a upstream::Server,
    /// Its position among the block's directives.
    pub at: usize,
}

/// What stands before the port of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// An address, or the path of a UNIX domain socket: one peer.
    Address(&'a str),
    /// A name that DNS resolves: as many peers as it has addresses.
    Name(&'a str),
}

/// The directives that choose a method.
const METHODS: &[&str] = &["hash", "ip_hash", "least_conn", "least_time", "random"];

/// The groups of a configuration. One with a fault is left out: what it says is not what it will be.
pub(super) fn collect(config: &Config) -> Vec<Group<'_>> {
    let realms = [(config.http, false), (config.stream, true)];
    let realms = realms.into_iter().filter_map(|(realm, stream)| Some((config.scope(realm?), stream)));
    let groups = realms.flat_map(|(realm, stream)| {
        let upstreams = realm.slot::<Upstreams>().into_iter().flat_map(Upstreams::iter);
        upstreams.filter_map(move |(id, upstream)| Some((id, upstream, upstream.scope?, stream)))
    });
    groups
        .filter(|(_, _, scope, _)| !config.scope(*scope).broken)
        .map(|(id, upstream, scope, stream)| Group::new(config, id, upstream, scope, stream))
        .collect()
}

impl<'a> Group<'a> {
    fn new(config: &'a Config, id: UpstreamId, upstream: &'a Upstream, scope: ScopeId, stream: bool) -> Group<'a> {
        let block = config.scope(scope);
        let numbered = block.settings.iter().enumerate();
        let lines = numbered.filter(|(_, setting)| setting.directive.name == "server").map(|(at, _)| at);
        let servers = upstream.servers.iter().zip(lines).map(|(line, at)| Server { line, at }).collect();
        Group { upstream, id, stream, scope, servers, block }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.upstream.name
    }

    /// A directive of the block.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.block.setting(name)
    }

    /// The directive that chose the method, with its position; none for round robin.
    #[must_use]
    pub fn method(&self) -> Option<(usize, &'a Setting)> {
        let mut numbered = self.block.settings.iter().enumerate().rev();
        numbered.find(|(_, setting)| METHODS.contains(&setting.directive.name))
    }

    /// The servers that are asked first.
    pub fn primary(&self) -> impl Iterator<Item = &Server<'a>> {
        self.servers.iter().filter(|server| !server.line.backup)
    }

    /// The servers that are asked when those are all gone.
    pub fn backups(&self) -> impl Iterator<Item = &Server<'a>> {
        self.servers.iter().filter(|server| server.line.backup)
    }

    /// nginx's `single`: one address, no backup server. Of a name only DNS knows how many addresses it has.
    #[must_use]
    pub fn single(&self) -> Option<&Server<'a>> {
        match self.servers.as_slice() {
            [server] if server.is_one_peer() && !server.line.backup => Some(server),
            _ => None,
        }
    }

    /// The way in which nginx compares what each server is doing, if it does.
    #[must_use]
    pub fn compares(&self) -> bool {
        matches!(self.upstream.method, Method::LeastConn | Method::LeastTime { .. } | Method::Random(Some(_)))
    }
}

impl<'a> Server<'a> {
    /// The parameter that is this word or, where `name` ends in `=`, begins so.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'a Word> {
        self.line.parameter(name)
    }

    /// Its address, as a part of the configuration.
    #[must_use]
    pub fn span(&self) -> Span {
        self.line.span
    }

    /// The whole line.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.line.words.iter().map(|word| word.span).reduce(Span::to).unwrap_or(self.line.span)
    }

    /// It is never asked.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.line.standing == Standing::Down
    }

    /// Its host.
    #[must_use]
    pub fn host(&self) -> Host<'a> {
        host(&self.line.url.host, self.line.url.family)
    }

    /// It stands for exactly one peer, whatever DNS says.
    #[must_use]
    pub fn is_one_peer(&self) -> bool {
        matches!(self.host(), Host::Address(_))
    }
}

/// What a host is.
pub(super) fn host(text: &str, family: Family) -> Host<'_> {
    let is_address = family == Family::Unix || text.starts_with('[') || ip_address(text).is_some();
    if is_address { Host::Address(text) } else { Host::Name(text) }
}
