//! The request line for a backend, and TLS on both sides.

use std::fmt::Write as _;

use super::headers::replaced;
use super::plan::Rule;
use super::words::{literal, word};
use super::{Work, can};
use crate::config::ScopeId;
use crate::modules::shared::pass::Protocol;
use crate::translate::class::Capability;
use crate::translate::model::{Pass, Route, TlsVersions};

/// What `url_enc` escapes and nginx does not.
const LEFT: &[(&str, &str)] = &[
    ("%2F", "/"),
    ("%21", "!"),
    ("%24", "$"),
    ("%26", "&"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2B", "+"),
    ("%2C", ","),
    ("%3A", ":"),
    ("%3B", ";"),
    ("%3D", "="),
    ("%40", "@"),
    ("%5B", "["),
    ("%5D", "]"),
];

/// What nginx leaves besides in the `Location` that a `rewrite` makes.
const LEFT_IN_LOCATIONS: &[(&str, &str)] = &[
    ("%22", "\""),
    ("%3C", "<"),
    ("%3E", ">"),
    ("%3F", "?"),
    ("%5C", "\\\\"),
    ("%5E", "^"),
    ("%60", "`"),
    ("%7B", "{"),
    ("%7C", "|"),
    ("%7D", "}"),
];

/// What becomes of a `proxy_pass`.
pub fn capability(pass: &Pass) -> &'static Capability {
    match (&pass.to, pass.protocol) {
        (_, protocol) if protocol != Protocol::Http => &can::PASS_OTHER,
        (Err(_), _) => &can::PASS_VARIABLES,
        (Ok(_), _) => &can::PASS,
    }
}

/// Whether requests go to a backend: by HTTP, to a group that is known.
pub fn can_pass(pass: &Pass) -> bool {
    pass.protocol == Protocol::Http && pass.to.is_ok()
}

/// A path as nginx escapes it, from one that is decoded.
fn escape(sample: &str) -> String {
    let left: Vec<String> = LEFT.iter().map(|(from, to)| replaced(from, to)).collect();
    format!("{sample},url_enc,{}", left.join(","))
}

/// A part of a path as nginx escapes it in the `Location` that a `rewrite` makes.
pub fn escape_in_location(sample: &str) -> String {
    let left: Vec<String> = LEFT_IN_LOCATIONS.iter().map(|(from, to)| replaced(from, to)).collect();
    format!("{},{}", escape(sample), left.join(","))
}

/// The path for the backend: as it came, or with the location's name replaced, or as it was rewritten.
pub fn uri(work: &mut Work, route: &Route, pass: &Pass, rules: &mut Vec<Rule>) {
    let from = [pass.from];
    if work.rewrites {
        let whole = |sample: &str| format!("http-request set-path {}", word(&format!("%[{sample}]")));
        let when = if pass.uri.is_some() { "{ var(txn.inside) -m found }" } else { "{ var(txn.rewritten) -m found }" };
        rules.push(Rule::when(whole(&escape("var(txn.path)")), when, &from));
    }
    let Some(uri) = &pass.uri else { return };
    work.note(pass.from, &can::PASS_URI);
    let name = work.model.location_name(route);
    let rewrites = work.rewrites;
    let mut push = |text: String, when: &str| {
        let kept = if rewrites { "!{ var(txn.inside) -m found } " } else { "" };
        rules.push(Rule::when(text, format!("{kept}{when}").trim_end(), &from));
    };
    let set = |sample: &str| format!("http-request set-var(txn.rest) {}", word(sample));
    push(set(&format!("var(txn.path),bytes({})", name.len())), "");
    // What came without escapes goes without.
    push(set(&escape("var(txn.rest)")), "{ path -m sub % }");
    if rewrites {
        push(set(&escape("var(txn.rest)")), "!{ path -m sub % } { var(txn.rewritten) -m found }");
    }
    let start = literal(uri);
    if uri.contains('?') {
        push(format!("http-request set-pathq {}", word(&format!("{start}%[var(txn.rest)]"))), "");
    } else {
        push(format!("http-request set-path {}", word(&format!("{start}%[var(txn.rest)]"))), "");
        // nginx leaves a mark with nothing behind it out.
        push("http-request set-pathq %[path]".to_owned(), "{ url -m end ? }");
    }
}

