//! A method that compares connections or times which every worker process counts for itself.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "least-conn-without-zone",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`least_conn`, `least_time` or `random two` in a group without `zone`, under several worker processes",
    doc: "Without a zone in shared memory each worker process sees only the connections that it made itself. With \
          many worker processes and few connections in each, every count is near zero and the method comes down to \
          round robin in every process; long-lived connections (WebSocket, uploads) of one process are invisible to \
          the others.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#zone",
    bad: "worker_processes auto;\nevents {}\nhttp {\n    upstream app {\n        least_conn;\n        server 192.0.2.1;\n        server 192.0.2.2;\n    }\n}\n",
    good: "worker_processes auto;\nevents {}\nhttp {\n    upstream app {\n        zone app 64k;\n        least_conn;\n        server 192.0.2.1;\n        server 192.0.2.2;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    let Some(workers) = lint.several_workers() else { return };
    for group in lint.groups.iter().filter(|group| group.compares() && group.single().is_none()) {
        let Some((_, method)) = group.method().filter(|_| group.upstream.zone.is_none()) else { continue };
        let name = method.directive.name;
        let message =
            format!("\"{name}\" compares only the connections of its own worker process, as there is no \"zone\"");
        findings.add(
            Finding::at(group.scope, method.span(), message)
                .related(workers.span(), "several worker processes")
                .help(format!("add \"zone {} 64k;\" so that they count together", group.name())),
        );
    }
}
