//! Port 443 without TLS.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::Options;

/// The rule.
pub static RULE: Rule = Rule {
    name: "plain-text-on-443",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`listen 443` where no `listen` of that address has `ssl`",
    doc: "Without `ssl` nginx expects plain HTTP on the port, and answers the handshake of a browser that comes with \
          `https://` with 400. `ssl` in the `listen` of one server holds for all servers on the same address and \
          port, and that is looked at. Addresses with `proxy_protocol` are not reported: there something in front \
          may end TLS.",
    source: "https://nginx.org/en/docs/http/configuring_https_servers.html",
    bad: "server {\n    listen 443;\n    server_name example.com;\n}\n",
    good: "server {\n    listen 443 ssl;\n    server_name example.com;\n    ssl_certificate cert.pem;\n    ssl_certificate_key cert.key;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    let Some(ports) = ports(lint.config) else { return };
    for listener in ports.listeners().filter(|listener| listener.address.port() == 443) {
        if listener.socket.options.intersects(Options::SSL | Options::QUIC | Options::PROXY_PROTOCOL) {
            continue;
        }
        if listener.servers.iter().any(|server| lint.config.scope(*server).faulty) {
            continue;
        }
        // Before 1.25.1 there was a switch for a whole server.
        if listener
            .servers
            .iter()
            .filter_map(|server| lint.config.effective(*server, "ssl"))
            .any(|ssl| ssl.arg(1) == "on")
        {
            continue;
        }
        let finding = Finding::at(listener.default_server, listener.span, "nginx speaks plain text on port 443 here");
        findings.add(finding.help("write \"listen 443 ssl;\""));
    }
}
