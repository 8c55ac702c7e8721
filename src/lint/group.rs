//! The `upstream` blocks, as the rules look at them.

use crate::config::address::ip_address;
use crate::config::{Config, Scope, ScopeId, Setting, values};
use crate::modules::Contexts;
use crate::syntax::{Span, Word};

/// An `upstream` block without faults.
#[derive(Debug)]
pub struct Group<'a> {
    /// Its scope.
    pub scope: ScopeId,
    /// Its name.
    pub name: &'a str,
    /// The span of the name.
    pub span: Span,
    /// It balances connections of `stream`.
    pub stream: bool,
    /// Its servers, in order.
    pub servers: Vec<Server<'a>>,
    /// The balancing method in force: the last one given.
    pub method: Option<Method<'a>>,
    block: &'a Scope,
}

/// The directive that chooses the balancing method.
#[derive(Debug, Clone, Copy)]
pub struct Method<'a> {
    /// The directive.
    pub setting: &'a Setting,
    /// Its position among the block's directives.
    pub at: usize,
}

/// A `server` line of a group.
#[derive(Debug)]
pub struct Server<'a> {
    /// The line.
    pub setting: &'a Setting,
    /// Its position among the block's directives.
    pub at: usize,
    /// The address as written.
    pub address: &'a str,
    /// The address without its port.
    pub host: Host<'a>,
    /// The port as written.
    pub port: Option<&'a str>,
    /// `weight=`, 1 by default.
    pub weight: u64,
}

/// What stands before the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// An address.
    Ip(&'a str),
    /// A UNIX socket's path.
    Unix(&'a str),
    /// A name that DNS resolves.
    Name(&'a str),
}

/// The directives that choose a method.
const METHODS: &[&str] = &["hash", "ip_hash", "least_conn", "least_time", "random"];

/// The groups of a configuration. One with a fault is left out: what it says is not what it will be.
pub(super) fn collect(config: &Config) -> Vec<Group<'_>> {
    const UPSTREAMS: Contexts = Contexts::read("upstream stream-upstream");
    let scopes = config.scopes.iter().enumerate();
    scopes
        .filter(|(_, scope)| scope.context.meets(UPSTREAMS) && !scope.broken && scope.words.len() == 2)
        .map(|(at, scope)| Group::new(ScopeId(at as u32), scope))
        .collect()
}

impl<'a> Group<'a> {
    fn new(id: ScopeId, scope: &'a Scope) -> Group<'a> {
        let numbered = || scope.settings.iter().enumerate();
        let servers = numbered().filter(|(_, setting)| setting.directive.name == "server");
        let mut methods = numbered().filter(|(_, setting)| METHODS.contains(&setting.directive.name));
        Group {
            scope: id,
            name: &scope.words[1].value,
            span: scope.words[1].span,
            stream: scope.context.meets(Contexts::STREAM_UPSTREAM),
            servers: servers.map(|(at, setting)| Server::new(at, setting)).collect(),
            method: methods.next_back().map(|(at, setting)| Method { setting, at }),
            block: scope,
        }
    }

    /// A directive of the block.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.block.setting(name)
    }

    /// A directive of the block, with its position there.
    #[must_use]
    pub fn directive(&self, name: &str) -> Option<(usize, &'a Setting)> {
        let numbered = self.block.settings.iter().enumerate();
        numbered.rev().find(|(_, setting)| setting.directive.name == name)
    }

    /// The servers that are asked first.
    pub fn primary(&self) -> impl Iterator<Item = &Server<'a>> {
        self.servers.iter().filter(|server| !server.is_backup())
    }

    /// The servers that are asked when those are all gone.
    pub fn backups(&self) -> impl Iterator<Item = &Server<'a>> {
        self.servers.iter().filter(|server| server.is_backup())
    }

    /// nginx's `single`: one address, no backup server. Of a name only DNS knows how many addresses it has.
    #[must_use]
    pub fn single(&self) -> Option<&Server<'a>> {
        match self.servers.as_slice() {
            [server] if server.is_one_address() && !server.is_backup() => Some(server),
            _ => None,
        }
    }
}

impl Method<'_> {
    /// The method's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.setting.directive.name
    }
}

impl<'a> Server<'a> {
    fn new(at: usize, setting: &'a Setting) -> Server<'a> {
        let address = setting.arg(1);
        let (host, port) = split(address);
        let mut server = Server { setting, at, address, host, port, weight: 1 };
        server.weight = server.number("weight=").unwrap_or(1);
        server
    }

    /// The parameter that is this word or, where it ends in `=`, begins so.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'a Word> {
        let is_it =
            |word: &&Word| if name.ends_with('=') { word.value.starts_with(name) } else { *word.value == *name };
        // Of one that is given twice nginx keeps the last.
        self.setting.words.iter().skip(2).rev().find(is_it)
    }

    /// The number that a parameter gives.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        let word = self.parameter(name)?;
        values::number(word.value.strip_prefix(name)?).map(i64::cast_unsigned)
    }

    /// It is only asked when the others are gone.
    #[must_use]
    pub fn is_backup(&self) -> bool {
        self.parameter("backup").is_some()
    }

    /// It is never asked.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.parameter("down").is_some()
    }

    /// Its failures count: nginx's default is one.
    #[must_use]
    pub fn counts_failures(&self) -> bool {
        self.number("max_fails=") != Some(0)
    }

    /// It stands for exactly one peer, whatever DNS says.
    #[must_use]
    pub fn is_one_address(&self) -> bool {
        !matches!(self.host, Host::Name(_))
    }
}

/// Cuts an address of a `server` line or of a URL into host and port.
pub(super) fn split(address: &str) -> (Host<'_>, Option<&str>) {
    if let Some(path) = address.get(..5).filter(|start| start.eq_ignore_ascii_case("unix:")).map(|_| &address[5..]) {
        return (Host::Unix(path), None);
    }
    let host_end = match address.strip_prefix('[').and_then(|inner| inner.find(']')) {
        Some(at) => at + 2,
        None => address.find(':').unwrap_or(address.len()),
    };
    let (host, rest) = address.split_at(host_end);
    let is_ip = host.starts_with('[') || ip_address(host).is_some();
    (if is_ip { Host::Ip(host) } else { Host::Name(host) }, rest.strip_prefix(':'))
}
