//! `hash` with a key that is the same for every request.

use crate::config::Text;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "hash-key-constant",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`hash` with a key that is the same for every request",
    doc: "A key without variables has one hash: one server gets every request, the others none until it fails. Usually \
          the `$` is missing. An empty key makes nginx fall back to round robin.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash",
    bad: "upstream app {\n    hash remote_addr consistent;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    good: "upstream app {\n    hash $remote_addr consistent;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| group.servers.len() > 1) {
        let Some(method) = group.method.filter(|method| method.name() == "hash") else { continue };
        let key = method.setting.arg(1);
        if Text::read(key).is_ok_and(|text| text.is_dynamic()) {
            continue;
        }
        let (message, help) = if key.is_empty() {
            ("an empty key is no key: nginx balances by round robin".to_owned(), "name a variable as the key")
        } else {
            (format!("\"{key}\" is the same for every request: one server gets them all"), "is a \"$\" missing?")
        };
        let span = method.setting.words.get(1).map_or(method.setting.span(), |word| word.span);
        findings.add(Finding::at(group.scope, span, message).help(help));
    }
}
