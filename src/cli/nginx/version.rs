//! `-v`, `-V` and `-h`: what is judged as, in the form in which programs read it off nginx.

use crate::modules::{Module, Presence, Target, modules};

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
    if configure {
        lines.push(format!("configure arguments: {}", arguments(target).join(" ")));
    }
    lines
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