/// What stands behind `bind` for TLS.
pub fn front_tls(work: &mut Work, number: usize) -> String {
    let model = work.model;
    let listener = &model.listeners[number];
    let mut out = " ssl".to_owned();
    for from in &listener.from {
        work.note(*from, &can::LISTEN_TLS);
    }
    // The first certificate serves who names none of the others.
    let others = listener.hosts.iter().filter(|host| **host != listener.default);
    for host in [&listener.default].into_iter().chain(others) {
        let scope = model.hosts[*host].scope;
        for ((certificate, from), (_, key)) in model.certificates(scope) {
            let _ = write!(out, " crt {}", word(certificate.arg(1)));
            work.note(from, &can::LISTEN_TLS);
            work.note(key, &can::LISTEN_TLS);
        }
    }
    let scope = model.hosts[listener.default].scope;
    out.push_str(&protocols(work, scope, "ssl_protocols", &can::LISTEN_TLS));
    if let Some((setting, from)) = model.setting(scope, "ssl_ciphers") {
        let _ = write!(out, " ciphers {}", word(setting.arg(1)));
        work.note(from, &can::LISTEN_TLS);
    }
    out.push_str(&verify_client(work, scope));
    out.push_str(if listener.http2 { " alpn h2,http/1.1" } else { " alpn http/1.1" });
    out
}

/// The oldest and the newest version that is spoken.
fn protocols(work: &mut Work, scope: ScopeId, name: &'static str, said: &'static Capability) -> String {
    let Some((setting, from)) = work.model.setting(scope, name) else { return String::new() };
    work.note(from, said);
    let range = TlsVersions::of(setting, 0).range;
    range.map_or(String::new(), |(least, most)| format!(" ssl-min-ver TLSv1.{least} ssl-max-ver TLSv1.{most}"))
}

/// `ssl_verify_client on`: who has no good certificate gets no connection, where nginx answers with 400.
fn verify_client(work: &mut Work, scope: ScopeId) -> String {
    let model = work.model;
    let both = model.setting(scope, "ssl_verify_client").zip(model.setting(scope, "ssl_client_certificate"));
    let Some(((setting, from), (ca, ca_from))) = both else { return String::new() };
    let how = match setting.arg(1) {
        "on" => "required",
        "optional" => "optional",
        _ => return String::new(),
    };
    for from in [from, ca_from] {
        work.note(from, &can::LISTEN_TLS);
    }
    format!(" ca-file {} verify {how}", word(ca.arg(1)))
}

/// What stands behind `server` for TLS.
pub fn back_tls(work: &mut Work, scope: ScopeId, pass: &Pass) -> String {
    work.note(pass.from, &can::PASS_TLS);
    let mut out = " ssl".to_owned();
    let config = work.model.config;
    let one = |work: &mut Work, name: &'static str| {
        let (setting, from) = work.model.setting(scope, name)?;
        work.note(from, &can::PASS_TLS);
        Some(setting.arg(1).to_owned())
    };
    let trusted = one(work, "proxy_ssl_trusted_certificate");
    one(work, "proxy_ssl_verify");
    match (config.flag(scope, "proxy_ssl_verify", false), trusted) {
        (true, Some(file)) => drop(write!(out, " verify required ca-file {}", word(&file))),
        (true, None) => out.push_str(" verify required ca-file @system-ca"),
        (false, _) => out.push_str(" verify none"),
    }
    let name =
        one(work, "proxy_ssl_name").filter(|name| !name.contains('$')).unwrap_or_else(|| pass.host_name().to_owned());
    if config.flag(scope, "proxy_ssl_verify", false) {
        let _ = write!(out, " verifyhost {}", word(&name));
    }
    one(work, "proxy_ssl_server_name");
    if config.flag(scope, "proxy_ssl_server_name", false) {
        let _ = write!(out, " sni {}", word(&format!("str({name})")));
    }
    if let Some(file) = one(work, "proxy_ssl_certificate") {
        let _ = write!(out, " crt {}", word(&file));
        one(work, "proxy_ssl_certificate_key");
    }
    if let Some(ciphers) = one(work, "proxy_ssl_ciphers") {
        let _ = write!(out, " ciphers {}", word(&ciphers));
    }
    let protocols = protocols(work, scope, "proxy_ssl_protocols", &can::PASS_TLS);
    out + &protocols
}
