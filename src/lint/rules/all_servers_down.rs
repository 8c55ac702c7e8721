//! A group whose servers are all `down`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Lint, Rule, Server, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "all-servers-down",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A group whose servers are all `down`",
    doc: "nginx starts with such a group and answers every request that it sends there with 502 (`no live \
          upstreams`); in `stream` it closes the connection. If that is meant, `return 503` says it better and can \
          have a page of its own.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1 down;\n    server 192.0.2.2 down;\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2 down;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    // NGINX Plus fills an empty group at run time.
    let down = |group: &&Group| !group.servers.is_empty() && group.servers.iter().all(Server::is_down);
    for group in lint.groups.iter().filter(down) {
        let answer = if group.stream { "nginx closes every connection" } else { "nginx answers 502 to every request" };
        let mut finding = Finding::at(
            group.scope,
            group.upstream.span,
            format!("every server of \"{}\" is down: {answer}", group.name()),
        );
        for word in group.servers.iter().filter_map(|server| server.parameter("down")) {
            finding = finding.related(word.span, "down");
        }
        findings.add(finding.help("take \"down\" off the servers that are back"));
    }
}
