//! A comment that silences a rule which does not exist.

use super::{find, nearest};
use crate::config::ScopeId;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-rule",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A `# nginxlb: ignore` that names no rule",
    doc: "Such a comment silences nothing. The names of rules stand in brackets with their findings; `nginxlb \
          explain` lists them. nginx's own faults cannot be silenced.",
    source: "nginxlb explain",
    bad: "upstream app {\n    # nginxlb: ignore duplicate-servers\n    server 192.0.2.1;\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    # nginxlb: ignore duplicate-server\n    server 192.0.2.1;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for suppression in &lint.suppressions {
        if suppression.rules.is_empty() {
            let finding = Finding::at(ScopeId(0), suppression.span, "this comment names no rule, and silences nothing");
            findings.add(finding.help("write the names of the rules behind \"ignore\""));
        }
        for (name, span) in suppression.rules.iter().filter(|(name, _)| find(name).is_none()) {
            let finding = Finding::at(ScopeId(0), *span, format!("there is no rule \"{name}\""));
            findings.add(match nearest(name) {
                Some(meant) => finding.help(format!("did you mean \"{meant}\"?")),
                None => finding.help("\"nginxlb explain\" lists the rules"),
            });
        }
    }
}
