//! `stub_status` for everybody.

use crate::config::ScopeId;
use crate::config::address::Address;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::Ports;

/// The rule.
pub static RULE: Rule = Rule {
    name: "open-status-page",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`stub_status` that nothing keeps strangers from",
    doc: "The page tells how many connections there are and how many requests were served: little for an attacker, \
          but nobody else's business. No `deny`, `auth_basic`, `auth_request` or `internal` holds where it is, and \
          the server listens on more than the machine itself.",
    source: "https://nginx.org/en/docs/http/ngx_http_stub_status_module.html",
    bad: "server {\n    listen 80;\n    location = /status {\n        stub_status;\n    }\n}\n",
    good: "server {\n    listen 80;\n    location = /status {\n        stub_status;\n        allow 127.0.0.1;\n        deny all;\n    }\n}\n",
    check,
};

const GUARDS: &[&str] = &["deny", "auth_basic", "auth_request", "auth_jwt", "internal"];

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, status) in lint.settings("stub_status") {
        let guarded =
            GUARDS.iter().filter_map(|name| lint.config.effective(id, name)).any(|guard| guard.arg(1) != "off");
        if guarded || lint.config.scope(id).faulty || lint.server_of(id).is_none_or(|server| is_local(lint, server)) {
            continue;
        }
        let finding = Finding::at(id, status.span(), "everybody can read this page");
        findings.add(finding.help("add \"allow 127.0.0.1; deny all;\""));
    }
}

/// The server listens on nothing but loopback addresses and UNIX domain sockets.
fn is_local(lint: &Lint, server: ScopeId) -> bool {
    let listeners = ports(lint.config).into_iter().flat_map(Ports::listeners);
    listeners.filter(|listener| listener.servers.contains(&server)).all(|listener| match &listener.address {
        Address::Inet(address) => address.ip().is_loopback(),
        Address::Unix(_) => true,
    })
}
