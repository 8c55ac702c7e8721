//! Which nginx to judge as: version, modules present, default paths.

mod build;
mod load;
mod parse;
mod plus;
mod third_party;

pub use load::modules_in_file;

use rustc_hash::FxHashSet;
use std::fmt;

use super::directive::Directive;
use super::module::{Kind, Module, Presence, Variable};
use super::version::Version;

/// One build of nginx.
#[derive(Debug, Clone)]
pub struct Target {
    /// The version; of NGINX Plus that of the open-source nginx it is based on.
    pub version: Version,
    /// The release of NGINX Plus.
    pub plus: Option<u32>,
    /// Default paths and names.
    pub paths: Paths,
    /// The configure options, if the target was read from `nginx -V`; otherwise everything counts as built in.
    pub configured: Option<Vec<String>>,
    /// The version of OpenSSL that it was built with, if that is known.
    pub openssl: Option<(u32, u32)>,
    present: FxHashSet<&'static str>,
    /// Dynamic modules of the build that `load_module` may bring.
    dynamic: FxHashSet<&'static str>,
}

/// Paths and names compiled into a build or given on its command line.
#[derive(Debug, Clone)]
pub struct Paths {
    /// `--prefix` or `-p`, with a `/` at its end.
    pub prefix: String,
    /// `--conf-path` or `-c`; after [`Paths::start`] the full name, as nginx prints it.
    pub conf: String,
    /// `--error-log-path` or `-e`.
    pub error_log: String,
    /// `--http-log-path`.
    pub http_log: String,
    /// `--pid-path`.
    pub pid: String,
    /// `--lock-path`.
    pub lock: String,
    /// `--user`.
    pub user: String,
    /// `--group`.
    pub group: String,
    /// `--modules-path`.
    pub modules: String,
    /// `--http-client-body-temp-path` and the other four temporary folders, by the option's middle part.
    pub temporary: Vec<(String, String)>,
}

impl Paths {
    /// The folder of the configuration file, with a `/` at its end.
    #[must_use]
    pub fn conf_prefix(&self) -> String {
        match self.conf.rfind('/') {
            Some(slash) => self.conf[..=slash].to_owned(),
            None => String::new(),
        }
    }

    /// `ngx_process_options`: settles prefix and configuration file as given on the command line.
    pub fn start(&mut self, prefix: Option<&str>, conf: Option<&str>) {
        if let Some(prefix) = prefix {
            let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
            self.prefix = format!("{prefix}{slash}");
        }
        let conf = conf.unwrap_or(&self.conf);
        self.conf = if conf.starts_with('/') { conf.to_owned() } else { format!("{}{conf}", self.prefix) };
    }
}

impl Default for Paths {
    /// The paths of a build configured without options.
    fn default() -> Paths {
        let temporary = ["client-body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|part| (part.to_owned(), format!("{}_temp", part.replace('-', "_"))));
        Paths {
            prefix: "/usr/local/nginx/".to_owned(),
            conf: "conf/nginx.conf".to_owned(),
            error_log: "logs/error.log".to_owned(),
            http_log: "logs/access.log".to_owned(),
            pid: "logs/nginx.pid".to_owned(),
            lock: "logs/nginx.lock".to_owned(),
            user: "nobody".to_owned(),
            group: "nobody".to_owned(),
            modules: "modules".to_owned(),
            temporary: temporary.into(),
        }
    }
}

/// Why a target could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetError(pub String);

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TargetError {}

impl Default for Target {
    /// The newest mainline with every module of the source tree.
    fn default() -> Target {
        Target::mainline(Version::NEWEST)
    }
}

impl Target {
    /// Open-source nginx of a version, with every module of its source tree.
    #[must_use]
    pub fn mainline(version: Version) -> Target {
        let present = super::modules()
            .filter(|m| matches!(m.presence, Presence::Always | Presence::Default(_) | Presence::With(_)))
            .map(|m| m.name)
            .collect();
        Target { present, ..Target::bare(version) }
    }

    /// NGINX Plus: all that is open source, and its own modules.
    fn of_plus(release: u32, base: Version) -> Target {
        let mut target = Target { plus: Some(release), ..Target::mainline(base) };
        let own = super::modules().filter(|module| module.presence == Presence::Plus);
        target.present.extend(own.map(|module| module.name));
        target
    }

    /// A version without any module.
    fn bare(version: Version) -> Target {
        let (present, dynamic) = (FxHashSet::default(), FxHashSet::default());
        Target { version, plus: None, paths: Paths::default(), configured: None, openssl: None, present, dynamic }
    }

    /// Whether the target has a module now (built in, or loaded).
    #[must_use]
    pub fn has(&self, module: &Module) -> bool {
        self.present.contains(module.name)
    }

    /// Adds a module.
    pub fn add(&mut self, module: &'static Module) {
        self.present.insert(module.name);
    }

    /// Whether the build was configured with an option such as `--with-threads`.
    #[must_use]
    pub fn built_with(&self, option: &str) -> bool {
        self.configured.as_ref().is_none_or(|options| options.iter().any(|given| given == option))
    }

    /// The rows of this name that the target has, in module order.
    pub fn directives(&self, name: &str) -> impl Iterator<Item = (&'static Module, &'static Directive)> + '_ {
        super::rows_named(name).iter().copied().filter(|(module, row)| self.has(module) && self.has_row(row))
    }

    /// Whether this version and edition have the row (its module given).
    #[must_use]
    pub fn has_row(&self, row: &Directive) -> bool {
        row.exists_in(self.version) && row.release.is_none_or(|first| self.plus.is_some_and(|plus| first <= plus))
    }

    /// The variable that a module of this kind always defines: by its name, or by the longest prefix.
    #[must_use]
    pub fn variable(&self, kind: Kind, name: &str) -> Option<&'static Variable> {
        let there = |v: &&Variable| v.since <= self.version && v.last.is_none_or(|last| self.version <= last);
        let all = || super::modules().filter(|m| m.kind == kind && self.has(m)).flat_map(|m| m.variables).filter(there);
        all().find(|v| !v.prefix && v.name == name).or_else(|| {
            all()
                .filter(|v| v.prefix && name.len() >= v.name.len() && name.starts_with(v.name))
                .max_by_key(|v| v.name.len())
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.plus {
            Some(release) => write!(f, "plus@r{release}"),
            None => write!(f, "nginx@{}", self.version),
        }
    }
}
