//! `fail_timeout` with `max_fails=0`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "fail-timeout-without-max-fails",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`fail_timeout` with `max_fails=0`",
    doc: "`max_fails=0` says that failures do not take the server out, so there is no time for it to stay out, and \
          no time in which failures are counted: `fail_timeout` does nothing.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails",
    bad: "upstream app {\n    server 192.0.2.1 max_fails=0 fail_timeout=30s;\n    server 192.0.2.2;\n}\n",
    good: "upstream app {\n    server 192.0.2.1 max_fails=2 fail_timeout=30s;\n    server 192.0.2.2;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        for server in group.servers.iter().filter(|server| server.line.max_fails == 0) {
            let (Some(fails), Some(timeout)) = (server.parameter("max_fails="), server.parameter("fail_timeout="))
            else {
                continue;
            };
            let message =
                format!("\"{}\" does nothing: with \"max_fails=0\" the server is never taken out", timeout.value);
            findings.add(Finding::at(group.scope, timeout.span, message).related(fails.span, "failures do not count"));
        }
    }
}
