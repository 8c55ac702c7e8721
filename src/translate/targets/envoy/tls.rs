//! TLS on both sides.

use super::{Cx, can};
use crate::config::{ScopeId, Setting};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Listener, Pass, TlsVersions};

fn file(name: &str) -> Node {
    map([("filename", Node::from(name))])
}

/// What clients are spoken to with.
pub fn downstream(cx: &mut Cx, listener: &Listener) -> Node {
    let model = cx.model;
    let mut certificates: Vec<(String, String, Node)> = Vec::new();
    // The default server's come first: Envoy takes the first where no name fits.
    let others = listener.hosts.iter().copied().filter(|host| *host != listener.default);
    for host in [listener.default].into_iter().chain(others) {
        let scope = model.hosts[host].scope;
        for (certificate, key) in pairs(cx, scope) {
            if certificates.iter().all(|(own, other, _)| (own, other) != (&certificate, &key)) {
                let node = map([("certificate_chain", file(&certificate)), ("private_key", file(&key))]);
                certificates.push((certificate, key, node));
            }
        }
    }
    let scope = model.hosts[listener.default].scope;
    let mut common = MapOf::default();
    if let Some(params) = versions(model.config.effective(scope, "ssl_protocols")) {
        common.put("tls_params", params);
        for host in &listener.hosts {
            cx.note_setting(model.hosts[*host].scope, "ssl_protocols", &can::TLS_SETTINGS);
        }
    }
    common.put("tls_certificates", list(certificates.into_iter().map(|(_, _, node)| node)));
    let alpn: &[&str] = if listener.http2 { &["h2", "http/1.1"] } else { &["http/1.1"] };
    common.put("alpn_protocols", list(alpn.iter().map(|name| Node::from(*name))));
    let mut context = MapOf::default();
    context.put("@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext");
    client_certificates(cx, listener, &mut common, &mut context);
    context.put("common_tls_context", common.node());
    map([("name", Node::from("envoy.transport_sockets.tls")), ("typed_config", context.node())])
}

/// `ssl_certificate` and `ssl_certificate_key`.
fn pairs(cx: &mut Cx, scope: ScopeId) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for ((certificate, from), (key, key_from)) in cx.model.certificates(scope) {
        let dynamic = [certificate, key].iter().any(|own| own.arg(1).contains('$'));
        let said = if dynamic { &can::TLS_VARIABLES } else { &can::LISTEN_TLS };
        cx.note(from, said);
        cx.note(key_from, said);
        if !dynamic {
            pairs.push((certificate.arg(1).to_owned(), key.arg(1).to_owned()));
        }
    }
    pairs
}

/// `ssl_verify_client`, where all servers of the address want the same.
fn client_certificates(cx: &mut Cx, listener: &Listener, common: &mut MapOf, context: &mut MapOf) {
    let config = cx.model.config;
    let own = |host: &usize| {
        let scope = cx.model.hosts[*host].scope;
        let word = |name: &str| config.effective(scope, name).map(|setting| setting.arg(1).to_owned());
        (word("ssl_verify_client"), word("ssl_client_certificate"))
    };
    let wanted = own(&listener.default);
    let (Some("on"), Some(authority)) = (wanted.0.as_deref(), &wanted.1) else { return };
    if listener.hosts.iter().any(|host| own(host) != wanted) {
        return;
    }
    common.put("validation_context", map([("trusted_ca", file(authority))]));
    context.put("require_client_certificate", true);
    for name in ["ssl_verify_client", "ssl_client_certificate"] {
        for host in &listener.hosts {
            cx.note_setting(cx.model.hosts[*host].scope, name, &can::TLS_CLIENTS);
        }
    }
}

/// What backends are spoken to with.
pub fn upstream(cx: &mut Cx, pass: &Pass) -> Node {
    let config = cx.model.config;
    let scope = cx.model.subjects.get(pass.from).scope;
    cx.note(pass.from, &can::PASS_TLS);
    let mut context = MapOf::default();
    context.put("@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
    let own = cx.model.backend_tls(scope, pass);
    if own.sends_name.on {
        context.put("sni", &*own.name);
    }
    for name in ["proxy_ssl_server_name", "proxy_ssl_name", "proxy_ssl_verify", "proxy_ssl_trusted_certificate"] {
        cx.note_setting(scope, name, &can::PASS_TLS);
    }
    let mut common = MapOf::default();
    if let Some(params) = versions(config.effective(scope, "proxy_ssl_protocols")) {
        cx.note_setting(scope, "proxy_ssl_protocols", &can::PASS_TLS);
        common.put("tls_params", params);
    }
    if own.verify.on {
        let mut validation = MapOf::default();
        if let Some((authority, _)) = own.authority {
            validation.put("trusted_ca", file(authority.arg(1)));
        }
        let exact = map([("exact", Node::from(&*own.name))]);
        let san = map([("san_type", Node::from("DNS")), ("matcher", exact)]);
        validation.put("match_typed_subject_alt_names", list([san]));
        common.put("validation_context", validation.node());
    }
    if let Some(((certificate, from), (key, key_from))) = own.certificate {
        let pair = map([("certificate_chain", file(certificate.arg(1))), ("private_key", file(key.arg(1)))]);
        common.put("tls_certificates", list([pair]));
        cx.note(from, &can::PASS_TLS);
        cx.note(key_from, &can::PASS_TLS);
    }
    if !common.is_empty() {
        context.put("common_tls_context", common.node());
    }
    map([("name", Node::from("envoy.transport_sockets.tls")), ("typed_config", context.node())])
}

/// The oldest and the newest version of TLS that a directive names.
fn versions(setting: Option<&Setting>) -> Option<Node> {
    let (least, most) = TlsVersions::of(setting?, 0).range?;
    let name = |version: u8| Node::from(format!("TLSv1_{version}"));
    Some(map([("tls_minimum_protocol_version", name(least)), ("tls_maximum_protocol_version", name(most))]))
}
