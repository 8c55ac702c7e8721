//! A regular expression without its `~`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "regex-in-prefix-location",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A location without `~` whose name reads like a regular expression",
    doc: "Without `~` or `~*` the name is a prefix, letter by letter: `location /img/*.png` matches paths that \
          contain a `*`, and `location ^/api` matches nothing, since every path begins with `/`.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#location",
    bad: "server {\n    location /img/*.png {\n        expires 1d;\n    }\n}\n",
    good: "server {\n    location ~ ^/img/.*\\.png$ {\n        expires 1d;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope, location) in lint.locations().filter(|(_, _, location)| location.is_static()) {
        let Some(word) = scope.words.last().filter(|_| reads_like_a_regex(&location.name)) else { continue };
        let message = if location.name.starts_with('/') {
            "this is no regular expression: only paths with these very characters match"
        } else {
            "this never matches: it is no regular expression, and every path begins with \"/\""
        };
        findings.add(Finding::at(id, word.span, message).help("write \"~\" before a regular expression"));
    }
}

fn reads_like_a_regex(name: &str) -> bool {
    name.starts_with(['^', '(', '.', '\\'])
        || name.ends_with('$')
        || ["*", "\\.", "(", "[", "|"].iter().any(|mark| name.contains(mark))
}
