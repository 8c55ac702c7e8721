//! TLS on both sides.

use super::{Cx, can, texts};
use crate::config::ScopeId;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Found, Host, Pass, TlsVersions};

/// What the routers of a server say of TLS.
pub fn router(cx: &mut Cx, host: &Host) -> Node {
    let mut options = MapOf::default();
    protocols(cx, host.scope, &mut options);
    clients(cx, host.scope, &mut options);
    if options.is_empty() {
        return map([]);
    }
    let name = cx.options.name("tls", options.node());
    map([("options", Node::from(name))])
}

/// Certificates and options; none where nobody speaks TLS.
pub fn part(cx: &mut Cx) -> Option<Node> {
    let model = cx.model;
    let mut certificates: Vec<Node> = Vec::new();
    let mut first: Option<Node> = None;
    for listener in model.listeners.iter().filter(|listener| listener.tls) {
        let others = listener.hosts.iter().copied().filter(|host| *host != listener.default);
        for number in std::iter::once(listener.default).chain(others) {
            for (certificate, key) in pairs(cx, model.hosts[number].scope) {
                let node = map([("certFile", certificate), ("keyFile", key)]);
                first.get_or_insert_with(|| node.clone());
                if !certificates.iter().any(|known| known.value == node.value) {
                    certificates.push(node);
                }
            }
        }
    }
    let mut tls = MapOf::default();
    if !certificates.is_empty() {
        tls.put("certificates", list(certificates));
    }
    if let Some(first) = first {
        // For clients that name no server, or one that nobody has.
        tls.put("stores", map([("default", map([("defaultCertificate", first)]))]));
    }
    if let Some(options) = std::mem::take(&mut cx.options).node() {
        tls.put("options", options);
    }
    (!tls.is_empty()).then(|| tls.node())
}

/// The files of certificates and of their keys.
fn pairs(cx: &mut Cx, scope: ScopeId) -> Vec<(Node, Node)> {
    let pairs = cx.model.certificates(scope).into_iter();
    let mut file = |(setting, from): Found| {
        let path = setting.arg(1);
        let plain = !path.contains('$') && !path.starts_with("data:") && !path.starts_with("engine:");
        cx.note(from, if plain { &can::CERTIFICATE } else { &can::CERTIFICATE_LOST });
        Node::from(path).of(from)
    };
    pairs.map(|(certificate, key)| (file(certificate), file(key))).collect()
}

fn protocols(cx: &mut Cx, scope: ScopeId, options: &mut MapOf) {
    if let Some((setting, from)) = cx.effective(scope, "ssl_protocols") {
        let versions = TlsVersions::of(setting, 2);
        cx.note(from, if versions.has_older { &can::TLS_OLD } else { &can::TLS_PROTOCOLS });
        if let Some((least, most)) = versions.range {
            options.put("minVersion", Node::from(format!("VersionTLS1{least}")).of(from));
            options.put("maxVersion", Node::from(format!("VersionTLS1{most}")).of(from));
        }
    }
    for name in
        ["ssl_ciphers", "ssl_prefer_server_ciphers", "ssl_ecdh_curve", "ssl_session_cache", "ssl_session_timeout"]
    {
        if let Some((_, from)) = cx.effective(scope, name) {
            cx.note(from, if name.starts_with("ssl_session") { &can::TLS_SESSIONS } else { &can::TLS_CIPHERS });
        }
    }
}

/// Certificates of clients.
fn clients(cx: &mut Cx, scope: ScopeId, options: &mut MapOf) {
    let Some((setting, from)) = cx.effective(scope, "ssl_verify_client") else { return };
    let kind = match setting.arg(1) {
        "off" => return cx.note(from, &can::CLIENT_CERTIFICATE_OFF),
        "on" => "RequireAndVerifyClientCert",
        "optional" => "VerifyClientCertIfGiven",
        _ => "RequestClientCert",
    };
    let required = kind == "RequireAndVerifyClientCert";
    cx.note(from, if required { &can::CLIENT_CERTIFICATE } else { &can::CLIENT_CERTIFICATE_OPTIONAL });
    let mut auth = MapOf::default();
    if let Some((setting, from)) = cx.effective(scope, "ssl_client_certificate") {
        cx.note(from, &can::CLIENT_CERTIFICATE);
        auth.put("caFiles", texts([setting.arg(1)]).of(from));
    }
    auth.put("clientAuthType", Node::from(kind).of(from));
    options.put("clientAuth", auth.node());
}

/// TLS towards backends.
pub fn upstream(cx: &mut Cx, scope: ScopeId, pass: &Pass, transport: &mut MapOf) {
    cx.note(pass.from, &can::PASS_TLS);
    let own = cx.model.backend_tls(scope, pass);
    if let Some(from) = own.name_from {
        cx.note(from, if own.name_is_dynamic { &can::PASS_TLS_NAME_VARIABLES } else { &can::PASS_TLS });
    }
    if let Some(from) = own.verify.from {
        cx.note(from, &can::PASS_TLS);
    }
    let sent = own.sends_name.on;
    cx.note(own.sends_name.from.unwrap_or(pass.from), if sent { &can::PASS_TLS } else { &can::PASS_TLS_NAME });
    transport.put("serverName", own.name);
    if !own.verify.on {
        transport.put("insecureSkipVerify", true);
    } else if let Some((setting, from)) = own.authority {
        cx.note(from, &can::PASS_TLS);
        transport.put("rootCAs", texts([setting.arg(1)]).of(from));
    }
    if let Some(((certificate, from), (key, key_from))) = own.certificate {
        cx.note(from, &can::PASS_TLS);
        cx.note(key_from, &can::PASS_TLS);
        let certificate = Node::from(certificate.arg(1)).of(from);
        let pair = map([("certFile", certificate), ("keyFile", Node::from(key.arg(1)).of(key_from))]);
        transport.put("certificates", list([pair]));
    }
}
