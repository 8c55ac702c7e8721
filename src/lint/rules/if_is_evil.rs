//! `if` in a location, where it does what it looks like not doing.

use crate::config::{Scope, ScopeId, Setting};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::Contexts;
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "if-is-evil",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`if` in a location that loses `try_files`, or the settings of another `if`",
    doc: "An `if` in a location is a location of its own: when its condition holds, the request goes on in there, \
          with what is inherited. `try_files` is not, so it is skipped; and of two that hold only the last one \
          counts, so the headers of the first are lost. An `if` that only contains `return`, or a `rewrite` that \
          leaves, is safe, and `set` beside `try_files` is not.",
    source: "https://github.com/nginxinc/nginx-wiki/blob/master/source/start/topics/depth/ifisevil.rst",
    bad: "server {\n    location / {\n        if ($arg_debug) {\n            add_header X-Debug 1;\n        }\n        try_files $uri /index.html;\n    }\n}\n",
    good: "server {\n    location / {\n        if ($arg_debug) {\n            return 403;\n        }\n        try_files $uri /index.html;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (_, scope, _) in lint.locations() {
        let ifs: Vec<ScopeId> = scope.children.iter().copied().filter(|id| stays(lint.config.scope(*id))).collect();
        if let Some(files) = scope.setting("try_files") {
            for id in &ifs {
                let message = "when this holds, \"try_files\" is skipped: it is not inherited";
                let finding = Finding::at(*id, head(lint.config.scope(*id)), message).related(files.span(), "skipped");
                findings.add(
                    finding.help("set a variable by \"map\" instead, or leave with \"return\" or \"rewrite ... last\""),
                );
            }
            continue;
        }
        let setting: Vec<ScopeId> = ifs.into_iter().filter(|id| sets(lint.config.scope(*id))).collect();
        if let [first, .., last] = setting[..]
            && !setting.iter().all(|id| {
                equals(lint.config.scope(*id)) == equals(lint.config.scope(first))
                    && equals(lint.config.scope(*id)).is_some()
            })
        {
            let message = "when this holds, what an \"if\" before it sets is lost";
            let finding = Finding::at(last, head(lint.config.scope(last)), message);
            let finding = finding.related(head(lint.config.scope(first)), "only the last one that holds counts");
            findings.add(finding.help("set variables by \"map\", and use them outside of \"if\""));
        }
    }
}

fn head(scope: &Scope) -> Span {
    let words = scope.words.iter().map(|word| word.span).reduce(Span::to);
    words.unwrap_or(Span { file: scope.opened.file, start: scope.opened.offset, end: scope.opened.offset + 1 })
}

/// The variable that the condition compares with a fixed text: of several such only one holds.
fn equals(scope: &Scope) -> Option<&str> {
    match &scope.words[..] {
        [_, variable, operator, _] if &*operator.value == "=" => Some(variable.value.trim_start_matches('(')),
        _ => None,
    }
}

/// An `if` of a location from which the request does not leave.
fn stays(scope: &Scope) -> bool {
    let leaves = |setting: &Setting| match setting.directive.name {
        "return" => true,
        "rewrite" => setting.words.len() > 3 && setting.arg(3) != "break",
        _ => false,
    };
    scope.context.meets(Contexts::LOCATION_IF) && !scope.settings.iter().any(leaves)
}

/// It sets something that belongs to the location, not to the request.
fn sets(scope: &Scope) -> bool {
    scope.settings.iter().any(|setting| !matches!(setting.directive.name, "set" | "break" | "rewrite" | "limit_rate"))
}
