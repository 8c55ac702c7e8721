//! The same address twice in a group.

use std::collections::HashMap;

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Host, Lint, Rule, Server, Targets, Tier};
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-server",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "The same address twice in a group",
    doc: "nginx takes each line as a server of its own: the address gets a double share, its failures are counted twice \
          over, `max_conns` holds for each line, and a request that failed there is tried there again. For a larger share \
          there is `weight`.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1:8080;\n    server 192.0.2.2:8080;\n    server 192.0.2.1:8080;\n}\n",
    good: "upstream app {\n    server 192.0.2.1:8080 weight=2;\n    server 192.0.2.2:8080;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let mut seen: HashMap<String, Span> = HashMap::new();
        for server in &group.servers {
            let span = server.setting.words.get(1).map_or(server.setting.span(), |word| word.span);
            let Some(first) = seen.insert(address(server), span) else { continue };
            let message = format!("\"{}\" is in this group already", server.address);
            findings.add(
                Finding::at(group.scope, span, message)
                    .related(first, "here")
                    .help("write the server once, with \"weight=\" if it is to get more"),
            );
        }
    }
}

/// The address with what nginx adds, so that equal ones compare equal.
fn address(server: &Server) -> String {
    let service = server.parameter("service=").map_or("", |word| &word.value);
    match (server.host, server.port) {
        (Host::Unix(path), _) => format!("unix:{path}"),
        (Host::Ip(host) | Host::Name(host), port) => {
            format!("{}:{} {service}", host.to_ascii_lowercase(), port.unwrap_or("80"))
        }
    }
}
