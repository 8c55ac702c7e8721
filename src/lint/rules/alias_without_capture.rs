//! A folder as `alias` in a location given by a regular expression.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "alias-without-capture",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "An `alias` that is a folder, in a location given by a regular expression",
    doc: "In a location given by a regular expression the alias is the whole path of the file: nothing of the \
          request's path is added. A folder without variables is then asked for by every request, and answered with \
          a redirect to itself with `/` at its end, or 403. The alias needs the rest of the path from a capture.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
    bad: "server {\n    location ~ ^/users/(.+)$ {\n        alias /data/users/;\n    }\n}\n",
    good: "server {\n    location ~ ^/users/(.+)$ {\n        alias /data/users/$1;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope, location) in lint.locations() {
        let Some(alias) = scope.setting("alias").filter(|_| matches!(location.pattern, Pattern::Regex(_))) else {
            continue;
        };
        let path = alias.arg(1);
        if path.contains('$') || !path.ends_with('/') {
            continue;
        }
        let message = format!("every request here asks for \"{path}\" itself: nothing of its path is added");
        findings.add(
            Finding::at(id, alias.span(), message).help("capture the rest of the path and write it behind the folder"),
        );
    }
}
