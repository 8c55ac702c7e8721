//! TLS on both sides.

use super::{Cx, can, texts};
use crate::config::ScopeId;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Found, Host, Listener, NameForm, Pass, TlsVersions};

/// The certificates, or none.
pub fn app(cx: &mut Cx) -> Option<Node> {
    let model = cx.model;
    let mut files = Vec::new();
    for (number, host) in model.hosts.iter().enumerate() {
        if !model.listeners.iter().any(|listener| listener.tls && listener.hosts.contains(&number)) {
            continue;
        }
        for (certificate, key) in pairs(cx, host.scope) {
            let mut file = MapOf::default();
            file.put("certificate", certificate).put("key", key).put("tags", texts([tag(number)]));
            files.push(file.node());
        }
    }
    (!files.is_empty()).then(|| map([("certificates", map([("load_files", list(files))]))]))
}

fn tag(host: usize) -> String {
    format!("server{host}")
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

/// The policies of an address: one for the names of each server, the default server's last.
pub fn policies(cx: &mut Cx, listener: &Listener) -> Node {
    let others = listener.hosts.iter().copied().filter(|host| *host != listener.default);
    let order: Vec<usize> = others.chain([listener.default]).collect();
    let mut policies = Vec::new();
    for number in order {
        let host = &cx.model.hosts[number];
        let names = names(host);
        if number != listener.default && names.is_empty() {
            continue;
        }
        let mut policy = MapOf::default();
        if number != listener.default {
            policy.put("match", map([("sni", texts(names))]));
        }
        if cx.effective(host.scope, "ssl_certificate").is_some() {
            policy.put("certificate_selection", map([("any_tag", texts([tag(number)]))]));
        }
        protocols(cx, host.scope, &mut policy);
        clients(cx, host.scope, &mut policy);
        policies.push(policy.node().of(host.from));
    }
    list(policies)
}

fn names(host: &Host) -> Vec<String> {
    let names = host.names.iter().flat_map(|name| match &name.form {
        NameForm::Exact(text) if !text.is_empty() => vec![text.clone()],
        NameForm::Suffix(text) => vec![format!("*{text}")],
        NameForm::HostAndSuffix(text) => vec![text.trim_start_matches('.').to_owned(), format!("*{text}")],
        _ => Vec::new(),
    });
    names.collect()
}

fn protocols(cx: &mut Cx, scope: ScopeId, policy: &mut MapOf) {
    if let Some((setting, from)) = cx.effective(scope, "ssl_protocols") {
        let versions = TlsVersions::of(setting, 2);
        cx.note(from, if versions.has_older { &can::TLS_OLD } else { &can::TLS_PROTOCOLS });
        if let Some((least, most)) = versions.range {
            policy.put("protocol_min", Node::from(format!("tls1.{least}")).of(from));
            policy.put("protocol_max", Node::from(format!("tls1.{most}")).of(from));
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
fn clients(cx: &mut Cx, scope: ScopeId, policy: &mut MapOf) {
    let Some((setting, from)) = cx.effective(scope, "ssl_verify_client") else { return };
    let mode = match setting.arg(1) {
        "off" => return cx.note(from, &can::CLIENT_CERTIFICATE_OFF),
        "on" => "require_and_verify",
        "optional" => "verify_if_given",
        _ => "request",
    };
    cx.note(
        from,
        if mode == "require_and_verify" { &can::CLIENT_CERTIFICATE } else { &can::CLIENT_CERTIFICATE_OPTIONAL },
    );
    let mut clients = MapOf::default();
    let authority = cx.effective(scope, "ssl_client_certificate");
    if let Some((setting, from)) = authority {
        cx.note(from, &can::CLIENT_CERTIFICATE);
        let files = texts([setting.arg(1)]);
        clients.put("ca", map([("provider", Node::from("file")), ("pem_files", files)]).of(from));
    }
    clients.put("mode", Node::from(mode).of(from));
    policy.put("client_authentication", clients.node());
}

/// TLS towards backends.
pub fn upstream(cx: &mut Cx, scope: ScopeId, pass: &Pass) -> Node {
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
    let mut tls = MapOf::default();
    tls.put("server_name", own.name);
    if !own.verify.on {
        tls.put("insecure_skip_verify", true);
    } else if let Some((setting, from)) = own.authority {
        cx.note(from, &can::PASS_TLS);
        let files = texts([setting.arg(1)]);
        tls.put("ca", map([("provider", Node::from("file")), ("pem_files", files)]).of(from));
    }
    if let Some(((certificate, from), (key, key_from))) = own.certificate {
        cx.note(from, &can::PASS_TLS);
        cx.note(key_from, &can::PASS_TLS);
        tls.put("client_certificate_file", Node::from(certificate.arg(1)).of(from));
        tls.put("client_certificate_key_file", Node::from(key.arg(1)).of(key_from));
    }
    tls.node()
}
