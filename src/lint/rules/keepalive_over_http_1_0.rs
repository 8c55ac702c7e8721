//! `keepalive` in a group that is spoken to in HTTP/1.0.

use super::keepalive_connection_closed::connection_header;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Pass, Rule, Targets, Tier};
use crate::modules::Version;

/// The rule.
pub static RULE: Rule = Rule {
    name: "keepalive-over-http-1-0",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`keepalive` in a group that `proxy_pass` speaks HTTP/1.0 to",
    doc: "In HTTP/1.0 a connection ends with the response, so `keepalive` finds nothing to keep and every request \
          costs a new connection. Before 1.29.7 that is the default: `proxy_http_version` is 1.0 and nginx sends \
          `Connection: close`, and both have to be set for `keepalive` to work. Since 1.29.7 nginx speaks 1.1, sends \
          no `Connection` and keeps connections by itself, so that only a `proxy_http_version 1.0` of one's own gets \
          in the way.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
    bad: "upstream app {\n    server 192.0.2.1;\n    keepalive 16;\n}\nserver {\n    location / {\n        proxy_http_version 1.0;\n        proxy_pass http://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    keepalive 16;\n}\nserver {\n    location / {\n        proxy_http_version 1.1;\n        proxy_set_header Connection \"\";\n        proxy_pass http://app;\n    }\n}\n",
    check,
};

/// From here on nginx speaks HTTP/1.1 to servers and sends no `Connection` unless told otherwise.
pub(super) const MODERN_SINCE: Version = Version::read("1.29.7");

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| !group.stream) {
        let Some(keepalive) = group.setting("keepalive").filter(|keepalive| keepalive.arg(1) != "0") else { continue };
        for pass in lint.passes_to(group).filter(|pass| speaks_1_0(lint, pass)) {
            // Asking for it in HTTP/1.0's own way works with servers that know it.
            if connection_header(lint, pass).is_some_and(|header| header.arg(2).eq_ignore_ascii_case("keep-alive")) {
                continue;
            }
            let help = if lint.target.version < MODERN_SINCE {
                "set \"proxy_http_version 1.1;\" and \"proxy_set_header Connection '';\""
            } else {
                "remove \"proxy_http_version 1.0\": the default is 1.1"
            };
            let finding = match lint.config.effective(pass.scope, "proxy_http_version") {
                Some(version) => {
                    let message = format!("HTTP/1.0 leaves the \"keepalive\" of \"{}\" nothing to keep", group.name());
                    Finding::at(pass.scope, version.span(), message).related(keepalive.span(), "asked for here")
                }
                None => {
                    Finding::at(group.scope, keepalive.span(), "\"keepalive\" does nothing: nginx speaks HTTP/1.0 here")
                        .related(pass.span(), "\"proxy_http_version\" is 1.0 by default")
                }
            };
            findings.add(finding.help(help));
        }
    }
}

/// The pass is HTTP/1.0.
pub(super) fn speaks_1_0(lint: &Lint, pass: &Pass) -> bool {
    if pass.name() != "proxy_pass" {
        return false;
    }
    match lint.config.effective(pass.scope, "proxy_http_version") {
        Some(version) => version.arg(1) == "1.0",
        None => lint.target.version < MODERN_SINCE,
    }
}
