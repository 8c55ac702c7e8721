//! Compiles locations: what holds in each, after inheritance.

use std::any::Any;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::build::Builder;
use super::listeners::named_key;
use super::{Op, Passed, Tree};
use crate::config::cidr::Cidr;
use crate::config::{ScopeId, Text};
use crate::exchange::request::Slice;
use crate::exchange::value::{Clues, Part, Script, Template};
use crate::modules::Contexts;
use crate::modules::http::core::error_page::{Answer, ErrorPages};
use crate::modules::http::core::limit_except::{LimitExcept, METHODS};
use crate::modules::http::core::location::{self, Pattern};
use crate::modules::http::core::root::Root;
use crate::modules::http::fastcgi;
use crate::modules::http::try_files::{Last, TryFiles};
use crate::modules::shared::access::{Rule, Rules};
use crate::modules::shared::named;
use crate::modules::shared::pass::{Passes, Protocol};
use crate::modules::shared::realip::Trusted;

/// A location of a [`Site`](super::Site): also what holds in a server outside of its locations, in an `if` inside a
/// location, and in a `limit_except`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LocationId(pub u32);

/// What makes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// `proxy_pass` and its kin.
    Pass,
    /// A directive that answers by itself: `empty_gif`, `stub_status`.
    Own(&'static str),
    /// Files.
    Files,
}

/// What holds in one place.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Location {
    /// Its block.
    pub scope: ScopeId,
    /// The path of a location with one; its name if it is a named one.
    pub(in crate::exchange) name: Slice,
    pub(super) tree: u32,
    pub(in crate::exchange) no_regex: bool,
    pub(in crate::exchange) internal: bool,
    pub(in crate::exchange) program: Box<[Op]>,
    pub(in crate::exchange) limit_except: Option<(LimitExcept, LocationId)>,
    /// Largest body of a request; 0 for no limit.
    pub(in crate::exchange) max_body: u64,
    pub(in crate::exchange) rules: Option<Arc<[Rule]>>,
    /// One of access rules and authentication is enough, and there is some authentication.
    pub(in crate::exchange) any: bool,
    pub(in crate::exchange) pages: Option<Arc<[Page]>>,
    pub(in crate::exchange) recursive_pages: bool,
    pub(in crate::exchange) intercepts: bool,
    pub(in crate::exchange) realip: Option<Arc<Realip>>,
    pub(in crate::exchange) tried: Option<Box<Tried>>,
    pub(in crate::exchange) handler: Option<Handler>,
    pub(in crate::exchange) pass: Option<Box<Passed>>,
    /// Names that variables give can be resolved.
    pub(in crate::exchange) resolver: bool,
    pub(in crate::exchange) root: Template,
    pub(in crate::exchange) alias: Alias,
    pub(in crate::exchange) script: Script,
    pub(in crate::exchange) symlinks: Option<Box<Symlinks>>,
    /// `rewrite_log`
    pub(in crate::exchange) rewrite_log: bool,
    /// What the browser, the referer and the link are judged by, if by anything.
    pub(in crate::exchange) clues: Option<Box<Clues>>,
}

/// `disable_symlinks`
#[derive(Debug)]
pub struct Symlinks {
    /// A link is followed where what it leads to has the same owner.
    pub of_owner: bool,
    /// The beginning of paths that is not looked at.
    pub from: Option<Template>,
}

/// How a path becomes a file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alias {
    /// `root`: the path is added.
    #[default]
    None,
    /// `alias`: the path without its first bytes is added.
    Prefix(usize),
    /// `alias` in a location with a regular expression: nothing is added.
    Whole,
}

/// `error_page`
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub to: Template,
    pub answer: Answer,
}

/// `set_real_ip_from`, `real_ip_header`, `real_ip_recursive`
#[derive(Debug)]
pub struct Realip {
    pub trusted: Vec<Cidr>,
    pub header: Sender,
    pub recursive: bool,
}

