//! An `Upgrade` header in HTTP/1.0.

use super::keepalive_over_http_1_0::speaks_1_0;
use crate::config::Setting;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "websocket-over-http-1-0",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`proxy_set_header Upgrade` where `proxy_pass` speaks HTTP/1.0",
    doc: "WebSocket and other upgrades exist in HTTP/1.1 only; a server refuses them in a request with HTTP/1.0, \
          which is what nginx speaks by default before 1.29.7. They need `proxy_http_version 1.1`.",
    source: "https://nginx.org/en/docs/http/websocket.html",
    bad: "server {\n    location /socket {\n        proxy_http_version 1.0;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection upgrade;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    good: "server {\n    location /socket {\n        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection upgrade;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| speaks_1_0(lint, pass)) {
        let headers = lint.config.effective_all(pass.scope, "proxy_set_header");
        let is_upgrade =
            |header: &&&Setting| header.arg(1).eq_ignore_ascii_case("upgrade") && !header.arg(2).is_empty();
        let Some(header) = headers.iter().find(is_upgrade) else { continue };
        let (span, why) = match lint.config.effective(pass.scope, "proxy_http_version") {
            Some(version) => (version.span(), "set here"),
            None => (pass.span(), "\"proxy_http_version\" is 1.0 by default"),
        };
        findings.add(
            Finding::at(pass.scope, header.span(), "no server upgrades a request in HTTP/1.0")
                .related(span, why)
                .help("set \"proxy_http_version 1.1;\""),
        );
    }
}
