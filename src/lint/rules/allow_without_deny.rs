//! `allow` where nobody is denied.

use crate::config::ScopeId;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "allow-without-deny",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`allow` without a `deny` in the same block",
    doc: "Rules are tried in order, and who matches none is let in. A block with `allow` only lets in everybody, as \
          if it were not there; it also replaces the rules of the blocks around it, `deny` included. `allow all` is \
          not reported: it may be meant to do just that.",
    source: "https://nginx.org/en/docs/http/ngx_http_access_module.html",
    bad: "server {\n    location /admin/ {\n        allow 192.0.2.0/24;\n    }\n}\n",
    good: "server {\n    location /admin/ {\n        allow 192.0.2.0/24;\n        deny all;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (at, scope) in lint.config.scopes.iter().enumerate() {
        if scope.faulty || scope.setting("deny").is_some() || scope.all("allow").any(|allow| allow.arg(1) == "all") {
            continue;
        }
        let Some(allow) = scope.setting("allow") else { continue };
        let message = format!("\"{}\" alone keeps nobody out: who matches no rule is let in", allow.arg(1));
        findings.add(Finding::at(ScopeId(at as u32), allow.span(), message).help("add \"deny all;\" behind it"));
    }
}
