//! Compiles a [`Site`]: constants, templates and regular expressions are kept once.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Pattern, PatternId, Realip, Site};
use crate::config::{Config, Part as TextPart, Regex, ScopeId, Text};
use crate::exchange::answer::{CharsetTables, ContentTypes};
use crate::exchange::aside::Live;
use crate::exchange::plan::Plan;
use crate::exchange::request::{CONSTANT, Slice};
use crate::exchange::session::Sessions;
use crate::exchange::site::location::Page;
use crate::exchange::terms::Terms;
use crate::exchange::upstream::Compile;
use crate::exchange::value::{Geoip, Part, Template};
use crate::modules::Target;
use crate::modules::shared::access::Rule;
use crate::modules::shared::upstream::Upstreams;
use crate::syntax::encode;

/// A site in the making.
pub struct Builder<'c> {
    pub config: &'c Config,
    pub target: &'c Target,
    /// `http` or `stream`.
    pub realm: Option<ScopeId>,
    pub site: Site,
    constants: FxHashMap<Box<[u8]>, Slice>,
    patterns: FxHashMap<(String, bool), PatternId>,
    /// The numbers of the variables that directives define.
    pub names: FxHashMap<String, u32>,
    /// Those that are used, and those that something sets.
    pub used: FxHashSet<u32>,
    pub assigned: FxHashSet<u32>,
    pub unknown: BTreeSet<String>,
    pub assumptions: BTreeSet<String>,
    /// It is for a live proxy, which knows more variables.
    pub is_live: bool,
    pub rules: FxHashMap<ScopeId, Arc<[Rule]>>,
    pub pages: FxHashMap<ScopeId, Arc<[Page]>>,
    pub realips: FxHashMap<ScopeId, Arc<Realip>>,
    /// By the block that has them; none for those that nginx has by itself.
    pub types: FxHashMap<Option<ScopeId>, Arc<ContentTypes>>,
    pub charsets: Option<Arc<CharsetTables>>,
}

impl<'c> Builder<'c> {
    /// For `http` or `stream`; there is nothing in it where there is none.
    pub fn new(config: &'c Config, target: &'c Target, realm: Option<ScopeId>) -> Builder<'c> {
        Builder {
            config,
            target,
            realm,
            site: Site::default(),
            constants: FxHashMap::default(),
            patterns: FxHashMap::default(),
            names: FxHashMap::default(),
            used: FxHashSet::default(),
            assigned: FxHashSet::default(),
            unknown: BTreeSet::new(),
            assumptions: BTreeSet::new(),
            is_live: false,
            rules: FxHashMap::default(),
            pages: FxHashMap::default(),
            realips: FxHashMap::default(),
            types: FxHashMap::default(),
            charsets: None,
        }
    }

    pub fn build(self) -> (Site, Plan) {
        let (site, plan, ()) = self.build_with(|_| ());
        (site, plan)
    }

    pub fn build_live(mut self) -> (Site, Plan, Terms) {
        self.is_live = true;
        self.build_with(|builder| {
            let scopes: Vec<ScopeId> = builder.site.locations.iter().map(|location| location.scope).collect();
            builder.site.live = scopes.into_iter().map(|scope| Live::compile(scope, builder)).collect();
            Terms::compile(builder)
        })
    }

    fn build_with<T>(mut self, more: impl FnOnce(&mut Self) -> T) -> (Site, Plan, T) {
        self.fixed_texts();
        if let Some(http) = self.realm {
            self.site.geoip = Geoip::compile(self.config, http);
            self.define_variables(http);
            self.groups(http);
            self.servers(http);
        }
        let locations: Vec<ScopeId> = self.site.locations.iter().map(|location| location.scope).collect();
        let plan = Plan::compile(self.config, self.realm, &locations, &mut self);
        let more = more(&mut self);
        self.finish(plan, more)
    }

    /// Compiles `stream`: its servers have no locations, so what holds in a location holds in the server of that number.
    pub fn build_sessions(mut self, stream: ScopeId) -> (Site, Plan, Sessions) {
        self.is_live = true;
        self.fixed_texts();
        self.define_variables(stream);
        self.groups(stream);
        self.session_servers(stream);
        let scopes: Vec<ScopeId> = self.site.servers.iter().map(|server| server.scope).collect();
        let plan = Plan::compile(self.config, self.realm, &scopes, &mut self);
        let sessions = Sessions::compile(&mut self);
        self.finish(plan, sessions)
    }

    fn finish<T>(mut self, plan: Plan, more: T) -> (Site, Plan, T) {
        self.note_unknown();
        if self.is_live {
            self.site.numbers = std::mem::take(&mut self.names);
        }
        self.site.unknown = self.unknown.into_iter().collect();
        self.site.assumptions = self.assumptions.into_iter().collect();
        (self.site, plan, more)
    }

    fn fixed_texts(&mut self) {
        self.site.version = self.text(&self.target.version.to_string());
        self.site.question = self.text("?");
        self.site.colon = self.text(":");
        self.site.on = self.text("on");
        self.site.slash = self.text("/");
        self.site.get = self.text("GET");
        self.site.schemes = [self.text("http"), self.text("https")];
    }

    fn groups(&mut self, realm: ScopeId) {
        let Some(upstreams) = self.config.scope(realm).slot::<Upstreams>() else { return };
        for (id, upstream) in upstreams.iter() {
            let name = encode(&upstream.name.to_ascii_lowercase()).into_boxed_slice();
            self.site.groups.entry(name).or_default().push((id, upstream.port));
        }
    }

    /// A constant.
    pub fn text(&mut self, text: &str) -> Slice {
        if text.is_empty() {
            return Slice::default();
        }
        let bytes = encode(text).into_boxed_slice();
        if let Some(known) = self.constants.get(&bytes) {
            return *known;
        }
        let start = self.site.constants.len() as u32 | CONSTANT;
        let slice = Slice { start, len: bytes.len() as u32 };
        self.site.constants.extend_from_slice(&bytes);
        self.constants.insert(bytes, slice);
        slice
    }

    /// A text with variables.
    pub fn template(&mut self, text: &Text) -> Template {
        let part = |part: &TextPart| match part {
            TextPart::Literal(text) => Part::Literal(self.text(text)),
            TextPart::Variable(name) => Part::Variable(self.variable(name)),
            TextPart::Capture(n) => Part::Capture(*n),
        };
        Template { parts: text.0.iter().map(part).collect() }
    }

    /// A regular expression.
    pub fn pattern(&mut self, regex: &Regex) -> PatternId {
        let key = (regex.pattern().to_owned(), regex.is_caseless());
        if let Some(known) = self.patterns.get(&key) {
            return *known;
        }
        let groups = regex.program().capture_names().iter().enumerate();
        let number = |name: &String| self.names.get(&name.to_ascii_lowercase()).copied();
        let names: Vec<(usize, u32)> = groups.filter_map(|(n, name)| Some((n, number(name.as_ref()?)?))).collect();
        self.assigned.extend(names.iter().map(|(_, number)| *number));
        let id = PatternId(self.site.patterns.len() as u32);
        self.site.patterns.push(Pattern { regex: regex.clone(), groups: regex.captures(), names });
        self.patterns.insert(key, id);
        id
    }
}

impl Compile for Builder<'_> {
    fn text(&mut self, text: &Text) -> Template {
        self.template(text)
    }

    fn pattern(&mut self, regex: &Regex) -> PatternId {
        Builder::pattern(self, regex)
    }

    fn variable(&mut self, name: &str) -> Template {
        let variable = Builder::variable(self, name);
        Template { parts: Box::new([Part::Variable(variable)]) }
    }
}
