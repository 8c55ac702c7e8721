//! Names that nginx asks DNS for once, when it starts.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Group, Host, Lint, Rule, Targets, Tier};
use crate::modules::Version;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hostname-resolved-once",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A server or `proxy_pass` name that DNS is asked for only when nginx starts",
    doc: "nginx looks such a name up when it reads the configuration, keeps the addresses until the next reload, and \
          does not start if DNS has no answer. Where addresses change (containers, cloud load balancers, failover by DNS) \
          requests go on to the old one. Groups can follow DNS with `resolve` (since 1.27.3, before that in NGINX Plus \
          only), which needs `zone` and `resolver`; `proxy_pass` can with a variable in the host and `resolver`. \
          `localhost` is not reported.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve",
    bad: "upstream app {\n    server app.example.com:8080;\n}\n",
    good: "resolver 192.0.2.53;\nupstream app {\n    zone app 64k;\n    server app.example.com:8080 resolve;\n}\n",
    check,
};

/// Open-source nginx has `resolve` since.
const RESOLVE_SINCE: Version = Version::read("1.27.3");

fn check(lint: &Lint, findings: &mut Findings) {
    let has_resolve = lint.target.plus.is_some() || lint.target.version >= RESOLVE_SINCE;
    for group in &lint.groups {
        for server in group.servers.iter().filter(|server| server.parameter("resolve").is_none() && !server.is_down()) {
            let Some(name) = changing(server.host) else { continue };
            let span = server.setting.words.get(1).map_or(server.setting.span(), |word| word.span);
            let help = if has_resolve { with_resolve(group) } else { with_variable() };
            findings.add(Finding::at(group.scope, span, message(name)).help(help));
        }
    }
    for pass in lint.passes.iter().filter(|pass| pass.group.is_none()) {
        let Some(name) = pass.host().and_then(|(host, _)| changing(host)) else { continue };
        let span = pass.setting.words.get(1).map_or(pass.span(), |word| word.span);
        let help = if has_resolve {
            "name an upstream group whose server has \"resolve\", or put the host into a variable and set \"resolver\""
                .to_owned()
        } else {
            with_variable()
        };
        findings.add(Finding::at(pass.scope, span, message(name)).help(help));
    }
}

/// A name that may get another address.
fn changing(host: Host<'_>) -> Option<&str> {
    match host {
        Host::Name(name) if !name.eq_ignore_ascii_case("localhost") && !name.is_empty() => Some(name),
        _ => None,
    }
}

fn message(name: &str) -> String {
    format!("DNS is asked for \"{name}\" only when nginx starts or reloads")
}

fn with_resolve(group: &Group) -> String {
    let zone = if group.setting("zone").is_none() { format!(", \"zone {} 64k;\"", group.name) } else { String::new() };
    format!("add \"resolve\"{zone} and \"resolver ADDRESS;\" to follow DNS")
}

fn with_variable() -> String {
    "to follow DNS put the host into a variable (set $backend NAME; proxy_pass http://$backend;) and set \"resolver\""
        .to_owned()
}
