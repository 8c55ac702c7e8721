//! `resolve` where there is nothing to resolve.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "resolve-on-address",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`resolve` on a server given by its address",
    doc: "There is no name to look up again: nginx takes the parameter and does nothing with it. Often the address \
          took the place of a name, and the parameter stayed.",
    source: "ngx_http_upstream_server() in nginx's source",
    bad: "resolver 192.0.2.53;\nupstream app {\n    zone app 64k;\n    server 192.0.2.1 resolve;\n}\n",
    good: "resolver 192.0.2.53;\nupstream app {\n    zone app 64k;\n    server app.example.com resolve;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        for server in group.servers.iter().filter(|server| server.is_one_peer()) {
            if let Some(word) = server.parameter("resolve") {
                let message = format!("\"{}\" is an address: there is nothing to resolve", server.line.url.text);
                findings.add(Finding::at(group.scope, word.span, message).help("remove \"resolve\""));
            }
        }
    }
}
