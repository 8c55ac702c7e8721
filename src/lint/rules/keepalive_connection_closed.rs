//! `keepalive` in a group whose server is told to close the connection.

use super::keepalive_over_http_1_0::{MODERN_SINCE, speaks_1_0};
use crate::config::Setting;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Lint, Pass, Rule, Targets, Tier};
use crate::modules::shared::map::{Entry, Key};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keepalive-connection-closed",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`keepalive` in a group whose servers are told `Connection: close`",
    doc: "A server that is told `Connection: close` closes after the response, and `keepalive` has nothing to keep. \
          Before 1.29.7 nginx says so unless `proxy_set_header Connection \"\"` takes the header off, and setting \
          `proxy_http_version 1.1` alone does not help. In every version a `close` of one's own does the same: \
          written in `proxy_set_header`, or by the well-known `map $http_upgrade $connection_upgrade { default \
          upgrade; '' close; }`, which sends it with every request that is no upgrade; there `'' ''` keeps both \
          WebSocket and keepalive working.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
    bad: "upstream app {\n    server 192.0.2.1;\n    keepalive 16;\n}\nserver {\n    location / {\n        proxy_http_version 1.1;\n        proxy_set_header Connection close;\n        proxy_pass http://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    keepalive 16;\n}\nserver {\n    location / {\n        proxy_http_version 1.1;\n        proxy_set_header Connection \"\";\n        proxy_pass http://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| !group.stream) {
        let Some(keepalive) = group.setting("keepalive").filter(|keepalive| keepalive.arg(1) != "0") else { continue };
        for pass in lint.passes_to(group) {
            // What HTTP/1.0 alone undoes is said by keepalive-over-http-1-0.
            if pass.name() != "proxy_pass" || speaks_1_0(lint, pass) {
                continue;
            }
            if let Some(finding) = closed(lint, group, pass, keepalive) {
                findings.add(finding);
            }
        }
    }
}

fn closed(lint: &Lint, group: &Group, pass: &Pass, keepalive: &Setting) -> Option<Finding> {
    let Some(header) = connection_header(lint, pass) else {
        return (lint.target.version < MODERN_SINCE).then(|| {
            Finding::at(
                group.scope,
                keepalive.span(),
                "\"keepalive\" does nothing: nginx sends \"Connection: close\" here",
            )
            .related(pass.span(), "no \"proxy_set_header Connection\" holds here, and \"close\" is the default")
            .help("set \"proxy_set_header Connection '';\"")
        });
    };
    let value = header.arg(2);
    let message = format!("\"Connection: close\" leaves the \"keepalive\" of \"{}\" nothing to keep", group.name());
    let finding =
        || Finding::at(pass.scope, header.span(), message.clone()).related(keepalive.span(), "asked for here");
    if value.eq_ignore_ascii_case("close") {
        return Some(finding().help("set \"proxy_set_header Connection '';\""));
    }
    let variable = value.strip_prefix('$')?.trim_matches(['{', '}']);
    let empty = |entry: &&Entry| entry.key == Key::Exact(String::new());
    let row = lint.map(variable)?.entries.iter().find(empty)?;
    row.value.literal()?.eq_ignore_ascii_case("close").then(|| {
        finding()
            .related(row.span, "gives \"close\" to every request that is no upgrade")
            .help("in the map write '' '' for requests without \"Upgrade\"")
    })
}

/// The `proxy_set_header Connection` that holds for a pass.
pub(super) fn connection_header<'a>(lint: &Lint<'a>, pass: &Pass) -> Option<&'a Setting> {
    let headers = lint.config.effective_all(pass.scope, "proxy_set_header");
    headers.into_iter().rev().find(|header| header.arg(1).eq_ignore_ascii_case("connection"))
}
