//! A second `Content-Type`.

use crate::config::Setting;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "content-type-by-add-header",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`add_header Content-Type`, which adds a second one",
    doc: "`add_header` adds a line to the response; the `Content-Type` that nginx or the server behind set stays, \
          and the response has two. Which one a client believes is up to it. `default_type`, with an empty `types \
          {}` where a file's suffix decides, sets it. Responses without a body (204, 304) get no other one.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#default_type; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location = /health {\n        add_header Content-Type application/json;\n        return 200 \"{}\";\n    }\n}\n",
    good: "server {\n    location = /health {\n        default_type application/json;\n        return 200 \"{}\";\n    }\n}\n",
    check,
};

/// With the server's own header hidden there is only one.
const HIDES: &[&str] =
    &["proxy_hide_header", "fastcgi_hide_header", "uwsgi_hide_header", "scgi_hide_header", "grpc_hide_header"];

fn check(lint: &Lint, findings: &mut Findings) {
    let is_type = |header: &Setting| header.arg(1).eq_ignore_ascii_case("content-type");
    for (id, header) in lint.settings("add_header").filter(|(_, header)| is_type(header)) {
        let proxied = lint.config.scope(id).settings.iter().find(|setting| HIDES.contains(&setting.directive.name));
        let bodiless =
            lint.config.scope(id).setting("return").is_some_and(|answer| matches!(answer.arg(1), "204" | "304"));
        if bodiless || proxied.is_some_and(is_type) {
            continue;
        }
        let finding = Finding::at(id, header.span(), "the response gets a second \"Content-Type\"");
        findings.add(finding.help(format!("write \"default_type {};\"", header.arg(2))));
    }
}
