//! `return` beside rules of access.

use crate::config::Setting;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::Contexts;

/// The rule.
pub static RULE: Rule = Rule {
    name: "return-bypasses-access",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`return` in a block with `deny`, `auth_basic` or `auth_request`, which it bypasses",
    doc: "nginx runs `return` in its rewrite phase, before it looks at `allow`, `deny`, `auth_basic`, `auth_request` \
          or `auth_jwt`, so these do nothing for a request that is answered by `return`. A `return` with a code of \
          400 or more, which lets nobody in, is not reported.",
    source: "https://nginx.org/en/docs/dev/development_guide.html#http_phases; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location = /status {\n        allow 192.0.2.0/24;\n        deny all;\n        return 200 \"well\";\n    }\n}\n",
    good: "server {\n    location = /status {\n        allow 192.0.2.0/24;\n        deny all;\n        try_files /status.txt =404;\n    }\n}\n",
    check,
};

const GUARDS: &[&str] = &["deny", "auth_basic", "auth_request", "auth_jwt"];

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope) in lint.scopes(Contexts::read("server location")) {
        let answers = |setting: &&Setting| !setting.arg(1).parse().is_ok_and(|code: u16| code >= 400);
        let Some(answer) = scope.setting("return").filter(answers) else { continue };
        let guards = GUARDS.iter().filter_map(|name| scope.setting(name)).find(|guard| guard.arg(1) != "off");
        let Some(guard) = guards else { continue };
        let name = guard.directive.name;
        let message = format!("\"return\" answers before nginx looks at \"{name}\": this is open to everybody");
        findings.add(
            Finding::at(id, answer.span(), message)
                .related(guard.span(), "does nothing here")
                .help("serve a file or pass the request, or decide with \"if\" or \"geo\" before the \"return\""),
        );
    }
}
