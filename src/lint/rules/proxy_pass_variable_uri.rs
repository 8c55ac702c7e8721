//! A fixed path behind a variable host.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::location::Pattern;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-pass-variable-uri",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`proxy_pass` with a variable and a fixed path, which every request is sent to",
    doc: "A path in `proxy_pass` replaces the part of the request's path that the location matches, but only if \
          there are no variables. With one, nginx sends what is written there as it is: `proxy_pass \
          http://$backend/api/` asks for `/api/`, whatever the client asked for, and without its arguments.",
    source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass; seen with nginx 1.22.1 and 1.31.3",
    bad: "map $host $backend {\n    default 192.0.2.1;\n}\nserver {\n    location /api/ {\n        proxy_pass http://$backend/;\n    }\n}\n",
    good: "map $host $backend {\n    default 192.0.2.1;\n}\nserver {\n    location /api/ {\n        rewrite ^/api(/.*)$ $1 break;\n        proxy_pass http://$backend;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for pass in lint.passes.iter().filter(|pass| pass.name() == "proxy_pass" && pass.authority.contains('$')) {
        let Some(uri) = pass.uri.filter(|uri| !uri.contains('$') && uri.starts_with('/')) else { continue };
        let Some(location) = lint.config.ancestors(pass.scope).find_map(|id| lint.location(id)) else { continue };
        let is_prefix = matches!(location.pattern, Pattern::Prefix | Pattern::PrefixFirst);
        // A single page, such as a health check, may well be all that is asked for.
        let page = !uri.ends_with('/') && (location.name == uri || !location.name.ends_with('/') || uri.contains('.'));
        if !is_prefix || page {
            continue;
        }
        let message = format!("with a variable in it, this asks for \"{uri}\" on every request");
        findings.add(Finding::at(pass.scope, pass.url(), message).help(help(uri)));
    }
}

fn help(uri: &str) -> String {
    if uri == "/" {
        "leave out the \"/\" to pass the path on as it is; \"rewrite ... break\" changes it".to_owned()
    } else {
        "leave out the path, and change it with \"rewrite ... break\"".to_owned()
    }
}
