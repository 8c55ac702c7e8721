//! What `nginx -V` says of a build: version, modules, paths.
//!
//! The rules are those of nginx's `auto/modules` and `auto/options`: `--with-NAME` and `--without-NAME` for its own
//! modules, some of which come only with another (everything of `stream` with `--with-stream`, gRPC with HTTP/2,
//! rewriting with PCRE); `--add-module=FOLDER` for those of others.

use super::{Paths, Target, TargetError};
use crate::modules::module::{Kind, Module, Presence};
use crate::modules::{modules, version::Version};

impl Target {
    /// Reads what `nginx -V` printed.
    ///
    /// # Errors
    /// When it names no version or no configure arguments.
    pub fn from_version_output(text: &str) -> Result<Target, TargetError> {
        let line = |start: &str| text.lines().find_map(|line| line.trim().strip_prefix(start));
        let named = text.lines().find_map(|line| line.split_once("version: ")).map(|(_, rest)| rest.trim());
        let named = named.ok_or_else(|| TargetError("there is no \"nginx version:\" line".to_owned()))?;
        let version = base_version(named)
            .ok_or_else(|| TargetError(format!("\"{named}\" names no version that can be understood")))?;
        let arguments = line("configure arguments:")
            .ok_or_else(|| TargetError("there is no \"configure arguments:\" line; give all of nginx -V".to_owned()))?;
        let options = words(arguments);
        let build = Build { options: &options };
        let plus = super::plus::release_in(named);
        let mut target = Target { plus, ..Target::bare(version) };
        for module in modules() {
            match build.part_in(module, plus) {
                Part::BuiltIn => {
                    target.present.insert(module.name);
                }
                Part::Dynamic => {
                    target.dynamic.insert(module.name);
                }
                Part::Absent => {}
            }
        }
        target.paths = build.paths();
        target.configured = Some(options);
        Ok(target)
    }
}

/// `nginx/1.29.8 (nginx-plus-r37)`, `openresty/1.27.1.2`: the first three numbers after the first slash.
fn base_version(named: &str) -> Option<Version> {
    let numbers = named.split_once('/')?.1;
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(numbers.len());
    let parts: Vec<&str> = numbers[..end].split('.').take(3).collect();
    Version::parse(&parts.join("."))
}

/// Cuts the arguments as a shell would: quotes group and vanish.
fn words(arguments: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in arguments.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What a build makes of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Compiled in.
    BuiltIn,
    /// In a file that `load_module` may bring.
    Dynamic,
    /// Left out.
    Absent,
}

impl Part {
    /// Of a module that lives inside another one.
    fn within(self, outer: Part) -> Part {
        match (self, outer) {
            (Part::Absent, _) | (_, Part::Absent) => Part::Absent,
            (Part::BuiltIn, Part::BuiltIn) => Part::BuiltIn,
            _ => Part::Dynamic,
        }
    }
}

struct Build<'a> {
    options: &'a [String],
}

impl Build<'_> {
    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|given| given == option)
    }

    fn value(&self, option: &str) -> Option<&str> {
        self.options.iter().rev().find_map(|given| given.strip_prefix(option)?.strip_prefix('='))
    }

    /// `--with-NAME` in any of its spellings.
    fn with(&self, name: &str) -> Part {
        let spelt = [format!("--with-{name}"), format!("--with-{name}_module")];
        if spelt.iter().any(|option| self.has(option)) {
            Part::BuiltIn
        } else if spelt.iter().any(|option| self.value(option) == Some("dynamic")) {
            Part::Dynamic
        } else {
            Part::Absent
        }
    }

    fn unless(&self, option: &str) -> Part {
        if self.has(option) { Part::Absent } else { Part::BuiltIn }
    }

    fn part_in(&self, module: &Module, plus: Option<u32>) -> Part {
        let own = match module.presence {
            Presence::Always => self.always(module),
            Presence::Default(name) => self.unless(&format!("--without-{name}_module")),
            Presence::With(name) => self.with(name),
            Presence::Elsewhere => Part::Absent,
            Presence::Plus => {
                if plus.is_some() {
                    Part::BuiltIn
                } else {
                    Part::Absent
                }
            }
            Presence::ThirdParty(names) => self.added(names),
        };
        own.within(self.outer(module))
    }

    /// Modules without an option of their own that some builds leave out all the same.
    fn always(&self, module: &Module) -> Part {
        match module.name {
            "regex_module" => self.unless("--without-pcre"),
            "thread_pool_module" => self.with("threads"),
            "openssl_module" | "openssl_cache_module" => {
                let ssl = ["http_ssl", "mail_ssl", "stream_ssl", "http_v3"];
                if ssl.iter().any(|name| self.with(name) != Part::Absent) { Part::BuiltIn } else { Part::Absent }
            }
            _ => Part::BuiltIn,
        }
    }

    /// What a module needs besides its own option.
    fn outer(&self, module: &Module) -> Part {
        match module.kind {
            Kind::Stream => self.with("stream"),
            Kind::Mail => self.with("mail"),
            Kind::Http if self.has("--without-http") => Part::Absent,
            _ => match module.name {
                "http_grpc_module" => self.with("http_v2"),
                "http_rewrite_module" => self.unless("--without-pcre"),
                "http_module" => self.unless("--without-http"),
                _ => Part::BuiltIn,
            },
        }
    }

    /// A module of others, by the name of the folder it was built from.
    fn added(&self, names: &[&str]) -> Part {
        let among = |option: &str| {
            let folders = self.options.iter().filter_map(|given| given.strip_prefix(option));
            folders.into_iter().any(|folder| super::third_party::is_folder_of(folder, names))
        };
        if among("--add-module=") {
            Part::BuiltIn
        } else if among("--add-dynamic-module=") {
            Part::Dynamic
        } else {
            Part::Absent
        }
    }

    fn paths(&self) -> Paths {
        let default = Paths::default();
        let or = |option: &str, default: &str| self.value(option).unwrap_or(default).to_owned();
        let user = or("--user", &default.user);
        let temporary = default.temporary.iter().map(|(part, path)| {
            let option = format!("--http-{part}-temp-path");
            (part.clone(), or(&option, path))
        });
        let mut error_log = or("--error-log-path", &default.error_log);
        if error_log == "stderr" {
            error_log.clear();
        }
        let mut prefix = or("--prefix", &default.prefix);
        if !prefix.ends_with('/') {
            prefix.push('/');
        }
        Paths {
            prefix,
            conf: or("--conf-path", &default.conf),
            error_log,
            http_log: or("--http-log-path", &default.http_log),
            pid: or("--pid-path", &default.pid),
            lock: or("--lock-path", &default.lock),
            group: self.value("--group").map_or_else(|| user.clone(), str::to_owned),
            user,
            modules: or("--modules-path", &default.modules),
            temporary: temporary.collect(),
        }
    }
}
