//! A path of `proxy_pass` that does not end in `/` where the location does.

use crate::config::ScopeId;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-pass-slash-mismatch",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`proxy_pass` with a path that does not end in `/` in a location that does",
    doc: "The path in `proxy_pass` takes the place of the location's name, letter by letter: `location /api/` with \
          `http://app/v1` makes `/v1users` of `/api/users`.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location /api/ {\n        proxy_pass http://192.0.2.1/v1;\n    }\n}\n",
    good: "server {\n    location /api/ {\n        proxy_pass http://192.0.2.1/v1/;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for replaced in replacements(lint) {
        let Replacement { scope, span, name, uri } = replaced;
        if name.ends_with('/') && !uri.ends_with('/') {
            let message = format!("\"{name}x\" becomes \"{uri}x\"");
            findings.add(Finding::at(scope, span, message).help("end the path with \"/\""));
        }
    }
}

/// A path that takes the place of a location's name.
pub(super) struct Replacement<'a> {
    /// The location.
    pub scope: ScopeId,
    /// The argument of `proxy_pass`.
    pub span: Span,
    /// The location's name.
    pub name: &'a str,
    /// The path.
    pub uri: &'a str,
}

/// Every `proxy_pass` with a path, in a location whose name that replaces.
pub(super) fn replacements<'a>(lint: &Lint<'a>) -> Vec<Replacement<'a>> {
    let fixed = lint.passes.iter().filter(|pass| pass.name() == "proxy_pass" && !pass.is_dynamic());
    let replaced = fixed.filter_map(|pass| {
        let location = lint.location(pass.scope)?;
        let uri = pass.uri?;
        let is_prefix = matches!(location.pattern, Pattern::Prefix | Pattern::PrefixFirst);
        // What is rewritten goes its own way, and an argument takes anything.
        let apart = lint.config.scope(pass.scope).setting("rewrite").is_some() || uri.contains('?');
        (is_prefix && !apart).then(|| Replacement { scope: pass.scope, span: pass.url(), name: &location.name, uri })
    });
    replaced.collect()
}
