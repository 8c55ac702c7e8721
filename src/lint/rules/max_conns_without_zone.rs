//! `max_conns` that every worker process counts for itself.

use crate::config::Setting;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "max-conns-without-zone",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`max_conns` in a group without `zone`, under several worker processes",
    doc: "Without a zone in shared memory each worker process has its own copy of the group and counts only its own \
          connections, so the server may get `max_conns` times the number of worker processes. Even with a zone, \
          idle connections kept by `keepalive` come on top.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_conns",
    bad: "worker_processes 4;\nevents {}\nhttp {\n    upstream app {\n        server 192.0.2.1 max_conns=100;\n    }\n}\n",
    good: "worker_processes 4;\nevents {}\nhttp {\n    upstream app {\n        zone app 64k;\n        server 192.0.2.1 max_conns=100;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    let Some(workers) = lint.several_workers() else { return };
    for group in lint.groups.iter().filter(|group| group.upstream.zone.is_none()) {
        let Some(server) = group.servers.iter().find(|server| server.line.max_conns > 0) else { continue };
        let Some(word) = server.parameter("max_conns=") else { continue };
        let total = total(server.line.max_conns, workers);
        let message = format!("each worker process counts \"{}\" for itself: {total}", word.value);
        findings.add(
            Finding::at(group.scope, word.span, message)
                .related(workers.span(), "several worker processes")
                .help(format!("add \"zone {} 64k;\" so that they count together", group.name())),
        );
    }
}

fn total(limit: u64, workers: &Setting) -> String {
    match workers.arg(1).parse::<u64>() {
        Ok(count) => format!("up to {} connections", limit.saturating_mul(count)),
        Err(_) => format!("up to {limit} connections for each CPU core"),
    }
}
