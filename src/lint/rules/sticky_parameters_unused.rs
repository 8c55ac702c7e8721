//! Parameters of sessions in a group without sessions.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sticky-parameters-unused",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`drain` or `route=` on a server of a group without `sticky`",
    doc: "`drain` lets a server finish the sessions that are bound to it, and `route=` names it in them. Without \
          `sticky` no session is bound to any server: `drain` is then the same as `down`, and `route=` is never \
          looked at.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#sticky",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.3 drain;\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.3 drain;\n    sticky cookie srv_id;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| group.upstream.sticky.is_none()) {
        for server in &group.servers {
            if let Some(word) = server.parameter("drain") {
                let finding = Finding::at(group.scope, word.span, "without \"sticky\" this is the same as \"down\"");
                findings.add(finding.help("write \"down\", or bind sessions with \"sticky\""));
            }
            if let Some(word) = server.parameter("route=") {
                let finding = Finding::at(group.scope, word.span, "without \"sticky\" a route is never looked at");
                findings.add(finding.help("remove it, or bind sessions with \"sticky\""));
            }
        }
    }
}
