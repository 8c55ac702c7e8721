//! What nginx makes of a server's TLS settings at the end of its realm (`ssl.ctx`), in nginx's order.

use super::required::Pair;
use super::{library, stapling};
use crate::config::{Pem, Setting};
use crate::modules::Version;
use crate::modules::prelude::*;

/// State of a server that can speak TLS.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Its certificates; none if it only rejects handshakes.
    pub pairs: Vec<Pair>,
}

/// The first version that loads CA files and revocation lists as it loads certificates, and takes either of
/// `ssl_client_certificate` and `ssl_trusted_certificate` for `ssl_verify_client`.
const CACHED: Version = Version::read("1.27.2");

/// The first version in which stapling and compressed certificates exclude each other.
const NO_BOTH: Version = Version::read("1.29.3");

/// The index of `optional_no_ca` among the words of `ssl_verify_client`.
const OPTIONAL_NO_CA: usize = 3;

/// Checks the TLS settings of a server that has these certificates, and keeps them.
///
/// # Errors
/// nginx's messages.
pub fn context(cx: &mut Cx, scope: ScopeId, pairs: Vec<Pair>) -> Verdict {
    let mail = cx.kind() == Kind::Mail;
    library::ciphers(cx, scope, "ssl_ciphers")?;
    certificates(cx, &pairs, mail)?;
    if !pairs.is_empty() && (mail || !pairs.iter().any(Pair::is_dynamic)) {
        library::unsupported(cx, scope, "ssl_certificate_compression", (3, 2));
    }
    let verify = chosen(cx, scope, "ssl_verify_client");
    if verify != 0 {
        verify_client(cx, scope, verify)?;
    }
    if verify != 0 || !mail {
        authority(cx, scope, "ssl_trusted_certificate")?;
        revocations(cx, scope, "ssl_crl")?;
    }
    if chosen(cx, scope, "ssl_ocsp") != 0 {
        ocsp(cx, scope, verify)?;
    }
    dhparam(cx, scope)?;
    library::unsupported(cx, scope, "ssl_ech_file", (4, 0));
    library::groups(cx, scope)?;
    ticket_keys(cx, scope)?;
    if cx.config.flag(scope, "ssl_stapling", false) {
        stapling(cx, scope, &pairs)?;
    }
    library::commands(cx, scope, "ssl_conf_command")?;
    cx.slot::<Tls>().pairs = pairs;
    Ok(())
}

/// The index of the word that holds; 0, which is always `off`, if none was given.
fn chosen(cx: &Cx, scope: ScopeId, name: &str) -> usize {
    match cx.config.effective(scope, name).map(|setting| &setting.value) {
        Some(Value::Enum(index)) => *index,
        Some(Value::Flag(on)) => usize::from(*on),
        _ => 0,
    }
}

/// A setting that names a file.
fn named<'c>(cx: &'c Cx, scope: ScopeId, name: &str) -> Option<&'c Setting> {
    cx.config.effective(scope, name).filter(|setting| !setting.arg(1).is_empty())
}

fn of_library(message: String, span: Span) -> Fault {
    Fault::emerg(message).at(span).unlocated().of_host()
}

fn certificates(cx: &mut Cx, pairs: &[Pair], mail: bool) -> Verdict {
    if !mail && pairs.iter().any(Pair::is_dynamic) {
        for pair in pairs {
            cx.complex_text(&pair.certificate, pair.spans.0)?;
            cx.complex_text(&pair.key, pair.spans.1)?;
        }
        return Ok(());
    }
    for pair in pairs {
        load(cx, &pair.certificate, Pem::Certificate, pair.spans.0)?;
        load(cx, &pair.key, Pem::Key, pair.spans.1)?;
    }
    Ok(())
}

/// A certificate or key by its name: a file, or a scheme with what it stands for.
///
/// # Errors
/// What OpenSSL has against it.
pub fn load(cx: &Cx, name: &str, kind: Pem, span: Span) -> Verdict {
    let what = if kind == Pem::Key { "certificate key" } else { "certificate" };
    if let Some(engine) = name.strip_prefix("engine:").filter(|_| kind == Pem::Key) {
        // Keys in hardware cannot be looked at, only their names.
        if engine.contains(':') {
            return Ok(());
        }
        return Err(Fault::emerg(format!("cannot load {what} \"{name}\": invalid syntax")).at(span).unlocated());
    }
    let elsewhere = name.starts_with("data:") || (kind == Pem::Key && name.starts_with("store:"));
    if elsewhere {
        return Ok(());
    }
    let path = cx.conf_path(name);
    let said = cx.host.pem(&path, kind);
    said.map_err(|why| of_library(format!("cannot load {what} \"{path}\": {why}"), span))
}

fn verify_client(cx: &Cx, scope: ScopeId, verify: usize) -> Verdict {
    let cached = cx.target.version >= CACHED;
    let known = named(cx, scope, "ssl_client_certificate").is_some()
        || (cached && named(cx, scope, "ssl_trusted_certificate").is_some());
    if verify != OPTIONAL_NO_CA && !known {
        let which = if cached { "ssl_client_certificate or ssl_trusted_certificate" } else { "ssl_client_certificate" };
        let span = cx.config.effective(scope, "ssl_verify_client").map(Setting::span);
        let fault = Fault::emerg(format!("no {which} for ssl_verify_client")).unlocated();
        return Err(Fault { span, ..fault });
    }
    authority(cx, scope, "ssl_client_certificate")
}

