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
        target.openssl = line("built with OpenSSL ").and_then(openssl_version);
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

/// `3.0.22 25 Aug 2026`: the first two numbers.
fn openssl_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(['.', ' ']).map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn target(options: &str) -> Target {
        let text = format!("nginx version: nginx/1.22.1 (Ubuntu)\nconfigure arguments: {options}\n");
        Target::from_version_output(&text).expect("a whole output")
    }

    fn has(target: &Target, name: &str) -> bool {
        modules().any(|module| module.name == name && target.has(module))
    }

    #[test]
    fn modules_follow_the_options() {
        let bare = target("");
        let cases = [
            ("http_proxy_module", true),
            ("http_ssl_module", false),
            ("openssl_module", false),
            ("http_grpc_module", false),
            ("stream_map_module", false),
            ("regex_module", true),
            ("thread_pool_module", false),
            ("plus_http_module", false),
        ];
        for (name, want) in cases {
            assert_eq!(has(&bare, name), want, "{name}");
        }
        let rich = target(
            "--with-http_ssl_module --with-http_v2_module --with-stream --without-stream_map_module --with-threads",
        );
        let cases = [
            ("openssl_module", true),
            ("http_grpc_module", true),
            ("stream_core_module", true),
            ("stream_map_module", false),
            ("stream_ssl_module", false),
            ("thread_pool_module", true),
        ];
        for (name, want) in cases {
            assert_eq!(has(&rich, name), want, "{name}");
        }
        assert!(!has(&target("--without-pcre"), "http_rewrite_module"));
        assert!(!has(&target("--without-http"), "http_core_module"));
    }

    #[test]
    fn dynamic_modules_wait_for_load_module() {
        let target =
            target("--with-stream=dynamic --with-stream_ssl_module --add-dynamic-module=/x/ngx_http_geoip2_module");
        let find = |name| modules().find(|module| module.name == name).expect("a known module");
        for name in ["stream_module", "stream_ssl_module", "geoip2_http_module"] {
            assert!(!target.has(find(name)) && target.can_load(find(name)), "{name}");
        }
        assert!(!target.can_load(find("mail_module")));
    }

    #[test]
    fn paths_are_those_of_the_build() {
        let paths =
            target("--prefix=/etc/nginx --conf-path='/etc/my nginx.conf' --error-log-path=stderr --user=www").paths;
        assert_eq!((&*paths.prefix, &*paths.conf, &*paths.error_log), ("/etc/nginx/", "/etc/my nginx.conf", ""));
        assert_eq!((&*paths.user, &*paths.group), ("www", "www"));
        assert_eq!(paths.http_log, "logs/access.log");
    }

    #[test]
    fn versions_of_other_editions() {
        let read = |line: &str| {
            let target = Target::from_version_output(&format!("{line}\nconfigure arguments:\n")).expect("a version");
            (target.version.to_string(), target.plus)
        };
        assert_eq!(read("nginx version: nginx/1.29.8 (nginx-plus-r37)"), ("1.29.8".to_owned(), Some(37)));
        assert_eq!(read("nginx version: nginx/1.27.4 (nginx-plus-r34-p2)"), ("1.27.4".to_owned(), Some(34)));
        assert_eq!(read("nginx version: openresty/1.27.1.2"), ("1.27.1".to_owned(), None));
        assert!(Target::from_version_output("nginx version: nginx/1.2.3\n").is_err());
        assert!(Target::from_version_output("hello\n").is_err());
    }
}
