//! A variable destination that needs DNS.

use crate::config::address::Family;
use crate::diagnostics::Level;
use crate::lint::group::host;
use crate::lint::{Finding, Findings, Host, Lint, Pass, Rule, Targets, Tier};
use crate::modules::shared::upstream::Upstreams;
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "pass-without-resolver",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A pass whose destination is a variable with a DNS name, without `resolver`",
    doc: "What a variable names is looked up when the request comes, by nginx's own resolver: without a `resolver` \
          directive nginx answers 502 (`no resolver defined to resolve ...`). It needs none for addresses and for \
          names of `upstream` groups. The rule speaks where a `set` or `map` of the variable gives another name, and \
          where the client chooses it.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location / {\n        set $backend app.example.com;\n        proxy_pass http://$backend;\n    }\n}\n",
    good: "server {\n    resolver 192.0.2.53;\n    location / {\n        set $backend app.example.com;\n        proxy_pass http://$backend;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.authority.contains('$') && pass.name() != "memcached_pass") {
        if lint.config.effective(pass.scope, "resolver").is_some() {
            continue;
        }
        let Some((name, span)) = needs_dns(lint, pass) else { continue };
        let message = format!("\"{name}\" cannot be looked up when the request comes: there is no \"resolver\"");
        let finding = Finding::at(pass.scope, pass.url(), message);
        let finding = match span {
            Some(span) => finding.related(span, "this name"),
            None => finding,
        };
        findings.add(finding.help("set \"resolver ADDRESS;\", or name an upstream group"));
    }
}

/// A name that DNS must be asked for, and where it stands.
fn needs_dns(lint: &Lint, pass: &Pass) -> Option<(String, Option<Span>)> {
    let variable = pass.authority.strip_prefix('$')?;
    let variable = variable.trim_matches(['{', '}']);
    let variable = variable.split_once(':').map_or(variable, |(name, _)| name).trim_end_matches('}');
    if variable == "host" || variable == "http_host" {
        return Some((format!("${variable}"), None));
    }
    let (name, span) = lint.values(variable)?.into_iter().find(|(value, _)| is_name(lint, value))?;
    Some((bare(name).to_owned(), Some(span)))
}

/// The host of a value that may be a whole URL.
fn bare(value: &str) -> &str {
    let value = value.split_once("://").map_or(value, |(_, rest)| rest);
    let end = if value.starts_with('[') { value.find(']').map(|at| at + 1) } else { value.find([':', '/', '?']) };
    &value[..end.unwrap_or(value.len())]
}

fn is_name(lint: &Lint, value: &str) -> bool {
    let value = value.trim();
    let name = bare(value);
    !name.is_empty()
        && !value.contains('$')
        && !value.to_ascii_lowercase().contains("unix:")
        && host(name, Family::Inet) == Host::Name(name)
        && !is_upstream(lint, name)
}

/// An `upstream` block or an address that a `proxy_pass` names: both are known without DNS.
fn is_upstream(lint: &Lint, name: &str) -> bool {
    let realms = [lint.config.http, lint.config.stream].into_iter().flatten();
    let mut upstreams = realms.filter_map(|realm| lint.config.scope(realm).slot::<Upstreams>());
    upstreams.any(|upstreams| upstreams.iter().any(|(_, upstream)| upstream.name.eq_ignore_ascii_case(name)))
}
