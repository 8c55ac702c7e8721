//! The same address twice in a group.

use std::collections::HashMap;

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-server",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "The same address twice in a group",
    doc: "nginx takes each line as a server of its own: the address gets a double share, the failures of each line \
          are counted apart, `max_conns` holds for each line, and a request that failed there is tried there again. \
          For a larger share there is `weight`.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1:8080;\n    server 192.0.2.2:8080;\n    server 192.0.2.1:8080;\n}\n",
    good: "upstream app {\n    server 192.0.2.1:8080 weight=2;\n    server 192.0.2.2:8080;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let mut seen: HashMap<String, Span> = HashMap::new();
        for server in &group.servers {
            let url = &server.line.url;
            let service = server.line.service.as_deref().unwrap_or_default();
            let address = format!("{} {} {service}", url.host.to_ascii_lowercase(), url.port);
            let Some(first) = seen.insert(address, server.span()) else { continue };
            let message = format!("\"{}\" is in this group already", url.text);
            findings.add(
                Finding::at(group.scope, server.span(), message)
                    .related(first, "here")
                    .help("write the server once, with \"weight=\" if it is to get more"),
            );
        }
    }
}
