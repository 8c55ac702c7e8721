//! TLS towards upstreams: `proxy_ssl_*` of `http` and `stream`, `uwsgi_ssl_*`, `grpc_ssl_*`.
//!
//! nginx makes the TLS context when it merges a scope that uses TLS, and only then looks at certificates.

use super::{named, ssl};
use crate::config::{Pem, Setting};
use crate::modules::Version;
use crate::modules::prelude::*;

/// `..._ssl_certificate_cache`: how many certificates named through variables are kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateCache {
    /// Certificates at most.
    pub max: i64,
    /// Seconds after which an unused one goes.
    pub inactive: u64,
    /// Seconds after which a file is read again.
    pub valid: u64,
}

/// Reads `off` or `max=N [inactive=TIME] [valid=TIME]`; the kept value is `None` for `off`.
///
/// # Errors
/// nginx's `is duplicate`, `invalid parameter "x"`, `"..." must have the "max" parameter`.
pub fn certificate_cache(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let (mut cache, mut off) = (CertificateCache { max: 0, inactive: 10, valid: 60 }, false);
    for (n, word) in call.args().iter().enumerate() {
        let read = match word.value.split_once('=') {
            Some(("max", max)) => values::number(max).filter(|max| *max > 0).map(|max| cache.max = max),
            Some(("inactive", time)) => values::sec(time).map(|time| cache.inactive = time),
            Some(("valid", time)) => values::sec(time).map(|time| cache.valid = time),
            None if &*word.value == "off" => {
                off = true;
                Some(())
            }
            _ => None,
        };
        read.ok_or_else(|| call.invalid_parameter(n + 1))?;
    }
    if !off && cache.max == 0 {
        let message = format!("\"{}\" must have the \"max\" parameter", call.name());
        return Err(Fault::emerg(message).at(call.span(0)));
    }
    named::put(cx, call.name(), (!off).then_some(cache));
    Ok(())
}

/// Reads `..._ssl_password_file FILE`, and the file: a password a line.
///
/// # Errors
/// nginx's `is duplicate`; the system's refusal.
pub fn password_file(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Words);
    let path = cx.conf_path(call.arg(1));
    match cx.host.read(&path) {
        Ok(_) => Ok(()),
        Err(refusal) => {
            let message = format!("open() \"{path}\" failed ({refusal})");
            Err(Fault::emerg(message).at(call.span(1)).of_host())
        }
    }
}

/// Judges the TLS context of the current scope, which uses TLS; `prefix` is `proxy`, `grpc`, `uwsgi`.
///
/// # Errors
/// nginx's, in nginx's order: ciphers, the certificate and its key, trusted certificates, the revocation list, commands.
pub fn judge(cx: &mut Cx, prefix: &str) -> Verdict {
    let scope = cx.scope;
    ssl::ciphers(cx, scope, &format!("{prefix}_ssl_ciphers"))?;
    judge_certificate(cx, scope, prefix)?;
    judge_verify(cx, scope, prefix)?;
    ssl::commands(cx, scope, &format!("{prefix}_ssl_conf_command"))
}

fn judge_certificate(cx: &Cx, scope: ScopeId, prefix: &str) -> Verdict {
    /// The first version that takes an empty certificate for none.
    const EMPTY_IS_NONE: Version = Version::read("1.23.0");
    let Some(certificate) = cx.config.effective(scope, &format!("{prefix}_ssl_certificate")) else { return Ok(()) };
    let name = certificate.arg(1);
    if name.is_empty() && cx.target.version >= EMPTY_IS_NONE {
        return Ok(());
    }
    let key_name = format!("{prefix}_ssl_certificate_key");
    let Some(key) = cx.config.effective(scope, &key_name) else {
        let message = format!("no \"{key_name}\" is defined for certificate \"{name}\"");
        return Err(Fault::emerg(message).at(certificate.span()).unlocated());
    };
    if name.contains('$') || key.arg(1).contains('$') {
        return Ok(());
    }
    ssl::load(cx, name, Pem::Certificate, certificate.span())?;
    ssl::load(cx, key.arg(1), Pem::Key, key.span())
}

fn judge_verify(cx: &Cx, scope: ScopeId, prefix: &str) -> Verdict {
    let verify = format!("{prefix}_ssl_verify");
    if !cx.config.flag(scope, &verify, false) {
        return Ok(());
    }
    let trusted = format!("{prefix}_ssl_trusted_certificate");
    if cx.config.effective(scope, &trusted).is_none_or(|setting| setting.arg(1).is_empty()) {
        let span = cx.config.effective(scope, &verify).map(Setting::span);
        return Err(Fault { span, ..Fault::emerg(format!("no {trusted} for {verify}")).unlocated() });
    }
    ssl::authority(cx, scope, &trusted)?;
    ssl::revocations(cx, scope, &format!("{prefix}_ssl_crl"))
}
