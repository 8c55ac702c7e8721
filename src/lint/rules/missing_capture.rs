//! A capture of a group that the pattern does not have.

use crate::config::{Part, ScopeId, Text};
use crate::diagnostics::Level;
use crate::lint::pattern::groups;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;
use crate::syntax::{Span, Word};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-capture",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`$N` where the regular expression has fewer groups",
    doc: "A capture that the last regular expression does not have is an empty text; nginx says nothing. Looked at \
          are `rewrite` with its own expression, and `return`, `alias`, `root`, `proxy_pass` and `try_files` of a \
          location given by one, where no other expression comes between.",
    source: "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite",
    bad: "server {\n    rewrite ^/user/([0-9]+)$ /profile?id=$1&tab=$2 last;\n}\n",
    good: "server {\n    rewrite ^/user/([0-9]+)/(\\w+)$ /profile?id=$1&tab=$2 last;\n}\n",
    check,
};

const IN_LOCATIONS: &[&str] = &["return", "alias", "root", "proxy_pass", "try_files"];

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, rewrite) in lint.settings("rewrite") {
        let (Some(pattern), Some(to)) = (rewrite.words.get(1), rewrite.words.get(2)) else { continue };
        judge(lint, id, to, (&pattern.value, pattern.span), findings);
    }
    for (id, scope, location) in lint.locations() {
        let Pattern::Regex(regex) = &location.pattern else { continue };
        let Some(own) = scope.words.last().map(|word| word.span) else { continue };
        let other = scope.setting("rewrite").is_some() || !scope.children.is_empty();
        if other {
            continue;
        }
        let settings = scope.settings.iter().filter(|setting| IN_LOCATIONS.contains(&setting.directive.name));
        for word in settings.flat_map(|setting| setting.words.iter().skip(1)) {
            judge(lint, id, word, (regex.pattern(), own), findings);
        }
    }
}

fn judge(lint: &Lint, id: ScopeId, word: &Word, (pattern, span): (&str, Span), findings: &mut Findings) {
    let Ok(text) = Text::read(&word.value) else { return };
    // A map brings its own captures.
    let is_map = |part: &Part| matches!(part, Part::Variable(name) if lint.map(name).is_some());
    if text.0.iter().any(is_map) {
        return;
    }
    let count = groups(pattern).len();
    let highest = text.0.iter().filter_map(|part| if let Part::Capture(number) = part { Some(*number) } else { None });
    let Some(number) = highest.max().filter(|number| usize::from(*number) > count) else { return };
    let has = match count {
        0 => "no group".to_owned(),
        1 => "one group".to_owned(),
        _ => format!("{count} groups"),
    };
    let message = format!("\"${number}\" is always empty: the regular expression has {has}");
    findings.add(Finding::at(id, word.span, message).related(span, "this one"));
}
