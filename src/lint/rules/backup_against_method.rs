//! `backup` that nginx takes because it does not know the method yet.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Lint, Method, Rule, Server, Targets, Tier};
use crate::modules::Version;

/// The rule.
pub static RULE: Rule = Rule {
    name: "backup-against-method",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A `backup` server that nginx takes only because the method comes later",
    doc: "`hash`, `ip_hash` and `random` do not support `backup`, and nginx says so (`balancing method does not support \
          parameter \"backup\"`) if the method comes first. If it comes after the `server` line, nginx takes the \
          parameter. The method then chooses among the other servers only; when none of them can be used, nginx falls \
          back to round robin and with it to the backup servers, so the key or the client's address no longer decides \
          who answers. With `random`, one other server and two backup servers or more, nginx 1.27.3 and later is \
          worse off: it draws from a table that has one entry, and when the first backup server fails, too, the worker \
          process crashes (seen with 1.31.3: signal 11).",
    source: "ngx_http_upstream_init_round_robin(), ngx_http_upstream_peek_random_peer() in nginx's source",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.9 backup;\n    ip_hash;\n}\n",
    good: "upstream app {\n    least_conn;\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.9 backup;\n}\n",
    check,
};

/// The first version that draws among the backup servers from the table of the others.
const CRASHES_SINCE: Version = Version::read("1.27.3");

/// Whether nginx refuses `backup` after this method.
pub(super) fn refuses_backup(method: &str) -> bool {
    matches!(method, "hash" | "ip_hash" | "random")
}

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let Some(method) = group.method.filter(|method| refuses_backup(method.name())) else { continue };
        for server in group.backups().filter(|server| server.at < method.at) {
            let Some(word) = server.parameter("backup") else { continue };
            let name = method.name();
            let message =
                format!("\"{name}\" does not support \"backup\"; nginx takes it only because \"{name}\" comes later");
            findings.add(
                Finding::at(group.scope, word.span, message)
                    .related(method.setting.span(), consequence(lint, group, method))
                    .help("drop \"backup\", or balance by round robin or \"least_conn\", which support it"),
            );
        }
    }
}

fn consequence(lint: &Lint, group: &Group, method: Method) -> String {
    let one_primary = group.primary().count() == 1 && group.primary().all(Server::is_one_address);
    let crashes =
        method.name() == "random" && one_primary && group.backups().count() > 1 && lint.target.version >= CRASHES_SINCE;
    if crashes {
        "when the first backup server fails, too, this crashes nginx's worker process".to_owned()
    } else {
        "has no say in it: backup servers are asked by round robin when no other can be used".to_owned()
    }
}
