//! Lists that a block replaces as a whole.

use crate::config::{ScopeId, Setting};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::{Contexts, Version};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dropped-by-inheritance",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A list of headers or parameters that a block replaces by its own, such as `add_header`",
    doc: "`add_header`, `proxy_set_header`, `fastcgi_param` and their kin are inherited only by blocks that have \
          none of their own: a single `add_header Cache-Control` in a location takes off every header that the \
          server added, security headers included. Since 1.29.3 `add_header_inherit merge` changes that for \
          `add_header`. The rule names what is lost; what the block sets anew is not. Directives that pass something \
          to servers count only where something is passed.",
    source: "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header",
    bad: "server {\n    add_header X-Frame-Options DENY;\n    location /static/ {\n        add_header Cache-Control max-age=60;\n    }\n}\n",
    good: "server {\n    add_header X-Frame-Options DENY;\n    location /static/ {\n        add_header X-Frame-Options DENY;\n        add_header Cache-Control max-age=60;\n    }\n}\n",
    check,
};

/// The first version in which a list can be merged with the outer one.
const MERGES_SINCE: Version = Version::read("1.29.3");

/// A list: its directive, the directives without which it has no effect, and what merges it instead.
struct Kind {
    name: &'static str,
    passes: &'static [&'static str],
    merges: Option<&'static str>,
}

const LISTS: &[Kind] = &[
    Kind { name: "add_header", passes: &[], merges: Some("add_header_inherit") },
    Kind { name: "add_trailer", passes: &[], merges: Some("add_trailer_inherit") },
    Kind { name: "proxy_set_header", passes: &["proxy_pass"], merges: None },
    Kind { name: "grpc_set_header", passes: &["grpc_pass"], merges: None },
    Kind { name: "fastcgi_param", passes: &["fastcgi_pass"], merges: None },
    Kind { name: "uwsgi_param", passes: &["uwsgi_pass"], merges: None },
    Kind { name: "scgi_param", passes: &["scgi_pass"], merges: None },
];

fn check(lint: &Lint, findings: &mut Findings) {
    for (at, scope) in lint.config.scopes.iter().enumerate() {
        // An `if` that answers by itself, as to a preflight request, sends what it lists.
        let answers = scope.context.meets(Contexts::LOCATION_IF) && scope.setting("return").is_some();
        let Some(parent) = scope.parent.filter(|_| !answers) else { continue };
        for kind in LISTS {
            if let Some(first) = scope.settings.iter().find(|setting| setting.directive.name == kind.name) {
                judge(lint, ScopeId(at as u32), parent, kind, first, findings);
            }
        }
    }
}

fn judge(lint: &Lint, id: ScopeId, parent: ScopeId, kind: &Kind, first: &Setting, findings: &mut Findings) {
    let outer = lint.config.effective_all(parent, kind.name);
    let merges = kind.merges.and_then(|name| lint.config.effective(id, name));
    if outer.is_empty() || merges.is_some_and(|setting| setting.arg(1) == "merge") || !is_used(lint, id, kind) {
        return;
    }
    let own: Vec<&str> = lint.config.scope(id).all(kind.name).map(|setting| setting.arg(1)).collect();
    let mut lost: Vec<&Setting> = Vec::new();
    for setting in outer {
        let is_it = |name: &str| name.eq_ignore_ascii_case(setting.arg(1));
        if !own.iter().any(|name| is_it(name)) && !lost.iter().any(|other| is_it(other.arg(1))) {
            lost.push(setting);
        }
    }
    let Some(example) = lost.first() else { return };
    let names: Vec<&str> = lost.iter().map(|setting| setting.arg(1)).collect();
    let message = format!("this takes off what is set further out: {}", names.join(", "));
    let help = match kind.merges.filter(|_| lint.target.version >= MERGES_SINCE) {
        Some(merges) => format!("repeat them here, or set \"{merges} merge;\""),
        None => "repeat them here".to_owned(),
    };
    findings.add(Finding::at(id, first.span(), message).related(example.span(), "set here").help(help));
}

/// Whether something is passed from here, or from a block inside, so that the list matters.
fn is_used(lint: &Lint, id: ScopeId, kind: &Kind) -> bool {
    let scope = lint.config.scope(id);
    let nameless = scope.context.meets(Contexts::read("location-if limit_except"));
    kind.passes.is_empty()
        || kind.passes.iter().any(|name| scope.setting(name).is_some())
        || scope.children.iter().any(|child| is_used(lint, *child, kind))
        || (nameless
            && scope
                .parent
                .is_some_and(|parent| kind.passes.iter().any(|n| lint.config.scope(parent).setting(n).is_some())))
}
