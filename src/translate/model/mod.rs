//! The behaviour of a configuration, independent of how nginx writes it: inheritance applied, implicit defaults of the
//! version made explicit, locations flattened into one list in which the first that fits wins, automatic redirects as
//! entries of their own. Every value knows the subject that it came from.
//!
//! It holds what load balancing over HTTP needs. Everything else stays with its directives: ask for it by the scope of a
//! route, with [`Model::setting`] and [`Model::settings`], or the [`Config`] itself.

mod answers;
mod ask;
mod groups;
mod hosts;
mod pass;
mod policy;
mod read;
mod routes;
mod tls;

pub use answers::{Kinds, REDIRECTS, page};
pub use ask::Found;
pub use pass::SENT_ONCE;
pub use tls::{BackendTls, Switch, TlsVersions};

use std::net::SocketAddr;

use crate::config::address::Address;
use crate::config::{Config, Regex, ScopeId, Text};
use crate::modules::http::proxy::rewrite::Rule as RedirectRule;
use crate::modules::shared::access;
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::upstream::{Keepalive, Method, Server, Sticky};
use crate::modules::shared::upstream_options::Conditions;
use crate::modules::{Target, Version};
use crate::syntax::Sources;

use super::subject::{SubjectId, Subjects};

/// A value and the directive, or the default, that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub from: SubjectId,
}

/// The behaviour of a configuration.
#[derive(Debug)]
pub struct Model<'c> {
    /// The configuration.
    pub config: &'c Config,
    /// Its files.
    pub sources: &'c Sources,
    /// The nginx that it was written for.
    pub nginx: &'c Target,
    /// Who all of this came from.
    pub subjects: Subjects,
    /// The addresses that are listened on, in nginx's order.
    pub listeners: Vec<Listener>,
    /// The `server` blocks of `http`, in order.
    pub hosts: Vec<Host>,
    /// The groups that routes send to, in order; unused `upstream` blocks among them.
    pub groups: Vec<Group<'c>>,
}

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener {
    /// The address.
    pub address: Address,
    /// The `listen` directives, or the default.
    pub from: Vec<SubjectId>,
    /// Clients speak TLS.
    pub tls: bool,
    /// Clients may speak HTTP/2.
    pub http2: bool,
    /// Clients send the PROXY protocol first.
    pub proxy_protocol: bool,
    /// Indices into [`Model::hosts`] of the servers behind it, in order.
    pub hosts: Vec<usize>,
    /// The one for requests whose host nobody has.
    pub default: usize,
}

/// A `server` block.
#[derive(Debug)]
pub struct Host {
    /// The block.
    pub scope: ScopeId,
    /// Its directive.
    pub from: SubjectId,
    /// Its names, in order; empty where nothing is said, which stands for requests without a host.
    pub names: Vec<Name>,
    /// `$server_name`: the first name, without the dot that a name may begin with.
    pub server_name: String,
    /// Where requests go: the first that fits. The last one fits all.
    pub routes: Vec<Route>,
    /// Headers whose names have a `_` count.
    pub underscores: Given<bool>,
    /// `//` in paths counts as `/`.
    pub merge_slashes: Given<bool>,
    /// Rewrites, ifs and sets of the server itself stand before the routes.
    pub has_program: bool,
}

/// A name of a server.
#[derive(Debug, Clone)]
pub struct Name {
    /// What it fits.
    pub form: NameForm,
    /// The directive.
    pub from: SubjectId,
}

/// What a name fits. Names are in lower case.
#[derive(Debug, Clone)]
pub enum NameForm {
    /// This host.
    Exact(String),
    /// `*.example.com`: every host that ends with this text, which begins with a dot.
    Suffix(String),
    /// `.example.com`: the host without the dot, and every host that ends with the text.
    HostAndSuffix(String),
    /// `www.*`: every host that begins with this text, which ends with a dot.
    Prefix(String),
    /// A regular expression.
    Regex(Regex),
}

/// Where requests go, and what happens to them there.
#[derive(Debug)]
pub struct Route {
    /// Which requests.
    pub test: Test,
    /// Its `location`; of the end of the list the server.
    pub scope: ScopeId,
    /// The directive of that block.
    pub from: SubjectId,
    /// Rewrites, ifs and sets of this block come before the action: its slot
    /// [`Program`](crate::modules::http::rewrite::Program).
    pub has_program: bool,
    /// What happens.
    pub action: Action,
    /// Under what conditions.
    pub policy: Policy,
}

/// Which paths a route is for, as they are once `%XX`, `//`, `.` and `..` are gone: those for which all of this holds.
#[derive(Debug, Clone, Default)]
pub struct Test {
    /// The path is this.
    pub exact: Option<String>,
    /// The path begins with this, byte by byte.
    pub prefix: Option<String>,
    /// The path matches all of these.
    pub regexes: Vec<Regex>,
    /// Besides, the path ends where no `location` was found: it holds for every path.
    pub is_rest: bool,
}

