//! A configuration compiled for routing: where [`Config`] is a tree that is asked by name, this is tables that are asked
//! by number. Made once, shared by all requests, never changed.

mod build;
mod listeners;
mod location;
mod lookups;
mod names;
mod pass;
mod program;
mod tree;
mod variables;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::aside::Live;
use super::files::Files;
use super::plan::Plan;
use super::request::{CONSTANT, Request, Slice};
use super::session::Sessions;
use super::terms::Terms;
use super::value::{Geo, Geoip, Map, Named, Source, Split};
use crate::config::{Config, Regex, ScopeId};
use crate::modules::Target;
use crate::modules::shared::upstream::UpstreamId;

pub(super) use build::Builder;
pub use listeners::{Listener, ListenerId, Server, ServerId};
pub(super) use location::{Alias, Page, Realip, Sender, Tried, excepts};
pub use location::{Handler, Location, LocationId};
pub(super) use names::Names;
pub use pass::Passed;
pub(super) use pass::To;
pub(super) use program::{Condition, Op, Rewrite};
pub(super) use tree::{Found as Hit, Tree};

/// A regular expression of a [`Site`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternId(pub(super) u32);

/// A regular expression, and the variables that its named groups set.
#[derive(Debug)]
pub(super) struct Pattern {
    pub regex: Regex,
    pub groups: usize,
    pub names: Vec<(usize, u32)>,
}

/// What some variables of a configuration need that costs something to find out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asks {
    /// `$request_body`
    pub body: bool,
}

/// The compiled configuration of `http`, or of `stream`.
#[derive(Debug, Default)]
pub struct Site {
    constants: Vec<u8>,
    listeners: Vec<Listener>,
    servers: Vec<Server>,
    locations: Vec<Location>,
    trees: Vec<Tree>,
    patterns: Vec<Pattern>,
    named: Vec<Named>,
    maps: Vec<Map>,
    geos: Vec<Geo>,
    splits: Vec<Split>,
    pub(super) geoip: Geoip,
    /// Groups by name, as a `proxy_pass` with variables finds them: in order, each with its port.
    pub(super) groups: FxHashMap<Box<[u8]>, Vec<(UpstreamId, u16)>>,
    pub(super) files: Option<Arc<dyn Files>>,
    asks: Asks,
    /// What only a live proxy does, by location; empty for a simulation.
    pub(super) live: Vec<Live>,
    /// The numbers of variables, for pages that name them; empty for a simulation.
    numbers: FxHashMap<String, u32>,
    unknown: Vec<String>,
    assumptions: Vec<String>,
    pub(super) hostname: Slice,
    pub(super) version: Slice,
    pub(super) question: Slice,
    pub(super) colon: Slice,
    pub(super) on: Slice,
    pub(super) slash: Slice,
    pub(super) get: Slice,
    pub(super) schemes: [Slice; 2],
}

impl Site {
    /// Compiles a configuration that was found good: where requests go, and what happens to them there.
    #[must_use]
    pub fn compile(config: &Config, target: &Target) -> (Site, Plan) {
        build::Builder::new(config, target, config.http).build()
    }

    /// [`Site::compile`], and what a live proxy needs to know besides.
    #[must_use]
    pub fn compile_live(config: &Config, target: &Target) -> (Site, Plan, Terms) {
        build::Builder::new(config, target, config.http).build_live()
    }

    /// Compiles `stream` for a live proxy, if it has servers.
    #[must_use]
    pub fn compile_sessions(config: &Config, target: &Target) -> Option<(Site, Plan, Sessions)> {
        let stream = config.stream?;
        let made = build::Builder::new(config, target, config.stream).build_sessions(stream);
        (!made.0.servers.is_empty()).then_some(made)
    }

    /// Lets `try_files` and `if (-f ...)` find files; without it there are none.
    #[must_use]
    pub fn with_files(self, files: Arc<dyn Files>) -> Site {
        Site { files: Some(files), ..self }
    }

    /// Gives `$hostname` its value; without it it is empty.
    #[must_use]
    pub fn with_hostname(mut self, name: &str) -> Site {
        let start = self.constants.len() as u32 | CONSTANT;
        self.constants.extend_from_slice(name.as_bytes());
        self.hostname = Slice { start, len: name.len() as u32 };
        self
    }

    /// The listeners, in nginx's order.
    #[must_use]
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// A listener.
    #[must_use]
    pub fn listener(&self, id: ListenerId) -> &Listener {
        &self.listeners[id.0 as usize]
    }

    /// All servers, in order.
    #[must_use]
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// A server.
    #[must_use]
    pub fn server(&self, id: ServerId) -> &Server {
        &self.servers[id.0 as usize]
    }

    /// All locations; [`LocationId`] indexes.
    #[must_use]
    pub fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// A location.
    #[must_use]
    pub fn location(&self, id: LocationId) -> &Location {
        &self.locations[id.0 as usize]
    }

    /// The path of a location, or its name if it is a named one; empty for what holds outside of locations.
    #[must_use]
    pub fn location_name(&self, id: LocationId) -> &[u8] {
        self.constant(self.location(id).name)
    }

    /// The location of a scope: of a server, a location, an `if` inside one, a `limit_except`.
    #[must_use]
    pub fn location_of(&self, scope: ScopeId) -> Option<LocationId> {
        self.locations.iter().position(|location| location.scope == scope).map(|n| LocationId(n as u32))
    }

    /// What the configuration wants to know that costs something to find out.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// Variables that the configuration uses and whose values are not modelled: they are empty. Sorted.
    #[must_use]
    pub fn unknown_variables(&self) -> &[String] {
        &self.unknown
    }

    /// What is taken for granted because it cannot be known here, such as that clients pass `auth_basic`. Sorted.
    #[must_use]
    pub fn assumptions(&self) -> &[String] {
        &self.assumptions
    }

    pub(super) fn constant(&self, slice: Slice) -> &[u8] {
        Slice { start: slice.start & !CONSTANT, ..slice }.of(&self.constants)
    }

    pub(super) fn resolve<'t>(&'t self, request: &'t Request, slice: Slice) -> &'t [u8] {
        if slice.start & CONSTANT == 0 { request.get(slice) } else { self.constant(slice) }
    }

    pub(super) fn tree(&self, location: LocationId) -> Option<&Tree> {
        self.trees.get(self.location(location).tree as usize)
    }

    pub(super) fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }

    pub(super) fn named(&self, number: u32) -> Named {
        self.named[number as usize]
    }

    /// The number of a variable that directives define, for who finds its name at run time; lower case.
    pub(super) fn variable_number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    fn named_source(&self, number: u32) -> Source {
        self.named[number as usize].source
    }

    pub(super) fn named_count(&self) -> usize {
        self.named.len()
    }

    pub(super) fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    pub(super) fn map(&self, number: u32) -> &Map {
        &self.maps[number as usize]
    }

    pub(super) fn geo(&self, number: u32) -> &Geo {
        &self.geos[number as usize]
    }

    pub(super) fn split(&self, number: u32) -> &Split {
        &self.splits[number as usize]
    }
}
