//! What stands beside a `return`.

use crate::config::{Scope, Setting};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::Contexts;
use crate::modules::http::core::location::Pattern;
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hidden-by-return",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "Locations or handlers that a `return` in the same block keeps from ever being asked",
    doc: "A `return` of a server answers before nginx looks for a location, so the server's locations are never \
          chosen; that is how `/.well-known/acme-challenge/` is lost beside `return 301 https://...`. In a location \
          a `return` answers before `proxy_pass`, `try_files` and the like. A `return` inside `if`, or after a \
          `rewrite` or `break` that may leave, is not reported, nor are named locations.",
    source: "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    return 301 https://example.com$request_uri;\n    location /.well-known/acme-challenge/ {\n        root /srv/acme;\n    }\n}\n",
    good: "server {\n    location / {\n        return 301 https://example.com$request_uri;\n    }\n    location /.well-known/acme-challenge/ {\n        root /srv/acme;\n    }\n}\n",
    check,
};

const HANDLERS: &[&str] = &[
    "proxy_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "grpc_pass",
    "memcached_pass",
    "try_files",
    "stub_status",
];

fn check(lint: &Lint, findings: &mut Findings) {
    for (_, scope) in lint.servers() {
        let Some(answer) = always_returns(lint, scope) else { continue };
        for id in scope.children.iter().filter(|id| lint.location(**id).is_some_and(|l| l.pattern != Pattern::Named)) {
            let words = &lint.config.scope(*id).words;
            let Some(span) = words.iter().map(|word| word.span).reduce(Span::to) else { continue };
            let finding = Finding::at(*id, span, "never chosen: the \"return\" of the server answers before");
            findings.add(
                finding.related(answer.span(), "answers every request").help("move the \"return\" into \"location /\""),
            );
        }
    }
    for (id, scope, _) in lint.locations() {
        let Some(answer) = always_returns(lint, scope) else { continue };
        for setting in HANDLERS.iter().filter_map(|name| scope.setting(name)) {
            let message = format!("\"{}\" is never asked: \"return\" answers before", setting.directive.name);
            findings.add(Finding::at(id, setting.span(), message).related(answer.span(), "answers every request"));
        }
    }
}

/// The `return` of a block, if nothing before it can leave the block.
fn always_returns<'a>(lint: &Lint<'a>, scope: &'a Scope) -> Option<&'a Setting> {
    const IFS: Contexts = Contexts::read("server-if location-if");
    let at = scope.settings.iter().position(|setting| setting.directive.name == "return")?;
    let leaves = |setting: &Setting| matches!(setting.directive.name, "rewrite" | "break");
    let ifs = scope.children.iter().map(|id| lint.config.scope(*id)).filter(|child| child.context.meets(IFS));
    let may_leave =
        scope.settings[..at].iter().any(leaves) || ifs.into_iter().any(|child| child.settings.iter().any(leaves));
    (!may_leave).then(|| &scope.settings[at])
}
