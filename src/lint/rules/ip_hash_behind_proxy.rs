//! The address of a proxy as the key.

use crate::config::address::Address;
use crate::config::{Part, ScopeId};
use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::Options;
use crate::modules::shared::listen::{Listener, Ports};
use crate::modules::shared::upstream::Method;

/// The rule.
pub static RULE: Rule = Rule {
    name: "ip-hash-behind-proxy",
    level: Level::Notice,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "A group balanced by the client's address, behind listeners that only ever see a proxy's",
    doc: "`ip_hash` and `hash $remote_addr` go by the address of the connection. Where every `listen` of the server \
          that passes to the group expects the PROXY protocol, that is the address of the proxy in front, the same \
          for everybody, and one server gets nearly all requests. `set_real_ip_from` and `real_ip_header \
          proxy_protocol` put the client's address in its place. Clients of UNIX domain sockets have no address at \
          all.",
    source: "https://nginx.org/en/docs/http/ngx_http_realip_module.html",
    bad: "upstream app {\n    ip_hash;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\nserver {\n    listen 8080 proxy_protocol;\n    location / {\n        proxy_pass http://app;\n    }\n}\n",
    good: "upstream app {\n    ip_hash;\n    server 192.0.2.1;\n    server 192.0.2.2;\n}\nserver {\n    listen 8080 proxy_protocol;\n    set_real_ip_from 192.0.2.0/24;\n    real_ip_header proxy_protocol;\n    location / {\n        proxy_pass http://app;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    if !ports(lint.config).into_iter().flat_map(Ports::listeners).any(is_blind) {
        return;
    }
    for pass in &lint.passes {
        let Some(group) = lint.group(pass).filter(|group| !group.stream && by_address(&group.upstream.method)) else {
            continue;
        };
        let Some((_, method)) = group.method() else { continue };
        if lint.config.effective(pass.scope, "set_real_ip_from").is_some() {
            continue;
        }
        let Some(listener) = lint.server_of(pass.scope).and_then(|server| proxied(lint, server)) else { continue };
        findings.add(
            Finding::at(
                group.scope,
                method.span(),
                "this goes by the address of the proxy in front, the same for everybody",
            )
            .related(listener.span, "sees only the proxy's address")
            .help("set \"set_real_ip_from PROXY;\" and \"real_ip_header proxy_protocol;\""),
        );
    }
}

fn by_address(method: &Method) -> bool {
    match method {
        Method::IpHash => true,
        Method::Hash { key, .. } => {
            matches!(&key.0[..], [Part::Variable(name)] if name == "remote_addr" || name == "binary_remote_addr")
        }
        _ => false,
    }
}

/// A listener of the server, if all of them see no client's address.
fn proxied<'a>(lint: &Lint<'a>, server: ScopeId) -> Option<&'a Listener> {
    let listeners = ports(lint.config).into_iter().flat_map(Ports::listeners);
    let own: Vec<&Listener> = listeners.filter(|listener| listener.servers.contains(&server)).collect();
    own.iter().all(|listener| is_blind(listener)).then(|| own.first().copied()).flatten()
}

/// Connections of this listener do not come from the client's address.
fn is_blind(listener: &Listener) -> bool {
    listener.socket.options.contains(Options::PROXY_PROTOCOL) || matches!(listener.address, Address::Unix(_))
}
