//! A location that is never chosen.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use std::collections::HashMap;

use crate::config::ScopeId;
use crate::modules::Contexts;
use crate::modules::http::core::location::{Location, Pattern};
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "dead-location",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A location that another one, given by a regular expression, always comes before",
    doc: "Regular expressions are tried in the order of the file, and the first that matches wins; it also wins over \
          prefixes unless these have `^~`. A location after one with the same expression, or beside one whose \
          expression matches every path, is never chosen. nginx refuses a location that is there twice, but does not \
          compare regular expressions.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#location",
    bad: "server {\n    location ~ \\.php$ {\n        return 404;\n    }\n    location ~ \\.php$ {\n        return 403;\n    }\n}\n",
    good: "server {\n    location ~ \\.php$ {\n        return 404;\n    }\n    location ~ \\.phps$ {\n        return 403;\n    }\n}\n",
    check,
};

/// Expressions that match every path, without the parentheses that they may have.
const EVERYTHING: &[&str] = &[
    "", "^", "/", "^/", ".", ".*", ".+", "^.*", "^.+", ".*$", "^.*$", "^.+$", "^/.*", "^/.*$", "/.*", "/.*$", "^.*/",
    "^.*/.*$",
];

fn check(lint: &Lint, findings: &mut Findings) {
    for (_, scope) in lint.scopes(Contexts::read("server location")) {
        judge(lint, &scope.children, findings);
    }
}

/// One level of locations.
fn judge(lint: &Lint, children: &[ScopeId], findings: &mut Findings) {
    let mut seen: HashMap<(String, bool), Span> = HashMap::new();
    let mut everything: Option<Span> = None;
    for (id, location, span) in located(lint, children) {
        let Pattern::Regex(regex) = &location.pattern else { continue };
        let (pattern, caseless) = (regex.pattern().to_owned(), regex.is_caseless());
        let same = || seen.get(&(pattern.clone(), true)).or_else(|| seen.get(&(pattern.clone(), caseless)));
        if let Some(first) = everything {
            say(id, span, first, "matches every path", findings);
        } else if let Some(first) = same() {
            say(id, span, *first, "matches the same, and comes first", findings);
        }
        if EVERYTHING.contains(&pattern.replace(['(', ')'], "").as_str()) {
            everything = everything.or(Some(span));
        }
        seen.entry((pattern, caseless)).or_insert(span);
    }
    let Some(first) = everything else { return };
    for (id, location, span) in located(lint, children) {
        // One with locations inside asks those first.
        let plain = location.pattern == Pattern::Prefix
            && lint.config.scope(id).children.iter().all(|child| lint.location(*child).is_none());
        if plain {
            say(id, span, first, "matches every path, and comes before prefixes without \"^~\"", findings);
        }
    }
}

fn located<'l, 'a>(lint: &'l Lint<'a>, children: &'l [ScopeId]) -> impl Iterator<Item = (ScopeId, &'a Location, Span)> {
    children.iter().filter_map(move |id| {
        let span = lint.config.scope(*id).words.iter().map(|word| word.span).reduce(Span::to)?;
        Some((*id, lint.location(*id)?, span))
    })
}

fn say(id: ScopeId, span: Span, first: Span, why: &str, findings: &mut Findings) {
    findings.add(Finding::at(id, span, "this location is never chosen").related(first, why));
}
