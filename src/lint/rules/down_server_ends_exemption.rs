//! A `down` server that makes the failures of the only live one count.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "down-server-ends-exemption",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A `down` server that makes the failures of the only live one count",
    doc: "nginx never takes the only server of a group out, whatever fails. But it counts servers before it looks at \
          `down`: with a second `server` line, marked `down`, the group has two, and the one that is left is treated \
          as one of many. After `max_fails` failures (1 by default) it is taken out for `fail_timeout` (10 seconds), \
          in which all requests are answered with 502 (`no live upstreams`) although the server may be well.",
    source: "ngx_http_upstream_init_round_robin() in nginx's source: peers->single",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2 down;\n}\n",
    good: "upstream app {\n    server 192.0.2.1 max_fails=0;\n    server 192.0.2.2 down;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let mut live = group.servers.iter().filter(|server| !server.is_down());
        let (Some(server), None) = (live.next(), live.next()) else { continue };
        let down = group.servers.iter().find(|server| server.is_down()).and_then(|server| server.parameter("down"));
        let says = server.line;
        let exempt = server.is_one_peer() && says.max_fails > 0 && says.fail_timeout > 0 && !says.backup;
        let Some(down) = down.filter(|_| exempt) else { continue };
        let message = match says.max_fails {
            1 => format!("with this server, one failure takes the only live one out for {} s", says.fail_timeout),
            fails => {
                format!("with this server, {fails} failures take the only live one out for {} s", says.fail_timeout)
            }
        };
        findings.add(
            Finding::at(group.scope, down.span, message)
                .related(server.whole(), "alone in the group it would never be taken out")
                .help("comment the \"down\" server out, or give the other \"max_fails=0\""),
        );
    }
}
