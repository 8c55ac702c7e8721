//! A location with a last `/` whose `alias` has none.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "alias-slash-mismatch",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "An `alias` without a last `/` in a location that has one",
    doc: "nginx takes the location's name off the path and puts the alias in its place, letter by letter. With \
          `location /img/` and `alias /data/img` the path `/img/x.png` becomes `/data/imgx.png`.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
    bad: "server {\n    location /img/ {\n        alias /data/img;\n    }\n}\n",
    good: "server {\n    location /img/ {\n        alias /data/img/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope, location) in lint.locations() {
        let is_prefix = matches!(location.pattern, Pattern::Prefix | Pattern::PrefixFirst);
        let Some(alias) = scope.setting("alias").filter(|_| is_prefix && location.name.ends_with('/')) else {
            continue;
        };
        // What a variable ends in nobody knows.
        let last = alias.arg(1).rsplit('/').next().unwrap_or_default();
        if last.is_empty() || last.contains('$') {
            continue;
        }
        let (name, path) = (&location.name, alias.arg(1));
        let message = format!("\"{name}x\" becomes \"{path}x\"");
        findings.add(Finding::at(id, alias.span(), message).help(format!("write \"alias {path}/\"")));
    }
}
