//! Failure parameters on the only server of a group.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "single-server-failure-parameters",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`max_fails`, `fail_timeout` or `slow_start` on the only server of a group",
    doc: "nginx never takes the only server of a group out, so these parameters do nothing there. Only one address \
          makes a server the only one: a name that has several addresses in DNS is several servers, and so the rule \
          looks at IP addresses and UNIX sockets alone. A second `server` line ends the exemption even if it is \
          `backup` or `down` (see down-server-ends-exemption). `max_fails=0` and `fail_timeout=0`, which ask for \
          what nginx does anyway, are not reported, nor is a group of NGINX Plus that has a zone, to which servers \
          can be added while nginx runs.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
    bad: "upstream app {\n    server 192.0.2.1:8080 max_fails=3 fail_timeout=30s;\n}\n",
    good: "upstream app {\n    server 192.0.2.1:8080;\n}\n",
    check,
};

const PARAMETERS: &[&str] = &["max_fails=", "fail_timeout=", "slow_start="];

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let grows = lint.target.plus.is_some() && group.upstream.zone.is_some();
        let Some(server) = group.single().filter(|_| !grows) else { continue };
        // "Never taken out" is what these two ask for, and what a single server gets.
        if server.line.max_fails == 0 || server.line.fail_timeout == 0 {
            continue;
        }
        let words: Vec<_> = PARAMETERS.iter().filter_map(|name| server.parameter(name)).collect();
        let spans = || words.iter().map(|word| word.span);
        let (Some(first), Some(last)) = (spans().min(), spans().max()) else { continue };
        let named: Vec<String> = words.iter().map(|word| format!("\"{}\"", word.value)).collect();
        let verb = if named.len() == 1 { "does" } else { "do" };
        let message =
            format!("{} {verb} nothing: nginx never takes the only server of a group out", named.join(" and "));
        findings.add(Finding::at(group.scope, first.to(last), message).help("remove them, or add a second server"));
    }
}
