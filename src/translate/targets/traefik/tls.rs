//! TLS on both sides.

use super::{Cx, can, texts};
use crate::config::ScopeId;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Host, Pass};
use crate::translate::subject::SubjectId;

/// What the routers of a server say of TLS. Options are chosen by the name in the handshake, so only for `named` hosts;
/// all others have those by the name of `default`, which are those of the first default server.
pub fn router(cx: &mut Cx, host: &Host, named: bool) -> Node {
    let model = cx.model;
    let Some(first) = model.listeners.iter().find(|listener| listener.tls) else { return map([]) };
    let usual = options(cx, &model.hosts[first.default]);
    let own = options(cx, host);
    if usual != map([]) {
        cx.options.name("default", usual.clone());
    }
    if own.value == usual.value {
        return map([]);
    }
    if !named {
        for name in ["ssl_verify_client", "ssl_protocols"] {
            if let Some((_, from)) = cx.effective(host.scope, name) {
                cx.note(from, &can::TLS_OPTIONS_LOST);
            }
        }
        cx.note(host.from, &can::TLS_OPTIONS_OTHER);
        return map([]);
    }
    // Without any they would be the usual ones.
    let own = if own == map([]) { map([("minVersion", Node::from("VersionTLS12"))]) } else { own };
    let name = cx.options.name("tls", own);
    map([("options", Node::from(name))])
}

fn options(cx: &mut Cx, host: &Host) -> Node {
    let mut options = MapOf::default();
    protocols(cx, host.scope, &mut options);
    clients(cx, host.scope, &mut options);
    options.node()
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
    let model = cx.model;
    let all = |name: &'static str| -> Vec<(String, SubjectId)> {
        let of = |at: ScopeId| {
            let settings = model.config.scope(at).all(name);
            settings.map(|one| (one.arg(1).to_owned(), model.subjects.setting(at, one))).collect::<Vec<_>>()
        };
        model.config.ancestors(scope).map(of).find(|found| !found.is_empty()).unwrap_or_default()
    };
    let (certificates, keys) = (all("ssl_certificate"), all("ssl_certificate_key"));
    for (path, from) in certificates.iter().chain(&keys) {
        let plain = !path.contains('$') && !path.starts_with("data:") && !path.starts_with("engine:");
        cx.note(*from, if plain { &can::CERTIFICATE } else { &can::CERTIFICATE_LOST });
    }
    let node = |(path, from): (String, SubjectId)| Node::from(path).of(from);
    certificates.into_iter().zip(keys).map(|(certificate, key)| (node(certificate), node(key))).collect()
}

fn protocols(cx: &mut Cx, scope: ScopeId, options: &mut MapOf) {
    const KNOWN: [(&str, &str); 2] = [("TLSv1.2", "VersionTLS12"), ("TLSv1.3", "VersionTLS13")];
    if let Some((setting, from)) = cx.effective(scope, "ssl_protocols") {
        let has = |name: &str| setting.words.iter().skip(1).any(|word| &*word.value == name);
        let named: Vec<&str> = KNOWN.iter().filter(|(nginx, _)| has(nginx)).map(|(_, own)| *own).collect();
        let old = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"].iter().any(|name| has(name));
        cx.note(from, if old { &can::TLS_OLD } else { &can::TLS_PROTOCOLS });
        if let (Some(first), Some(last)) = (named.first(), named.last()) {
            options.put("minVersion", Node::from(*first).of(from));
            options.put("maxVersion", Node::from(*last).of(from));
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
    let name = match cx.effective(scope, "proxy_ssl_name") {
        Some((setting, from)) if !setting.arg(1).contains('$') => {
            cx.note(from, &can::PASS_TLS);
            setting.arg(1).to_owned()
        }
        other => {
            if let Some((_, from)) = other {
                cx.note(from, &can::PASS_TLS_NAME_VARIABLES);
            }
            pass.host.split(':').next().unwrap_or_default().to_owned()
        }
    };
    transport.put("serverName", name);
    let verify = cx.effective(scope, "proxy_ssl_verify");
    if let Some((_, from)) = verify {
        cx.note(from, &can::PASS_TLS);
    }
    if verify.is_some_and(|(setting, _)| setting.arg(1) == "on") {
        if let Some((setting, from)) = cx.effective(scope, "proxy_ssl_trusted_certificate") {
            cx.note(from, &can::PASS_TLS);
            transport.put("rootCAs", texts([setting.arg(1)]).of(from));
        }
    } else {
        transport.put("insecureSkipVerify", true);
    }
    let own = cx.effective(scope, "proxy_ssl_certificate").zip(cx.effective(scope, "proxy_ssl_certificate_key"));
    if let Some(((certificate, from), (key, key_from))) = own {
        cx.note(from, &can::PASS_TLS);
        cx.note(key_from, &can::PASS_TLS);
        let certificate = Node::from(certificate.arg(1)).of(from);
        let pair = map([("certFile", certificate), ("keyFile", Node::from(key.arg(1)).of(key_from))]);
        transport.put("certificates", list([pair]));
    }
    let sni = cx.effective(scope, "proxy_ssl_server_name");
    let is_sent = sni.is_some_and(|(setting, _)| setting.arg(1) == "on");
    let subject = sni.map_or(pass.from, |(_, from)| from);
    cx.note(subject, if is_sent { &can::PASS_TLS } else { &can::PASS_TLS_NAME });
}
