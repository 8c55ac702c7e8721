//! `keepalive` in a group that is reached by a protocol which does not keep connections.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keepalive-not-used",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`keepalive` in a group reached by FastCGI without `fastcgi_keep_conn`, by uwsgi or by SCGI",
    doc: "A FastCGI server closes the connection after the response unless nginx asks it not to, which \
          `fastcgi_keep_conn on` does (the default is off). The uwsgi and SCGI modules never keep a connection. In \
          either case `keepalive` stays empty.",
    source: "https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_keep_conn",
    bad: "upstream php {\n    server 192.0.2.1:9000;\n    keepalive 8;\n}\nserver {\n    location / {\n        fastcgi_pass php;\n    }\n}\n",
    good: "upstream php {\n    server 192.0.2.1:9000;\n    keepalive 8;\n}\nserver {\n    location / {\n        fastcgi_keep_conn on;\n        fastcgi_pass php;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for group in lint.groups.iter().filter(|group| !group.stream) {
        let Some(keepalive) = group.setting("keepalive").filter(|keepalive| keepalive.arg(1) != "0") else { continue };
        for pass in lint.passes_to(group) {
            let (why, help) = match pass.name() {
                "fastcgi_pass" if !lint.config.flag(pass.scope, "fastcgi_keep_conn", false) => {
                    ("\"fastcgi_keep_conn\" is off here", "set \"fastcgi_keep_conn on;\"")
                }
                "uwsgi_pass" => ("uwsgi connections are never kept", "remove \"keepalive\""),
                "scgi_pass" => ("SCGI connections are never kept", "remove \"keepalive\""),
                _ => continue,
            };
            let message = format!("the connections of this \"keepalive\" are not kept: {why}");
            let finding = Finding::at(group.scope, keepalive.span(), message);
            findings.add(finding.related(pass.span(), "the group is used here").help(help));
        }
    }
}
