//! The name of a group as `Host`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "group-name-as-host",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`proxy_pass` to a group without `proxy_set_header Host`: servers see the name of the group",
    doc: "The `Host` that nginx sends is the host of `proxy_pass`, for a group its name in the configuration. \
          Servers that have several sites, build links from it or check it see a name that means nothing to them; \
          one with `_` is refused by some as malformed.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
    bad: "upstream app {\n    server 192.0.2.1;\n}\nserver {\n    location / {\n        proxy_pass http://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1;\n}\nserver {\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.name() == "proxy_pass") {
        let Some(group) = lint.group(pass).filter(|group| !group.stream && !group.name().contains('.')) else {
            continue;
        };
        let headers = lint.config.effective_all(pass.scope, "proxy_set_header");
        if headers.iter().any(|header| header.arg(1).eq_ignore_ascii_case("host")) {
            continue;
        }
        let message = format!("servers get \"Host: {}\", the name of the group", group.name());
        findings.add(Finding::at(pass.scope, pass.url(), message).help("set \"proxy_set_header Host $host;\""));
    }
}