/// Where the client's address is told.
#[derive(Debug, PartialEq, Eq)]
pub enum Sender {
    /// In all headers of this name.
    Chain,
    /// In the first header of this name.
    Header(Box<[u8]>),
    /// In the PROXY protocol.
    ProxyProtocol,
}

/// `try_files`
#[derive(Debug)]
pub struct Tried {
    /// What is looked for; whether it is a folder.
    pub files: Vec<(Template, bool)>,
    /// What happens when nothing was found.
    pub last: Result<Template, u16>,
}

/// Directives that answer by themselves.
const OWN: &[&str] =
    &["api", "empty_gif", "flv", "js_content", "mp4", "perl", "status", "stub_status", "upstream_conf"];

/// Directives that check who the client is.
const AUTHENTICATION: &[&str] = &["auth_basic", "auth_jwt", "auth_oidc", "auth_pam", "auth_request"];

impl Builder<'_> {
    /// Compiles what holds in a scope; locations inside it come apart.
    pub fn location(&mut self, scope: ScopeId) -> LocationId {
        let id = LocationId(self.site.locations.len() as u32);
        let config = self.config;
        let own = config.scope(scope).slot::<location::Location>();
        let name = own.map(|own| self.text(&own.name)).unwrap_or_default();
        let pass = self.pass(scope);
        let (root, alias) = self.root(scope);
        let intercept = pass.as_ref().map_or("proxy_intercept_errors", |pass| intercepting(pass.protocol));
        let location = Location {
            scope,
            name,
            tree: u32::MAX,
            no_regex: own.is_some_and(|own| own.pattern == Pattern::PrefixFirst),
            internal: config.flag(scope, "internal", false),
            program: Box::default(),
            limit_except: None,
            max_body: config.number(scope, "client_max_body_size", 1 << 20),
            rules: self.rules(scope),
            any: self.authenticates(scope) && config.effective(scope, "satisfy").is_some_and(|set| set.arg(1) == "any"),
            pages: self.pages(scope),
            recursive_pages: config.flag(scope, "recursive_error_pages", false),
            intercepts: config.flag(scope, intercept, false),
            realip: self.realip(scope),
            tried: self.tried(scope),
            handler: self.handler(scope),
            pass,
            resolver: config.effective(scope, "resolver").is_some_and(|set| set.arg(1) != "off"),
            root,
            alias,
            script: self.script(scope),
            symlinks: self.symlinks(scope).map(Box::new),
            rewrite_log: config.flag(scope, "rewrite_log", false),
            clues: Clues::compile(self, scope),
        };
        self.site.locations.push(location);
        // An `if` has its steps in the program around it.
        if !config.scope(scope).context.meets(Contexts::LOCATION_IF) {
            let program = self.program(scope);
            self.site.locations[id.0 as usize].program = program;
        }
        let inside = config.scope(scope).children.iter().copied();
        if let Some(inner) = inside.clone().find(|inner| config.scope(*inner).slot::<LimitExcept>().is_some()) {
            let allowed = config.scope(inner).slot::<LimitExcept>().copied().unwrap_or_default();
            let inner = self.location(inner);
            self.site.locations[id.0 as usize].limit_except = Some((allowed, inner));
        }
        id
    }

    /// Compiles an `if` inside a location.
    pub fn nameless(&mut self, scope: ScopeId) -> LocationId {
        self.location(scope)
    }

    /// Compiles the locations inside a scope.
    pub fn locations_inside(&mut self, scope: ScopeId, at: LocationId, named: &mut FxHashMap<Box<[u8]>, LocationId>) {
        let config = self.config;
        let mut tree = Tree::default();
        // Inside a regular expression nginx makes no tree of paths.
        let in_regex = config
            .scope(scope)
            .slot::<location::Location>()
            .is_some_and(|outer| matches!(outer.pattern, Pattern::Regex(_)));
        for inner in config.scope(scope).children.iter().copied() {
            let Some(own) = config.scope(inner).slot::<location::Location>() else { continue };
            if !config.scope(inner).context.meets(Contexts::LOCATION) {
                continue;
            }
            let id = self.location(inner);
            self.locations_inside(inner, id, named);
            match &own.pattern {
                Pattern::Named => drop(named.insert(named_key(&own.name), id)),
                Pattern::Regex(regex) => {
                    let pattern = self.pattern(regex);
                    tree.patterns.push((pattern, id));
                }
                _ if in_regex => {}
                pattern => {
                    let bytes = crate::syntax::encode(&own.name);
                    let passes = config.scope(inner).slot::<Passes>();
                    let passes =
                        passes.is_some_and(|passes| passes.0.iter().any(|pass| pass.protocol != Protocol::Tunnel));
                    let redirects = bytes.ends_with(b"/") && passes;
                    tree.add(&bytes, *pattern == Pattern::Exact, id, redirects);
                }
            }
        }
        tree.arrange();
        if !tree.is_empty() {
            self.site.locations[at.0 as usize].tree = self.site.trees.len() as u32;
            self.site.trees.push(tree);
        }
    }

    /// The nearest scope around that has some of `T`.
    fn nearest<T: Any>(&self, scope: ScopeId) -> Option<(ScopeId, &T)> {
        self.config.ancestors(scope).find_map(|id| Some((id, self.config.scope(id).slot::<T>()?)))
    }

    fn rules(&mut self, scope: ScopeId) -> Option<Arc<[Rule]>> {
        let (from, rules) = self.nearest::<Rules>(scope)?;
        let rules = self.rules.get(&from).cloned().unwrap_or_else(|| rules.0.as_slice().into());
        self.rules.insert(from, rules.clone());
        Some(rules)
    }

    fn pages(&mut self, scope: ScopeId) -> Option<Arc<[Page]>> {
        let from = self.nearest::<ErrorPages>(scope)?.0;
        if let Some(known) = self.pages.get(&from) {
            return Some(known.clone());
        }
        let config = self.config;
        let pages = config.scope(from).slot::<ErrorPages>()?;
        let page = |page: &crate::modules::http::core::error_page::ErrorPage| Page {
            status: page.status,
            to: self.template(&page.to),
            answer: page.answer,
        };
        let pages: Arc<[Page]> = pages.0.iter().map(page).collect();
        self.pages.insert(from, pages.clone());
        Some(pages)
    }

    fn symlinks(&mut self, scope: ScopeId) -> Option<Symlinks> {
        let set = self.config.effective(scope, "disable_symlinks")?;
        let words = || set.words[1..].iter().map(|word| &*word.value);
        if words().any(|word| word == "off") {
            return None;
        }
        let from = words().find_map(|word| word.strip_prefix("from=")).and_then(|path| Text::read(path).ok());
        let from = from.map(|path| self.template(&path));
        Some(Symlinks { of_owner: words().any(|word| word == "if_not_owner"), from })
    }

    fn realip(&mut self, scope: ScopeId) -> Option<Arc<Realip>> {
        if let Some(known) = self.realips.get(&scope) {
            return Some(known.clone());
        }
        let trusted = self.nearest::<Trusted>(scope)?.1.0.clone();
        let header = match self.config.effective(scope, "real_ip_header").map_or("X-Real-IP", |set| set.arg(1)) {
            "X-Forwarded-For" => Sender::Chain,
            "proxy_protocol" => Sender::ProxyProtocol,
            name => Sender::Header(name.to_ascii_lowercase().into_bytes().into()),
        };
        let recursive = self.config.flag(scope, "real_ip_recursive", false);
        let realip = Arc::new(Realip { trusted, header, recursive });
        self.realips.insert(scope, realip.clone());
        Some(realip)
    }

    fn authenticates(&mut self, scope: ScopeId) -> bool {
        let config = self.config;
        let asks = |name: &&&str| config.effective(scope, name).is_some_and(|set| set.arg(1) != "off");
        let found: Vec<&str> = AUTHENTICATION.iter().filter(asks).copied().collect();
        self.assumptions.extend(found.iter().map(|name| format!("every client passes \"{name}\"")));
        !found.is_empty()
    }

    fn handler(&self, scope: ScopeId) -> Option<Handler> {
        let found = self.config.scope(scope).settings.iter().rev().find_map(|set| {
            let name = set.directive.name;
            if name.ends_with("_pass") {
                Some(Handler::Pass)
            } else {
                OWN.contains(&name).then_some(Handler::Own(name))
            }
        });
        // A `limit_except` hands on what the location around it passes to, but no other handler.
        let hands_on = || {
            let except = self.config.scope(scope).context.meets(Contexts::LIMIT_EXCEPT);
            except.then(|| crate::modules::shared::pass::effective(self.config, scope))?.map(|_| Handler::Pass)
        };
        found.or_else(hands_on)
    }

    fn root(&mut self, scope: ScopeId) -> (Template, Alias) {
        let config = self.config;
        let Some((from, root)) = config.ancestors(scope).find_map(|id| Some((id, config.scope(id).slot::<Root>()?)))
        else {
            let path = format!("{}html", self.target.paths.prefix);
            let path = Part::Literal(self.text(&path));
            return (Template { parts: [path].into() }, Alias::None);
        };
        let alias = match config.effective_slot::<location::Location>(from) {
            Some(location) if root.alias && matches!(location.pattern, Pattern::Regex(_)) => Alias::Whole,
            Some(location) if root.alias => Alias::Prefix(crate::syntax::encode(&location.name).len()),
            _ => Alias::None,
        };
        (self.template(&root.path), alias)
    }

    fn tried(&mut self, scope: ScopeId) -> Option<Box<Tried>> {
        let config = self.config;
        let tried = config.scope(scope).slot::<TryFiles>()?;
        let files = tried.files.iter().map(|text| self.file(text)).collect();
        let last = match &tried.last {
            Last::Uri(text) => Ok(self.template(text)),
            Last::Status(status) => Err(u16::try_from(*status).unwrap_or(500)),
        };
        Some(Box::new(Tried { files, last }))
    }

    fn script(&mut self, scope: ScopeId) -> Script {
        let config = self.config;
        let split = named::effective::<fastcgi::Split>(config, scope, "fastcgi_split_path_info");
        let index = config.effective(scope, "fastcgi_index").map_or("", |set| set.arg(1));
        Script { split: split.map(|split| split.0.clone()), index: self.text(index) }
    }

    /// A slash at the end says that it is a folder, and is no part of the name.
    fn file(&mut self, text: &Text) -> (Template, bool) {
        let mut template = self.template(text);
        let Some(Part::Literal(last)) = template.parts.last_mut() else { return (template, false) };
        let folder = self.site.constant(*last).ends_with(b"/");
        if folder {
            *last = last.part(0, last.len as usize - 1);
        }
        (template, folder)
    }
}

/// The directive by which error pages take the place of an upstream's answers.
fn intercepting(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Fastcgi => "fastcgi_intercept_errors",
        Protocol::Uwsgi => "uwsgi_intercept_errors",
        Protocol::Scgi => "scgi_intercept_errors",
        Protocol::Grpc => "grpc_intercept_errors",
        Protocol::Http | Protocol::Memcached | Protocol::Tunnel | Protocol::Stream => "proxy_intercept_errors",
    }
}

/// Whether a `limit_except` counts for a method.
pub fn excepts(allowed: LimitExcept, method: &[u8]) -> bool {
    let known = METHODS.iter().position(|known| known.as_bytes() == method);
    known.is_none_or(|bit| allowed.0 & 1 << bit == 0)
}
