//! The name of a group as the name in TLS.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "tls-name-is-group-name",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "TLS to a group without `proxy_ssl_name`: servers are asked, and checked, for the name of the group",
    doc: "The name that nginx sends by SNI (`proxy_ssl_server_name on`) and checks in the certificate \
          (`proxy_ssl_verify on`) is the host of `proxy_pass` unless `proxy_ssl_name` says otherwise. For a group \
          that is its name in the configuration, which is in no certificate: verification fails and nginx answers \
          502. The rule speaks where the group's name has no dot.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_name",
    bad: "upstream app {\n    server 192.0.2.1:443;\n}\nserver {\n    location / {\n        proxy_ssl_server_name on;\n        proxy_pass https://app;\n    }\n}\n",
    good: "upstream app {\n    server 192.0.2.1:443;\n}\nserver {\n    location / {\n        proxy_ssl_server_name on;\n        proxy_ssl_name app.example.com;\n        proxy_pass https://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.is_tls()) {
        let Some(group) = lint.group(pass).filter(|group| !group.name().contains('.') && !group.stream) else {
            continue;
        };
        let Some(family) = pass.name().strip_suffix("_pass") else { continue };
        let is_on = |name: &str| lint.config.flag(pass.scope, &format!("{family}_ssl_{name}"), false);
        let verified = is_on("verify");
        let named = lint.config.effective(pass.scope, &format!("{family}_ssl_name")).is_some();
        if named || !(verified || is_on("server_name")) {
            continue;
        }
        let name = group.name();
        let finding = if verified {
            let message = format!("certificates are checked for the name of the group, \"{name}\", and fail");
            Finding::at(pass.scope, pass.url(), message)
        } else {
            let message = format!("servers are asked for the name of the group, \"{name}\", by SNI");
            Finding::at(pass.scope, pass.url(), message).level(Level::Notice)
        };
        findings.add(finding.help(format!("set \"{family}_ssl_name NAME;\" to the name in the certificate")));
    }
}
