//! Requests that cannot be tried again.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "retries-without-body",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`proxy_request_buffering off` for a group of several servers: requests with a body are tried once",
    doc: "Without buffering, nginx sends the body on as it comes and keeps nothing. Once a part of it has gone to a \
          server that then fails, the request cannot be passed to the next one, whatever `proxy_next_upstream` says.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_request_buffering",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\nserver {\n    location / {\n        proxy_request_buffering off;\n        proxy_pass http://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\nserver {\n    location / {\n        proxy_pass http://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in &lint.passes {
        let Some(family) = pass.name().strip_suffix("_pass") else { continue };
        let Some(group) = lint.group(pass).filter(|group| group.servers.len() > 1) else { continue };
        let name = format!("{family}_request_buffering");
        let Some(buffering) = lint.config.effective(pass.scope, &name).filter(|setting| setting.arg(1) == "off") else {
            continue;
        };
        let message = format!("a request with a body is not tried on another server of \"{}\"", group.name());
        findings.add(Finding::at(pass.scope, buffering.span(), message).related(pass.span(), "passed here"));
    }
}
