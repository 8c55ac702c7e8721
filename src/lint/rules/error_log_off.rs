//! `error_log off`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "error-log-off",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`error_log off`, which writes a file named `off`",
    doc: "`error_log` has no `off`: nginx writes the log to a file of that name below its prefix. To have as little \
          as possible written there is `error_log /dev/null emerg`.",
    source: "https://nginx.org/en/docs/ngx_core_module.html#error_log",
    bad: "server {\n    error_log off;\n}\n",
    good: "server {\n    error_log /dev/null emerg;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, log) in lint.settings("error_log").filter(|(_, log)| log.arg(1) == "off") {
        let finding = Finding::at(id, log.span(), "this writes the error log to a file named \"off\"");
        findings.add(finding.help("write \"error_log /dev/null emerg;\""));
    }
}