/// Certificates that the other side's may be signed with, in the file that the directive `name` names in a scope.
///
/// # Errors
/// What OpenSSL has against it.
pub fn authority(cx: &Cx, scope: ScopeId, name: &str) -> Verdict {
    let Some(setting) = named(cx, scope, name) else { return Ok(()) };
    if cx.target.version >= CACHED {
        return load(cx, setting.arg(1), Pem::Certificate, setting.span());
    }
    let path = cx.conf_path(setting.arg(1));
    let said = cx.host.pem(&path, Pem::Certificate);
    said.map_err(|why| {
        let said = older(&why, "error:05800088:x509 certificate routines::no certificate or crl found");
        of_library(format!("SSL_CTX_load_verify_locations(\"{path}\") failed (SSL: {said})"), setting.span())
    })
}

/// What OpenSSL said when nginx did not yet open the file itself.
fn older(why: &str, empty: &str) -> String {
    match why.strip_prefix("BIO_new_file() failed (SSL: ").and_then(|rest| rest.strip_suffix(')')) {
        Some(not_opened) => format!("{not_opened} error:05880002:x509 certificate routines::system lib"),
        None => empty.to_owned(),
    }
}

/// The revocation list that the directive `name` names in a scope.
///
/// # Errors
/// What OpenSSL has against it.
pub fn revocations(cx: &Cx, scope: ScopeId, name: &str) -> Verdict {
    let Some(setting) = named(cx, scope, name) else { return Ok(()) };
    let path = cx.conf_path(setting.arg(1));
    let Err(why) = cx.host.pem(&path, Pem::Crl) else { return Ok(()) };
    if cx.target.version >= CACHED {
        return Err(of_library(format!("cannot load CRL \"{path}\": {why}"), setting.span()));
    }
    if why.starts_with("BIO_new_file") {
        let message = format!("X509_LOOKUP_load_file(\"{path}\") failed (SSL: {})", older(&why, ""));
        return Err(of_library(message, setting.span()));
    }
    Ok(())
}

fn ocsp(cx: &Cx, scope: ScopeId, verify: usize) -> Verdict {
    if verify == OPTIONAL_NO_CA {
        let message = "\"ssl_ocsp\" is incompatible with \"ssl_verify_client optional_no_ca\"";
        let span = cx.config.effective(scope, "ssl_ocsp").map(Setting::span);
        return Err(Fault { span, ..Fault::emerg(message).unlocated() });
    }
    let Some(setting) = named(cx, scope, "ssl_ocsp_responder") else { return Ok(()) };
    let in_directive = |said: &str, url: &str| {
        let message = format!("{said} in OCSP responder \"{url}\" in \"ssl_ocsp_responder\"");
        Fault::emerg(message).at(setting.span()).unlocated()
    };
    let text = setting.arg(1);
    let url = without_http(text).ok_or_else(|| in_directive("invalid URL prefix", text))?;
    let form = UrlForm { default_port: 80, uri_part: true, ..UrlForm::default() };
    match Url::read(url, form, cx.host) {
        Ok(_) => Ok(()),
        Err(BadUrl::NotFound) => Err(in_directive(BadUrl::NotFound.phrase(), url).of_host()),
        Err(bad) => Err(in_directive(bad.phrase(), url)),
    }
}

pub(super) fn without_http(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_at_checked(7)?;
    (scheme.eq_ignore_ascii_case("http://") && !rest.is_empty()).then_some(rest)
}

fn dhparam(cx: &Cx, scope: ScopeId) -> Verdict {
    let Some(setting) = named(cx, scope, "ssl_dhparam") else { return Ok(()) };
    let path = cx.conf_path(setting.arg(1));
    cx.host.pem(&path, Pem::DhParam).map_err(|message| of_library(message, setting.span()))
}

fn ticket_keys(cx: &Cx, scope: ScopeId) -> Verdict {
    if !cx.host.is_real() {
        return Ok(());
    }
    for setting in cx.config.effective_all(scope, "ssl_session_ticket_key") {
        let path = cx.conf_path(setting.arg(1));
        let fault = |message: String| Err(Fault::emerg(message).at(setting.span()).of_host());
        match cx.host.read(&path) {
            Err(refusal) => return fault(format!("open() \"{path}\" failed ({refusal})")),
            Ok(key) if ![48, 80].contains(&key.len()) => return fault(format!("\"{path}\" must be 48 or 80 bytes")),
            Ok(_) => {}
        }
    }
    Ok(())
}

fn stapling(cx: &mut Cx, scope: ScopeId, pairs: &[Pair]) -> Verdict {
    if cx.target.version >= NO_BOTH && cx.config.flag(scope, "ssl_certificate_compression", false) {
        let message = "\"ssl_stapling\" is incompatible with \"ssl_certificate_compression\"";
        let span = cx.config.effective(scope, "ssl_stapling").map(Setting::span);
        return Err(Fault { span, ..Fault::emerg(message).unlocated() });
    }
    if let Some(setting) = named(cx, scope, "ssl_stapling_file") {
        let path = cx.conf_path(setting.arg(1));
        return cx.host.pem(&path, Pem::OcspResponse).map_err(|message| of_library(message, setting.span()));
    }
    if cx.host.is_real() && !pairs.iter().any(Pair::is_dynamic) {
        let mut authorities = Vec::new();
        for name in ["ssl_client_certificate", "ssl_trusted_certificate"] {
            // Those of clients are loaded only where clients are verified.
            if name == "ssl_trusted_certificate" || chosen(cx, scope, "ssl_verify_client") != 0 {
                authorities.extend(named(cx, scope, name).map(|setting| cx.conf_path(setting.arg(1))));
            }
        }
        stapling::warn(cx, scope, pairs, &authorities);
    }
    Ok(())
}
