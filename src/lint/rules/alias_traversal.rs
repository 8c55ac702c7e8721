//! A location without a last `/` whose `alias` has one.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "alias-traversal",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "An `alias` that ends in `/` in a location that does not: a path with `..` leaves it",
    doc: "nginx takes the location's name off the path and puts the alias in its place. `location /img` matches \
          `/img../secret`, too, which an alias `/data/img/` turns into `/data/img/../secret`: every file beside the \
          folder can be read. nginx refuses `/../` in paths, but `/img../` is none. Locations that are `internal` \
          are not reported.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
    bad: "server {\n    location /img {\n        alias /data/img/;\n    }\n}\n",
    good: "server {\n    location /img/ {\n        alias /data/img/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope, location) in lint.locations() {
        let is_prefix = matches!(location.pattern, Pattern::Prefix | Pattern::PrefixFirst);
        if !is_prefix || location.name.ends_with('/') || scope.setting("internal").is_some() {
            continue;
        }
        let Some(alias) = scope.setting("alias").filter(|alias| alias.arg(1).ends_with('/')) else { continue };
        let (name, folder) = (&location.name, alias.arg(1));
        let message = format!("\"{name}../\" leads to what lies beside \"{folder}\"");
        let words = scope.words.last().map_or(alias.span(), |word| word.span);
        findings.add(
            Finding::at(id, alias.span(), message)
                .related(words, "matches everything that begins so")
                .help(format!("write \"location {name}/\", or leave out the last \"/\" of the alias")),
        );
    }
}
