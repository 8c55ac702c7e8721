//! `weight` on the only server of a group.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "weight-with-single-server",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`weight` on the only server of a group",
    doc: "A weight is a share relative to the other servers; alone it means nothing. Often the other servers are \
          commented out for now, so the rule is pedantic.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1 weight=5;\n}\n",
    good: "upstream app {\n    server 192.0.2.1 weight=5;\n    server 192.0.2.2;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let word = group.single().and_then(|server| server.parameter("weight="));
        if let Some(word) = word {
            let message = format!("\"{}\" does nothing: there is no other server to weigh against", word.value);
            findings.add(Finding::at(group.scope, word.span, message));
        }
    }
}
