//! One nginx module: its table, its variables, and what it does at the end of its realm.

use super::directive::{Contexts, Directive};
use super::version::Version;
use crate::config::{Cx, ScopeId, Verdict};

/// Which realm's directives a module brings; nginx looks names up only among the modules of the current realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The main context.
    Core,
    /// `include`: everywhere.
    Conf,
    /// `events {}`
    Event,
    /// `http {}`
    Http,
    /// `stream {}`
    Stream,
    /// `mail {}`
    Mail,
    /// A block of a single module's own, such as `mgmt {}`.
    Own,
}

impl Kind {
    /// The kind of modules that speak in this context.
    #[must_use]
    pub fn of_context(context: Contexts) -> Kind {
        const HTTP: Contexts = Contexts::read("http server location upstream server-if location-if limit_except");
        const STREAM: Contexts = Contexts::read("stream stream-server stream-upstream");
        const MAIL: Contexts = Contexts::read("mail mail-server");
        match context {
            c if c.meets(Contexts::MAIN) => Kind::Core,
            c if c.meets(Contexts::EVENTS) => Kind::Event,
            c if c.meets(HTTP) => Kind::Http,
            c if c.meets(STREAM) => Kind::Stream,
            c if c.meets(MAIL) => Kind::Mail,
            _ => Kind::Own,
        }
    }
}

/// How a module gets into a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is always there.
    Always,
    /// It is there unless `--without-NAME_module` was given.
    Default(&'static str),
    /// It is there if `--with-NAME[_module]` was given.
    With(&'static str),
    /// On other operating systems only.
    Elsewhere,
    /// In NGINX Plus only.
    Plus,
    /// A module of others: the names by which `--add-module`, `load_module` and `--module` know it.
    ThirdParty(&'static [&'static str]),
}

impl Presence {
    /// What a build needs to have the module.
    #[must_use]
    pub fn needs(self) -> String {
        match self {
            Presence::Always => "in every build".to_owned(),
            Presence::Default(name) => format!("in every build without --without-{name}_module"),
            Presence::With(name) if name.contains('_') => format!("in builds with --with-{name}_module"),
            Presence::With(name) => format!("in builds with --with-{name}"),
            Presence::Elsewhere => "on other operating systems".to_owned(),
            Presence::Plus => "in NGINX Plus".to_owned(),
            Presence::ThirdParty(names) => format!("third-party: --module {}", names[0]),
        }
    }

    /// The way to get the module.
    #[must_use]
    pub fn help(self, module: &str) -> String {
        match self {
            Presence::Always => format!("it belongs to ngx_{module}, which this version does not have yet"),
            Presence::Default(name) => format!("ngx_{module} was left out by --without-{name}_module"),
            Presence::With(name) if name.contains('_') => {
                format!("ngx_{module} needs --with-{name}_module, or load_module if it was built as a dynamic module")
            }
            Presence::With(name) => format!("ngx_{module} needs --with-{name}, or load_module if it is dynamic"),
            Presence::Elsewhere => format!("ngx_{module} is for other operating systems"),
            Presence::Plus => "only NGINX Plus has it; see --target plus@r37".to_owned(),
            Presence::ThirdParty(names) => {
                format!("it belongs to the third-party module {}; see --module {}", names[0], names[0])
            }
        }
    }
}

/// Runs in a realm's own scope (`cx.scope` is `http`, `stream`, `mail`, or main for core modules).
pub type Hook = fn(&mut Cx) -> Verdict;

/// Runs for a server or location (`cx.scope`, also given), after the block around it.
pub type Merge = fn(&mut Cx, ScopeId) -> Verdict;

/// A module.
pub struct Module {
    /// nginx's name without `ngx_`: `http_proxy_module`.
    pub name: &'static str,
    /// Whose contexts it speaks in.
    pub kind: Kind,
    /// How it gets into a build.
    pub presence: Presence,
    /// Its table.
    pub directives: &'static [Directive],
    /// The variables it always defines.
    pub variables: &'static [Variable],
    /// When the realm's block opens (`preconfiguration`).
    pub prepare: Option<Hook>,
    /// After the realm was read, before this module's merges (`init_main_conf`, `init_conf`).
    pub init: Option<Hook>,
    /// For each server (`merge_srv_conf`).
    pub merge_server: Option<Merge>,
    /// For each server, location, `if` and `limit_except` (`merge_loc_conf`).
    pub merge_location: Option<Merge>,
    /// After all merges (`postconfiguration`; for core modules the part of `init_module` that judges).
    pub finish: Option<Hook>,
}

impl Module {
    /// A module that only has a name: fill in the rest with `..Module::new(...)`.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, presence: Presence) -> Module {
        Module {
            name,
            kind,
            presence,
            directives: &[],
            variables: &[],
            prepare: None,
            init: None,
            merge_server: None,
            merge_location: None,
            finish: None,
        }
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A variable that a module always defines.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name without `$`; of a prefix variable the prefix.
    pub name: &'static str,
    /// Any name that starts so: `arg_`, `http_`.
    pub prefix: bool,
    /// A directive may define it again.
    pub changeable: bool,
    /// The first version that has it.
    pub since: Version,
    /// The last version that has it, if that is past.
    pub last: Option<Version>,
}

/// A row of a table of variables: name, first version.
#[must_use]
pub const fn v(name: &'static str, since: &str) -> Variable {
    Variable { name, prefix: false, changeable: false, since: Version::read(since), last: None }
}

impl Variable {
    /// The name is a prefix.
    #[must_use]
    pub const fn prefix(mut self) -> Variable {
        self.prefix = true;
        self
    }

    /// A directive may define it again.
    #[must_use]
    pub const fn changeable(mut self) -> Variable {
        self.changeable = true;
        self
    }

    /// It is gone: this was the last version that had it.
    #[must_use]
    pub const fn last(mut self, version: &str) -> Variable {
        self.last = Some(Version::read(version));
        self
    }
}
