//! `hash` with a key that is the same for every request.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::shared::upstream::Method;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hash-key-constant",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`hash` with a key that is the same for every request",
    doc: "A key without variables has one hash: one server gets every request, the others none until it fails. \
          Usually the `$` is missing. An empty key makes nginx fall back to round robin.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash",
    bad: "upstream app {\n    hash remote_addr consistent;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    good: "upstream app {\n    hash $remote_addr consistent;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| group.servers.len() > 1) {
        let Method::Hash { key, .. } = &group.upstream.method else { continue };
        let (Some((_, method)), Some(key)) = (group.method(), key.literal()) else { continue };
        let (message, help) = if key.is_empty() {
            ("an empty key is no key: nginx balances by round robin".to_owned(), "name a variable as the key")
        } else {
            (format!("\"{key}\" is the same for every request: one server gets them all"), "is a \"$\" missing?")
        };
        let span = method.words.get(1).map_or(method.span(), |word| word.span);
        findings.add(Finding::at(group.scope, span, message).help(help));
    }
}
