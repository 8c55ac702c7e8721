//! A destination that the client chooses.

use crate::config::{Part, Text};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Pass, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-to-client-host",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A pass whose host comes from the request: the client chooses where nginx connects to",
    doc: "With a host from an argument, a cookie, a header or a capture of the path, clients reach through nginx \
          whatever nginx can reach: other machines behind the firewall, metadata services, nginx itself. Locations \
          that are `internal` are not reported. A `map` from what may be asked for to where it is keeps the choice \
          here.",
    source: "https://github.com/dvershinin/gixy/blob/master/docs/en/plugins/ssrf.md",
    bad: "server {\n    location /fetch {\n        proxy_pass http://$arg_host/;\n    }\n}\n",
    good: "map $arg_host $backend {\n    one 192.0.2.1;\n    two 192.0.2.2;\n}\nserver {\n    location /fetch {\n        proxy_pass http://$backend/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.authority.contains('$')) {
        let internal = lint.config.ancestors(pass.scope).any(|id| lint.config.scope(id).setting("internal").is_some());
        let Ok(text) = Text::read(pass.authority) else { continue };
        let Some(name) = text.0.iter().find_map(|part| chosen(lint, pass, part)).filter(|_| !internal) else {
            continue;
        };
        let message = format!("the client chooses by \"{name}\" where nginx connects to");
        findings.add(
            Finding::at(pass.scope, pass.url(), message)
                .help("choose by a \"map\" of what may be asked for, or make the location \"internal\""),
        );
    }
}

/// The variable as written, if the client sets it.
fn chosen(lint: &Lint, pass: &Pass, part: &Part) -> Option<String> {
    const PREFIXES: &[&str] = &["arg_", "cookie_", "http_"];
    const NAMES: &[&str] = &["args", "query_string", "request_uri", "uri", "document_uri"];
    let location = || lint.config.ancestors(pass.scope).find_map(|id| lint.location(id));
    match part {
        Part::Variable(name)
            if NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)) =>
        {
            Some(format!("${name}"))
        }
        // A capture with fixed text around it may well be meant.
        Part::Capture(number) if pass.authority.len() == 2 => {
            let named = location().is_some_and(|location| matches!(location.pattern, Pattern::Regex(_)));
            named.then(|| format!("${number}"))
        }
        _ => None,
    }
}
