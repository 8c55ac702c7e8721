//! `-v`, `-V` and `-h`: what is judged as, in the form in which programs read it off nginx.

use crate::modules::{Module, Presence, Target, Version, modules};

/// The nginx in whose place this build serves, where no target is chosen.
pub const SERVED: Version = Version::read("1.31.5");

/// What this build can serve, as nginx's options would give it: modules that are not there by themselves, and those that
/// would be. Whether a module is there is read off this by programs, so it has to be true.
const SERVED_OPTIONS: &[&str] = &[
    "--with-threads",
    "--with-http_addition_module",
    "--with-http_auth_request_module",
    "--with-http_geoip_module",
    "--with-http_gunzip_module",
    "--with-http_gzip_static_module",
    "--with-http_random_index_module",
    "--with-http_realip_module",
    "--with-http_secure_link_module",
    "--with-http_ssl_module",
    "--with-http_stub_status_module",
    "--with-http_sub_module",
    "--with-http_v2_module",
    "--with-stream",
    "--with-stream_realip_module",
    "--without-http-cache",
    "--without-stream_pass_module",
];

/// The lines for the standard error, `-V` with `configure`, `-h` with `help`.
pub fn lines(target: &Target, configure: bool, help: bool) -> Vec<String> {
    let plus = target.plus.map_or_else(String::new, |release| format!("nginx-plus-r{release}, "));
    let own = env!("CARGO_PKG_VERSION");
    let mut lines = vec![format!("nginx version: nginx/{} ({plus}nginxlb-{own})", target.version)];
    if help {
        lines.extend(HELP.iter().map(|line| (*line).to_owned()));
        lines.extend(defaults(target));
        lines.extend(["  -g directives : set global directives out of configuration file".to_owned(), String::new()]);
    }
    if configure && serves(target) {
        lines.push(format!("built with rustls {RUSTLS} (compatible with OpenSSL {OPENSSL})"));
        lines.push("TLS SNI support enabled".to_owned());
        lines.push(format!("configure arguments: {}", SERVED_OPTIONS.join(" ")));
    } else if configure {
        lines.push(format!("configure arguments: {}", arguments(target).join(" ")));
    }
    lines
}

/// The TLS library, by the version in `Cargo.toml`.
const RUSTLS: &str = "0.23";
/// The library whose names, messages and rules it follows: programs read off it what they may ask for.
const OPENSSL: &str = "3.0.0";

/// Whether it is the nginx that this build is when it serves, not one to judge as.
fn serves(target: &Target) -> bool {
    target.version == SERVED && target.configured.is_none() && target.plus.is_none()
}

const HELP: &[&str] = &[
    "Usage: nginx [-?hvVtTq] [-p prefix]",
    "             [-e filename] [-c filename] [-g directives]",
    "",
    "Options:",
    "  -?,-h         : this help",
    "  -v            : show version and exit",
    "  -V            : show version and configure options then exit",
    "  -t            : test configuration and exit",
    "  -T            : test configuration, dump it and exit",
    "  -q            : suppress non-error messages during configuration testing",
];

fn defaults(target: &Target) -> [String; 3] {
    let paths = &target.paths;
    let error_log = if paths.error_log.is_empty() { "stderr" } else { &paths.error_log };
    [
        format!("  -p prefix     : set prefix path (default: {})", paths.prefix),
        format!("  -e filename   : set error log file (default: {error_log})"),
        format!("  -c filename   : set configuration file (default: {})", paths.conf),
    ]
}

/// The options of the build that is judged as; for a target by name those that give its modules.
fn arguments(target: &Target) -> Vec<String> {
    if let Some(options) = &target.configured {
        return options.iter().map(|option| quoted(option)).collect();
    }
    let mut arguments = vec!["--with-threads".to_owned()];
    let speaks = |module: &&Module| module.directives.iter().any(|row| row.exists_in(target.version));
    for module in modules().filter(|module| target.has(module)).filter(speaks) {
        let option = match module.presence {
            Presence::With(name) if name.contains('_') => format!("--with-{name}_module"),
            Presence::With(name) => format!("--with-{name}"),
            Presence::ThirdParty(names) => {
                names.first().map_or_else(String::new, |name| format!("--add-module={name}"))
            }
            _ => continue,
        };
        if !arguments.contains(&option) {
            arguments.push(option);
        }
    }
    arguments
}

/// As configure writes it: a value with blanks stands in quotes.
fn quoted(option: &str) -> String {
    match option.split_once('=') {
        Some((name, value)) if value.contains(char::is_whitespace) => format!("{name}='{value}'"),
        _ => option.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_one_that_is_built_in() {
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains(&format!("\nrustls = {{ version = \"{RUSTLS}.")), "Cargo.toml has another rustls");
    }

    #[test]
    fn says_what_it_serves_where_no_target_is_chosen() {
        let mut served = Target::default();
        served.version = SERVED;
        let lines = lines(&served, true, false);
        assert!(lines[0].starts_with("nginx version: nginx/1.31.5 "), "{lines:?}");
        let arguments = lines.last().expect("a line");
        assert!(arguments.starts_with("configure arguments: --with"), "{arguments}");
        assert!(!arguments.contains("stream_ssl") && !arguments.contains("mail"), "{arguments}");
    }
}
