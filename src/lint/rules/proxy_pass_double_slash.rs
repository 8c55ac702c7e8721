//! A path of `proxy_pass` that ends in `/` where the location does not.

use super::proxy_pass_slash_mismatch::{Replacement, replacements};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-pass-double-slash",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`proxy_pass` with a path that ends in `/` in a location that does not",
    doc: "The path in `proxy_pass` takes the place of the location's name, letter by letter: `location /api` with \
          `http://app/` makes `//users` of `/api/users`, and `/docs` of `/apidocs`. Many servers take two slashes \
          for one, and many such locations are for a single page, so the rule is pedantic.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location /api {\n        proxy_pass http://192.0.2.1/;\n    }\n}\n",
    good: "server {\n    location /api/ {\n        proxy_pass http://192.0.2.1/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for replaced in replacements(lint) {
        let Replacement { scope, span, name, uri } = replaced;
        if uri.ends_with('/') && !name.ends_with('/') {
            let message = format!("\"{name}/x\" becomes \"{uri}/x\"");
            findings.add(Finding::at(scope, span, message).help(format!("write \"location {name}/\"")));
        }
    }
}
