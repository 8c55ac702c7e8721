//! The first server as the default one.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::Options;
use crate::modules::shared::listen::Ports;

/// The rule.
pub static RULE: Rule = Rule {
    name: "default-server-by-order",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "Several servers on an address, none of them `default_server`",
    doc: "Requests with another name than those of the servers go to the `default_server` of the address or, without \
          one, to the server that happens to be read first; with `include conf.d/*.conf` the names of files decide.",
    source: "https://nginx.org/en/docs/http/request_processing.html",
    bad: "server {\n    listen 8080;\n    server_name one.example.com;\n}\nserver {\n    listen 8080;\n    server_name two.example.com;\n}\n",
    good: "server {\n    listen 8080 default_server;\n    server_name one.example.com;\n}\nserver {\n    listen 8080;\n    server_name two.example.com;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for listener in ports(lint.config).into_iter().flat_map(Ports::listeners) {
        if listener.servers.len() < 2 || listener.socket.options.contains(Options::DEFAULT_SERVER) {
            continue;
        }
        let message = format!("the default of {} servers here is the one that is read first", listener.servers.len());
        let finding = Finding::at(listener.default_server, listener.span, message);
        findings.add(finding.help("write \"default_server\" in one of their \"listen\" lines"));
    }
}
