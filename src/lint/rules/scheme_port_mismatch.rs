//! TLS to port 80, or plain text to port 443.

use crate::config::address::Family;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Pass, Rule, Server, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheme-port-mismatch",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A pass that speaks TLS to port 80 of a group's server, or plain text to port 443",
    doc: "A `server` line of a group without a port means port 80, whatever the scheme of the `proxy_pass` that uses \
          the group: with `https://` nginx then starts TLS on the port for plain text and answers 502. The other way \
          round, a server on port 443 that is asked in plain text usually answers 400.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1;\n}\nserver {\n    location / {\n        proxy_pass https://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1:443;\n}\nserver {\n    location / {\n        proxy_pass https://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.scheme.is_some() && pass.name() != "tunnel_pass") {
        let Some(group) = lint.group(pass) else { continue };
        for server in &group.servers {
            let Some(message) = mismatch(pass, server) else { continue };
            let help = if pass.is_tls() { "write the port: \":443\"" } else { "pass with \"https://\"" };
            findings.add(
                Finding::at(group.scope, server.span(), message)
                    .related(pass.span(), "the group is used here")
                    .help(help),
            );
        }
    }
}

fn mismatch(pass: &Pass, server: &Server) -> Option<&'static str> {
    let url = &server.line.url;
    if url.family == Family::Unix || server.line.service.is_some() {
        return None;
    }
    match (pass.is_tls(), url.port) {
        (true, 80) if url.no_port => Some("without a port this is port 80, and nginx starts TLS there"),
        (true, 80) => Some("nginx starts TLS on port 80"),
        (false, 443) => Some("nginx speaks plain text to port 443"),
        _ => None,
    }
}
