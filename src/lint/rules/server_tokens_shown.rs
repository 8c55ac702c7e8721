//! The version of nginx in every response.

use crate::config::{Scope, ScopeId, Setting};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "server-tokens-shown",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`server_tokens` that shows the version of nginx",
    doc: "By default the `Server` header and error pages name nginx's version, which saves a scanner work. \
          `server_tokens off` leaves `nginx`. The rule speaks once, where the first server is.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#server_tokens",
    bad: "server {\n    server_name example.com;\n}\n",
    good: "server_tokens off;\nserver {\n    server_name example.com;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    let shows = |tokens: &Setting| matches!(tokens.arg(1), "on" | "build");
    for (id, tokens) in lint.settings("server_tokens").filter(|(_, tokens)| shows(tokens)) {
        findings.add(
            Finding::at(id, tokens.span(), "responses name the version of nginx").help("write \"server_tokens off;\""),
        );
    }
    let silent = |(id, _): &(ScopeId, &Scope)| lint.config.effective(*id, "server_tokens").is_none();
    if let Some((id, scope)) = lint.servers().find(silent).filter(|_| lint.is_whole()) {
        let Some(word) = scope.words.first() else { return };
        let finding =
            Finding::at(id, word.span, "responses name the version of nginx: \"server_tokens\" is on by default");
        findings.add(finding.help("write \"server_tokens off;\" in \"http\""));
    }
}
