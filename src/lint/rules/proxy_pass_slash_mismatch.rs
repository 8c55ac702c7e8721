//! A location and the path of its `proxy_pass`, of which one ends in `/`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-pass-slash-mismatch",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`proxy_pass` with a path that ends in `/` where the location does not, or the other way round",
    doc: "The path in `proxy_pass` takes the place of the location's name, letter by letter. `location /api/` with \
          `http://app/v1` makes `/v1users` of `/api/users`; `location /api` with `http://app/` makes `//users` of \
          it, which is only noticed.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location /api/ {\n        proxy_pass http://192.0.2.1/v1;\n    }\n}\n",
    good: "server {\n    location /api/ {\n        proxy_pass http://192.0.2.1/v1/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.name() == "proxy_pass" && !pass.is_dynamic()) {
        let Some(location) = lint.location(pass.scope) else { continue };
        let Some(uri) = pass.uri.map(|uri| uri.strip_prefix(':').unwrap_or(uri)) else { continue };
        let is_prefix = matches!(location.pattern, Pattern::Prefix | Pattern::PrefixFirst);
        let (name, ends) = (&location.name, uri.ends_with('/'));
        // What is rewritten goes its own way.
        let rewritten = lint.config.scope(pass.scope).setting("rewrite").is_some();
        if !is_prefix || uri.contains('?') || rewritten || name.ends_with('/') == ends {
            continue;
        }
        let finding = if ends {
            let message = format!("\"{name}/x\" becomes \"{uri}/x\"");
            Finding::at(pass.scope, pass.url(), message)
                .level(Level::Notice)
                .help(format!("write \"location {name}/\""))
        } else {
            let message = format!("\"{name}x\" becomes \"{uri}x\"");
            Finding::at(pass.scope, pass.url(), message).help("end the path with \"/\"")
        };
        findings.add(finding);
    }
}
