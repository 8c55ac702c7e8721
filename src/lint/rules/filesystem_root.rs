//! The root of the file system as `root` or `alias`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "filesystem-root",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`root /` or `alias /` in a location that clients can ask for",
    doc: "Every file that nginx can read can then be asked for: `/etc/passwd`, keys, configuration. A location that \
          is `internal`, or exact, is not reported.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#root",
    bad: "server {\n    root /;\n}\n",
    good: "server {\n    root /srv/www;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, root) in lint.settings("root").chain(lint.settings("alias")) {
        let scope = lint.config.scope(id);
        let exact = lint.location(id).is_some_and(|location| location.pattern == Pattern::Exact);
        if root.arg(1).is_empty()
            || !root.arg(1).bytes().all(|b| b == b'/')
            || exact
            || scope.setting("internal").is_some()
        {
            continue;
        }
        findings.add(Finding::at(id, root.span(), "clients can ask for every file of the system that nginx can read"));
    }
}
