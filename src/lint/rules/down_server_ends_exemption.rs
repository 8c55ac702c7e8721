//! A `down` server that makes the failures of the only live one count.

use crate::config::values;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Server, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "down-server-ends-exemption",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A `down` server that makes the failures of the only live one count",
    doc: "nginx never takes the only server of a group out, whatever fails. But it counts servers before it looks at \
          `down`: with a second `server` line, marked `down`, the group has two, and the one that is left is treated as one \
          of many. After `max_fails` failures (1 by default) it is taken out for `fail_timeout` (10 seconds), in which all \
          requests are answered with 502 (`no live upstreams`) although the server may be well.",
    source: "ngx_http_upstream_init_round_robin() in nginx's source: peers->single",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2 down;\n}\n",
    good: "upstream app {\n    server 192.0.2.1 max_fails=0;\n    server 192.0.2.2 down;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let mut live = group.servers.iter().filter(|server| !server.is_down());
        let (Some(server), None) = (live.next(), live.next()) else { continue };
        let down = group.servers.iter().find_map(|server| server.parameter("down"));
        let exempt = server.is_one_address() && server.counts_failures() && !server.is_backup();
        let Some(down) = down.filter(|_| exempt) else { continue };
        let fails = server.number("max_fails=").unwrap_or(1);
        let attempts = if fails == 1 { "one failure".to_owned() } else { format!("{fails} failures") };
        let message = format!("with this server, {attempts} of the only live one take it out for {}", timeout(server));
        findings.add(
            Finding::at(group.scope, down.span, message)
                .related(server.setting.span(), "alone in the group it would never be taken out")
                .help("comment the \"down\" server out, or give the other \"max_fails=0\""),
        );
    }
}

fn timeout(server: &Server) -> String {
    let given =
        server.parameter("fail_timeout=").and_then(|word| values::sec(word.value.strip_prefix("fail_timeout=")?));
    format!("{} s", given.unwrap_or(10))
}
