//! `backup` that nginx takes because it does not know the method yet.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Lint, Rule, Server, Targets, Tier};
use crate::modules::Version;
use crate::modules::shared::upstream::Method;

/// The rule.
pub static RULE: Rule = Rule {
    name: "backup-against-method",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A `backup` server that nginx takes only because the method comes later",
    doc: "`hash`, `ip_hash` and `random` do not support `backup`, and nginx says so (`balancing method does not \
          support parameter \"backup\"`) if the method comes first. If it comes after the `server` line, nginx takes \
          the parameter. The method then chooses among the other servers only; when none of them can be used, nginx \
          falls back to round robin and with it to the backup servers, so the key or the client's address no longer \
          decides who answers. With `random`, one other server and two backup servers or more, nginx 1.27.3 and \
          later is worse off: it draws from a table that has one entry, and when the first backup server fails, too, \
          the worker process crashes (seen with 1.31.3: signal 11).",
    source: "ngx_http_upstream_init_round_robin(), ngx_http_upstream_peek_random_peer() in nginx's source",
    bad: "upstream app {\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.9 backup;\n    ip_hash;\n}\n",
    good: "upstream app {\n    least_conn;\n    server 192.0.2.1;\n    server 192.0.2.2;\n    server 192.0.2.9 backup;\n}\n",
    check,
};

/// The first version that draws among the backup servers from the table of the others.
const CRASHES_SINCE: Version = Version::read("1.27.3");

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| !group.upstream.method.has_backup()) {
        let Some((position, method)) = group.method() else { continue };
        let name = method.directive.name;
        let (message, consequence) = if crashes(lint, group) {
            (
                format!(
                    "\"{name}\" does not support \"backup\": when the first backup server fails, too, nginx crashes"
                ),
                "nginx takes \"backup\" only because this comes later",
            )
        } else {
            (
                format!("\"{name}\" does not support \"backup\"; nginx takes it only because \"{name}\" comes later"),
                "has no say in it: backup servers are asked by round robin when no other can be used",
            )
        };
        for server in group.backups().filter(|server| server.at < position) {
            let Some(word) = server.parameter("backup") else { continue };
            findings.add(
                Finding::at(group.scope, word.span, message.clone())
                    .related(method.span(), consequence)
                    .help("drop \"backup\", or balance by round robin or \"least_conn\", which support it"),
            );
        }
    }
}

/// A worker process reads behind the end of its table.
fn crashes(lint: &Lint, group: &Group) -> bool {
    let one_primary = group.primary().count() == 1 && group.primary().all(Server::is_one_peer);
    let draws = matches!(group.upstream.method, Method::Random(_)) && lint.target.version >= CRASHES_SINCE;
    draws && one_primary && group.backups().count() > 1
}
