//! The same name twice in one server.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use std::collections::HashMap;

use crate::modules::shared::listen::{Form, ServerNames};
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "repeated-server-name",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "The same name twice in the `server_name` of one server",
    doc: "nginx takes the second for the same and says nothing; between two servers it warns. Usually one of the two \
          was meant to be another name.",
    source: "https://nginx.org/en/docs/http/server_names.html",
    bad: "server {\n    server_name example.com example.com;\n}\n",
    good: "server {\n    server_name example.com www.example.com;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope) in lint.servers() {
        let Some(names) = scope.slot::<ServerNames>() else { continue };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in names.0.iter().filter(|name| !matches!(name.form, Form::Regex(_))) {
            if let Some(first) = seen.insert(&name.text, name.span) {
                let message = format!("\"{}\" is a name of this server already", name.text);
                findings.add(Finding::at(id, name.span, message).related(first, "here"));
            }
        }
    }
}
