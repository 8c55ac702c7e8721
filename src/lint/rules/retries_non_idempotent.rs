//! Requests that may be carried out twice.

use crate::config::ScopeId;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "retries-non-idempotent",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`non_idempotent` in `proxy_next_upstream` and its kin",
    doc: "A POST, LOCK or PATCH that a server has got and not answered in time may have been carried out; with \
          `non_idempotent` nginx sends it to the next server all the same. That is right only if the servers notice.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
    bad: "server {\n    location / {\n        proxy_next_upstream error timeout non_idempotent;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    good: "server {\n    location / {\n        proxy_next_upstream error timeout;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (at, scope) in lint.config.scopes.iter().enumerate() {
        let retries = scope.settings.iter().filter(|setting| setting.directive.name.ends_with("_next_upstream"));
        for word in retries.flat_map(|setting| setting.words.iter().skip(1)) {
            if word.value.eq_ignore_ascii_case("non_idempotent") {
                let message = "a POST that timed out may be carried out by two servers";
                findings.add(Finding::at(ScopeId(at as u32), word.span, message));
            }
        }
    }
}