/// What happens to a request.
#[derive(Debug)]
pub enum Action {
    /// It goes to a backend.
    Pass(Box<Pass>),
    /// nginx answers: `return`.
    Return(Given<(u16, Option<Text>)>),
    /// A redirect to the path with a `/` behind it, because the location that ends with it passes to a backend.
    SlashRedirect,
    /// Files, or a handler of nginx's own, by the directive's name.
    Own(&'static str),
}

/// To which backend.
#[derive(Debug)]
pub struct Pass {
    /// The directive.
    pub from: SubjectId,
    /// What is spoken.
    pub protocol: Protocol,
    /// Over TLS.
    pub tls: bool,
    /// The group, an index into [`Model::groups`]; or what variables say.
    pub to: Result<usize, Text>,
    /// `$proxy_host`
    pub host: String,
    /// What takes the place of the location's path; `None` leaves the request's URI as it came, undecoded.
    pub uri: Option<String>,
    /// Under what conditions.
    pub how: Passing,
}

/// What holds for the requests of a route, whatever happens to them.
#[derive(Debug)]
pub struct Policy {
    /// Largest body of a request in bytes; 0 for any.
    pub max_body: Given<u64>,
    /// Headers that clients get.
    pub added: Vec<Given<Added>>,
    /// Who may: the first rule that fits.
    pub access: Vec<Given<access::Rule>>,
    /// `limit_req`
    pub rates: Vec<Given<Rate>>,
    /// `limit_conn`
    pub connections: Vec<Given<Connections>>,
}

/// How requests are passed to a backend.
#[derive(Debug)]
pub struct Passing {
    /// Headers for the backend, in order; an empty value removes. `Host` and `Connection` are among them, by default too.
    pub headers: Vec<Given<(String, Text)>>,
    /// HTTP/1.1 (or newer) is spoken to the backend.
    pub http11: Given<bool>,
    /// Milliseconds to connect to a backend.
    pub connect_timeout: Given<u64>,
    /// Milliseconds between two writes to a backend.
    pub send_timeout: Given<u64>,
    /// Milliseconds between two reads from a backend.
    pub read_timeout: Given<u64>,
    /// What makes nginx try the next backend.
    pub next_upstream: Given<Conditions>,
    /// Tries at most; 0 for as many as there are.
    pub tries: Given<u64>,
    /// Milliseconds for all tries; 0 for no limit.
    pub tries_timeout: Given<u64>,
    /// The answer is read as fast as the backend sends it.
    pub buffering: Given<bool>,
    /// The request is read before a backend is chosen.
    pub request_buffering: Given<bool>,
    /// Headers of backends that clients do not get, besides nginx's own list.
    pub hidden: Vec<Given<String>>,
    /// What becomes of `Location` and `Refresh`.
    pub redirects: Vec<Given<RedirectRule>>,
}

/// `add_header`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Text,
    /// On every status, not only on [`Added::STATUSES`].
    pub always: bool,
}

/// `limit_req` with its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// `limit_req_zone`
    pub zone: SubjectId,
    /// What is counted.
    pub key: Text,
    /// Thousandths of a request in a second.
    pub rate: i64,
    /// Thousandths of a request by which it may be exceeded.
    pub burst: i64,
    /// Thousandths of a request from which on the excess waits.
    pub delay: i64,
    /// The status of refusals.
    pub status: u64,
}

/// `limit_conn` with its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connections {
    /// `limit_conn_zone`
    pub zone: SubjectId,
    /// What is counted.
    pub key: Text,
    /// How many at once.
    pub most: u16,
    /// The status of refusals.
    pub status: u64,
}

/// A group of backends.
#[derive(Debug)]
pub struct Group<'c> {
    /// Its name, or `host:port` of one that an address made.
    pub name: String,
    /// The `upstream`, or the `..._pass` that first named the address.
    pub from: SubjectId,
    /// The block, if there is one.
    pub scope: Option<ScopeId>,
    /// How it balances.
    pub method: Given<&'c Method>,
    /// Its servers, in order; a name that gives several addresses is one.
    pub servers: Vec<Given<&'c Server>>,
    /// Idle connections.
    pub keepalive: Given<Option<&'c Keepalive>>,
    /// Session affinity.
    pub sticky: Option<Given<&'c Sticky>>,
    /// The workers share its state.
    pub zone: Option<SubjectId>,
}

impl<'c> Model<'c> {
    /// The behaviour of a configuration that was found good.
    #[must_use]
    pub fn new(config: &'c Config, sources: &'c Sources, nginx: &'c Target) -> Model<'c> {
        let mut read = read::Read { config, nginx, subjects: Subjects::of(config, sources) };
        let groups = groups::read(&mut read);
        let hosts = hosts::read(&mut read, groups.len());
        let listeners = hosts::listeners(&mut read, &hosts);
        Model { config, sources, nginx, subjects: read.subjects, listeners, hosts, groups }
    }

    /// `nginx.conf:42`, of a directive.
    #[must_use]
    pub fn place(&self, subject: SubjectId) -> Option<String> {
        let place = self.subjects.get(subject).span()?.first();
        Some(format!("{}:{}", self.sources.path(place.file), self.sources.line(place)))
    }

    /// Whether nginx, of this version, keeps connections to backends and speaks HTTP/1.1 to them by itself.
    #[must_use]
    pub fn keeps_by_default(&self) -> bool {
        self.nginx.version >= KEEPS
    }
}

/// The first version that keeps connections to backends by default, and speaks HTTP/1.1 to them.
pub const KEEPS: Version = Version::read("1.29.7");

impl Listener {
    /// IP address and port.
    #[must_use]
    pub fn socket(&self) -> Option<SocketAddr> {
        match &self.address {
            Address::Inet(address) => Some(*address),
            Address::Unix(_) => None,
        }
    }

    /// `https`, `http`
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// What stands behind the host in URLs that nginx makes: `:8080`, and nothing where the port is the scheme's own.
    #[must_use]
    pub fn shown_port(&self) -> String {
        let usual = if self.tls { 443 } else { 80 };
        let port = self.socket().map(|socket| socket.port()).filter(|port| *port != usual);
        port.map_or(String::new(), |port| format!(":{port}"))
    }
}
