//! Decoded text of the request in a header.

use crate::config::{Part, ScopeId, Setting, Text};
use crate::diagnostics::Level;
use crate::lint::pattern::{groups, is_anchored, matches_line_feed};
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::Contexts;
use crate::modules::http::core::location::{Location, Pattern};
use crate::syntax::Word;

/// The rule.
pub static RULE: Rule = Rule {
    name: "header-splitting",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A decoded path of the request in a header, a redirect or a proxied URL",
    doc: "`$uri` and `$document_uri` are decoded: `%0d%0a` in a request is a line break in them, and so may be a \
          capture of a location's regular expression, if its group can match one (`[^/]*` can, `.*` cannot). Written \
          into `return 301 https://example.com$uri`, `add_header`, `proxy_set_header` or `proxy_pass http://app$uri` \
          they let a client add headers of its own to the response or to the request to the server. `$request_uri` \
          is as the client sent it, and safe here. Captures of `rewrite` are escaped by nginx.",
    source: "https://github.com/dvershinin/gixy/blob/master/docs/en/plugins/httpsplitting.md; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location / {\n        return 301 https://example.com$uri;\n    }\n}\n",
    good: "server {\n    location / {\n        return 301 https://example.com$request_uri;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (at, scope) in lint.config.scopes.iter().enumerate() {
        let id = ScopeId(at as u32);
        for setting in &scope.settings {
            let Some(word) = exposed(setting) else { continue };
            let Ok(text) = Text::read(&word.value) else { continue };
            let Some(name) = text.0.iter().find_map(|part| dangerous(lint, id, part)) else { continue };
            let message = format!("\"{name}\" may contain a line break, with which a client adds headers of its own");
            findings.add(Finding::at(id, word.span, message).help(help(&name)));
        }
    }
}

/// The word of a directive that goes into a header or a request line.
fn exposed(setting: &Setting) -> Option<&Word> {
    let word = |n: usize| setting.words.get(n);
    match setting.directive.name {
        "return" if setting.words.len() == 2 => word(1),
        "return" if matches!(setting.arg(1), "301" | "302" | "303" | "307" | "308") => word(2),
        "rewrite" if is_redirect(setting) => word(2),
        "add_header" | "add_trailer" | "proxy_set_header" | "grpc_set_header" => word(2),
        "proxy_pass" => word(1),
        _ => None,
    }
}

fn is_redirect(rewrite: &Setting) -> bool {
    let to = rewrite.arg(2);
    matches!(rewrite.arg(3), "redirect" | "permanent")
        || ["http://", "https://", "$scheme"].iter().any(|start| to.starts_with(start))
}

/// The variable as written, if a client can put a line break into it here.
fn dangerous(lint: &Lint, scope: ScopeId, part: &Part) -> Option<String> {
    let around = lint.config.ancestors(scope).find_map(|id| lint.location(id));
    let pattern = match around {
        // The path is the location's name.
        Some(location) if location.pattern == Pattern::Exact => return None,
        Some(Location { pattern: Pattern::Regex(regex), .. }) => Some(regex.pattern()),
        _ => None,
    };
    match part {
        Part::Variable(name) if name == "uri" || name == "document_uri" => {
            let safe = pattern.is_some_and(|pattern| is_anchored(pattern) && !matches_line_feed(pattern));
            (!safe).then(|| format!("${name}"))
        }
        Part::Variable(name) => {
            let group = groups(pattern?).into_iter().find(|group| group.name == Some(name))?;
            matches_line_feed(group.text).then(|| format!("${name}"))
        }
        Part::Capture(number) => {
            // In a rewrite, and behind one, captures are of its own expression.
            let here = lint.config.scope(scope);
            if here.setting("rewrite").is_some() || here.context.meets(Contexts::LOCATION_IF) {
                return None;
            }
            let group = groups(pattern?).get(usize::from(*number) - 1).copied()?;
            matches_line_feed(group.text).then(|| format!("${number}"))
        }
        Part::Literal(_) => None,
    }
}

fn help(name: &str) -> &'static str {
    if name == "$uri" || name == "$document_uri" {
        "use \"$request_uri\", which is as the client sent it"
    } else {
        "let the group match only what may stand there: \"[^/\\s]\" instead of \"[^/]\""
    }
}
