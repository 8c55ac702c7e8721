//! `sticky`, `keepalive` or `queue` that a method after it undoes.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Lint, Rule, Targets, Tier};
use crate::modules::Version;

/// The rule.
pub static RULE: Rule = Rule {
    name: "lost-to-method",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`sticky`, `keepalive` or `queue` before the method, which undoes it",
    doc: "These directives wrap the balancing method that nginx knows when it reads them. A method that comes later \
          replaces the wrapped one with the wrapping: the directive is read, and does nothing. nginx only warns `load \
          balancing method redefined`, without a word of what is lost. `keepalive` is safe since 1.29.7, which puts it on \
          after the whole group has been read.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
    bad: "upstream app {\n    sticky cookie srv_id;\n    least_conn;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    good: "upstream app {\n    least_conn;\n    sticky cookie srv_id;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\n",
    check,
};

/// From here on `keepalive` may stand anywhere in the group.
const KEEPALIVE_SAFE_SINCE: Version = Version::read("1.29.7");

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        judge(lint, group, findings);
    }
}

fn judge(lint: &Lint, group: &Group, findings: &mut Findings) {
    let Some(method) = group.method else { return };
    for name in ["keepalive", "queue", "sticky"] {
        if name == "keepalive" && lint.target.version >= KEEPALIVE_SAFE_SINCE {
            continue;
        }
        let Some((_, setting)) = group.directive(name).filter(|(at, _)| *at < method.at) else { continue };
        let by = method.name();
        let message = format!("\"{name}\" does nothing: \"{by}\", which comes later, replaces it");
        findings.add(
            Finding::at(group.scope, setting.span(), message)
                .related(method.setting.span(), "nginx warns of a method redefined here")
                .help(format!("write \"{name}\" after \"{by}\"")),
        );
    }
}
