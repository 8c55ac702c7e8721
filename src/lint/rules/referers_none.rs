//! Requests without `Referer` as valid ones.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "referers-none",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`valid_referers none`, which anybody can be",
    doc: "With `none` a request without a `Referer` header is valid, and a page can make browsers leave it out. As a \
          protection against forged requests or hotlinking the check is then no check. Browsers and proxies that \
          leave it out for privacy are the reason to have it all the same.",
    source: "https://nginx.org/en/docs/http/ngx_http_referer_module.html#valid_referers",
    bad: "server {\n    valid_referers none server_names;\n    if ($invalid_referer) {\n        return 403;\n    }\n}\n",
    good: "server {\n    valid_referers server_names;\n    if ($invalid_referer) {\n        return 403;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, referers) in lint.settings("valid_referers") {
        if let Some(word) = referers.words.iter().skip(1).find(|word| &*word.value == "none") {
            findings.add(Finding::at(id, word.span, "a page can make browsers send no \"Referer\", and be valid"));
        }
    }
}
