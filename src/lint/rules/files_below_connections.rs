//! Fewer open files than connections.

use crate::config::ScopeId;
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::Contexts;

/// The rule.
pub static RULE: Rule = Rule {
    name: "files-below-connections",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`worker_rlimit_nofile` below `worker_connections`",
    doc: "Every connection is an open file, and one that is proxied is two. A worker process that may have fewer \
          files open than connections refuses clients with `Too many open files` before it reaches the number of \
          connections.",
    source: "https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile",
    bad: "worker_rlimit_nofile 1024;\nevents {\n    worker_connections 4096;\n}\n",
    good: "worker_rlimit_nofile 16384;\nevents {\n    worker_connections 4096;\n}\n",
    check,
};

/// nginx's default of `worker_connections`.
const DEFAULT: u64 = 512;

fn check(lint: &Lint, findings: &mut Findings) {
    let Some(limit) = lint.config.scope(ScopeId(0)).setting("worker_rlimit_nofile") else { return };
    let Some((events, scope)) = lint.scopes(Contexts::EVENTS).next() else { return };
    let files = lint.config.number(ScopeId(0), "worker_rlimit_nofile", u64::MAX);
    let connections = lint.config.number(events, "worker_connections", DEFAULT);
    if files >= connections {
        return;
    }
    let message = format!("a worker process may have {connections} connections, but only {files} open files");
    let finding = Finding::at(ScopeId(0), limit.span(), message);
    findings.add(match scope.setting("worker_connections") {
        Some(setting) => finding.related(setting.span(), "set here").help("allow two files for each connection"),
        None => finding.help(format!("\"worker_connections\" is {DEFAULT} by default")),
    });
}
