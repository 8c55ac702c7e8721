//! A group that nothing passes to.

use crate::config::{Part, Text};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Pass, Rule, Targets, Tier};
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-upstream",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "An `upstream` that nothing passes to",
    doc: "Nothing in the configuration names the group, in no `*_pass` and in no other directive or map. Often the \
          name is misspelt where it should be used, and what was written there instead is looked up in DNS. The rule \
          looks only at whole configurations: what stands in a single included file may be used by another.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream",
    bad: "events {}\nhttp {\n    upstream app {\n        server 192.0.2.1;\n    }\n    server {\n        return 404;\n    }\n}\n",
    good: "events {}\nhttp {\n    upstream app {\n        server 192.0.2.1;\n    }\n    server {\n        location / {\n            proxy_pass http://app;\n        }\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    if lint.groups.is_empty() || !lint.is_whole() || lint.passes.iter().any(|pass| goes_anywhere(lint, pass)) {
        return;
    }
    for group in lint.groups.iter().filter(|group| lint.passes_to(group).next().is_none()) {
        if is_mentioned(lint, group.name(), group.upstream.span) {
            continue;
        }
        let message = format!("nothing passes to \"{}\"", group.name());
        findings.add(
            Finding::at(group.scope, group.upstream.span, message)
                .help("remove the group, or look for its name misspelt"),
        );
    }
}

/// Whether the pass may name any group: a variable of its host has values that are not written down.
fn goes_anywhere(lint: &Lint, pass: &Pass) -> bool {
    let host = if pass.scheme.is_none() { pass.setting.arg(1) } else { pass.authority };
    let Ok(text) = Text::read(host) else { return true };
    text.0.iter().any(|part| match part {
        Part::Literal(_) => false,
        Part::Variable(name) => lint.values(name).is_none(),
        Part::Capture(_) => true,
    })
}

/// Whether the name stands anywhere else, as a word of its own: in a map, in `set`, in Lua.
fn is_mentioned(lint: &Lint, name: &str, own: Span) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    lint.sources.files.iter().zip(0..).any(|(file, number)| {
        file.text.match_indices(name).any(|(at, _)| {
            let is_own = own.file.0 == number && own.range().contains(&at);
            let start = file.text[..at].rfind('\n').map_or(0, |feed| feed + 1);
            let commented = file.text[start..at].trim_start().starts_with('#');
            let part = file.text[..at].ends_with(in_word) || file.text[at + name.len()..].starts_with(in_word);
            !is_own && !commented && !part
        })
    })
}
