//! Names that nginx asks DNS for once, when it starts.

use crate::config::ScopeId;
use crate::config::address::Family;
use crate::diagnostics::Level;
use crate::lint::group::host;
use crate::lint::{Finding, Findings, Group, Host, Lint, Rule, Targets, Tier};
use crate::modules::Version;
use crate::modules::shared::upstream::Upstreams;
use crate::syntax::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hostname-resolved-once",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A server or `proxy_pass` name that DNS is asked for only when nginx starts",
    doc: "nginx looks such a name up when it reads the configuration, keeps the addresses until the next reload, and \
          does not start if DNS has no answer. Where addresses change (containers, cloud load balancers, failover by \
          DNS) requests go on to the old one. Groups can follow DNS with `resolve` (since 1.27.3, before that in \
          NGINX Plus only), which needs `zone` and `resolver`; `proxy_pass` can with a variable in the host and \
          `resolver`. A name is reported once, however often it is written; `localhost` is not.",
    source: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve",
    bad: "upstream app {\n    server app.example.com:8080;\n}\n",
    good: "resolver 192.0.2.53;\nupstream app {\n    zone app 64k;\n    server app.example.com:8080 resolve;\n}\n",
    check,
};

/// Open-source nginx has `resolve` since.
const RESOLVE_SINCE: Version = Version::read("1.27.3");

fn check(lint: &Lint, findings: &mut Findings) {
    let has_resolve = lint.target.plus.is_some() || lint.target.version >= RESOLVE_SINCE;
    for name in names(lint) {
        let message = format!("DNS is asked for \"{}\" only when nginx starts or reloads", name.text);
        let mut finding = Finding::at(name.scope, name.first, message).help(match name.group {
            Some(group) if has_resolve => with_resolve(group),
            None if has_resolve => IN_GROUP.to_owned(),
            _ => WITH_VARIABLE.to_owned(),
        });
        for span in name.others {
            finding = finding.related(span, "and here");
        }
        findings.add(finding);
    }
}

/// A name, and where it stands.
struct Name<'l, 'a> {
    text: &'a str,
    group: Option<&'l Group<'a>>,
    scope: ScopeId,
    first: Span,
    others: Vec<Span>,
}

/// The names that nginx looks up at its start, each once.
fn names<'l, 'a>(lint: &'l Lint<'a>) -> Vec<Name<'l, 'a>> {
    let in_groups = lint.groups.iter().flat_map(|group| {
        let fixed = group.servers.iter().filter(|server| !server.line.run_time && !server.is_down());
        fixed.map(move |server| (server.host(), Some(group), group.scope, server.span()))
    });
    let realms = [lint.config.http, lint.config.stream].into_iter().flatten();
    let implicit = realms.flat_map(|realm| {
        let upstreams = lint.config.scope(realm).slot::<Upstreams>().into_iter().flat_map(Upstreams::iter);
        upstreams.filter(|(_, upstream)| !upstream.is_explicit()).map(move |(_, upstream)| {
            let family = upstream.servers.first().map_or(Family::Inet, |server| server.url.family);
            (host(&upstream.name, family), None, realm, upstream.span)
        })
    });
    let mut names: Vec<Name> = Vec::new();
    for (host, group, scope, span) in in_groups.chain(implicit) {
        let Host::Name(text) = host else { continue };
        if text.eq_ignore_ascii_case("localhost") || text.is_empty() {
            continue;
        }
        match names.iter_mut().find(|name| name.text.eq_ignore_ascii_case(text)) {
            Some(name) => name.others.push(span),
            None => names.push(Name { text, group, scope, first: span, others: Vec::new() }),
        }
    }
    names
}

const IN_GROUP: &str =
    "name an upstream group whose server has \"resolve\", or put the host into a variable and set \"resolver\"";

const WITH_VARIABLE: &str =
    "to follow DNS put the host into a variable (set $backend NAME; proxy_pass http://$backend;) and set \"resolver\"";

fn with_resolve(group: &Group) -> String {
    let zone = if group.upstream.zone.is_none() { format!(", \"zone {} 64k;\"", group.name()) } else { String::new() };
    format!("add \"resolve\"{zone} and \"resolver ADDRESS;\" to follow DNS")
}
