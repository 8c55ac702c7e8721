//! A balancing method that stands after `server` lines.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "method-after-servers",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A balancing method that stands after `server` lines",
    doc: "nginx checks the parameters of a `server` line against the method it knows at that line: which parameters \
          a method supports is set when nginx reads the method. Servers before the method are checked against round \
          robin, which supports everything, so a parameter that the method cannot honour is taken without a word. \
          The method itself works as usual. Where such a line has `backup`, the rule backup-against-method speaks \
          instead.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n    ip_hash;\n}\n",
    good: "upstream app {\n    ip_hash;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let Some((position, method)) = group.method() else { continue };
        let mut before = group.servers.iter().filter(|server| server.at < position).peekable();
        let Some(first) = before.peek().map(|server| server.whole()) else { continue };
        if !group.upstream.method.has_backup() && before.any(|server| server.line.backup) {
            continue;
        }
        let name = method.directive.name;
        let message = format!("\"{name}\" stands after servers, whose parameters nginx has not checked against it");
        findings.add(
            Finding::at(group.scope, method.span(), message)
                .related(first, "read as if for round robin")
                .help(format!("write \"{name}\" before the first \"server\"")),
        );
    }
}
