//! TLS towards upstreams: `proxy_ssl_*` of `http` and `stream`, `uwsgi_ssl_*`, `grpc_ssl_*`.
//!
//! nginx makes the TLS context when it merges a scope that uses TLS, and only then looks at certificates.

use super::named;
use crate::config::{Config, Pem};
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
/// nginx's, in nginx's order: the certificate and its key, then the trusted certificates and the revocation list.
pub fn judge(cx: &mut Cx, prefix: &str) -> Verdict {
    judge_certificate(cx, prefix)?;
    judge_verify(cx, prefix)
}

fn judge_certificate(cx: &mut Cx, prefix: &str) -> Verdict {
    /// The first version that takes an empty certificate for none.
    const EMPTY_IS_NONE: Version = Version::read("1.23.0");
    let Some(certificate) = File::effective(&cx.config, cx.scope, &format!("{prefix}_ssl_certificate")) else {
        return Ok(());
    };
    if certificate.name.is_empty() && cx.target.version >= EMPTY_IS_NONE {
        return Ok(());
    }
    let key_name = format!("{prefix}_ssl_certificate_key");
    let Some(key) = File::effective(&cx.config, cx.scope, &key_name) else {
        let message = format!("no \"{key_name}\" is defined for certificate \"{}\"", certificate.name);
        return Err(Fault::emerg(message).at(certificate.span).unlocated());
    };
    if certificate.is_dynamic() || key.is_dynamic() {
        return Ok(());
    }
    certificate.load(cx, "certificate", Pem::Certificate)?;
    key.load(cx, "certificate key", Pem::Key)
}

fn judge_verify(cx: &mut Cx, prefix: &str) -> Verdict {
    let verify = format!("{prefix}_ssl_verify");
    if !cx.config.flag(cx.scope, &verify, false) {
        return Ok(());
    }
    let trusted_name = format!("{prefix}_ssl_trusted_certificate");
    let trusted = File::effective(&cx.config, cx.scope, &trusted_name).filter(|trusted| !trusted.name.is_empty());
    let Some(trusted) = trusted else {
        let fault = Fault::emerg(format!("no {trusted_name} for {verify}")).unlocated();
        let span = cx.config.effective(cx.scope, &verify).map(crate::config::Setting::span);
        return Err(Fault { span, ..fault });
    };
    trusted.load(cx, "certificate", Pem::Certificate)?;
    match File::effective(&cx.config, cx.scope, &format!("{prefix}_ssl_crl")).filter(|crl| !crl.name.is_empty()) {
        Some(crl) => crl.load(cx, "CRL", Pem::Crl),
        None => Ok(()),
    }
}

/// A file that holds in a scope.
struct File {
    name: String,
    span: Span,
}

impl File {
    fn effective(config: &Config, scope: ScopeId, directive: &str) -> Option<File> {
        let setting = config.effective(scope, directive)?;
        Some(File { name: setting.arg(1).to_owned(), span: setting.span() })
    }

    fn is_dynamic(&self) -> bool {
        self.name.contains('$')
    }

    /// What stands in the file itself, or in a hardware or key store, is no path.
    fn is_path(&self) -> bool {
        !["data:", "engine:", "store:"].iter().any(|scheme| self.name.starts_with(scheme))
    }

    fn load(&self, cx: &Cx, what: &str, kind: Pem) -> Verdict {
        if !self.is_path() {
            return Ok(());
        }
        let path = cx.conf_path(&self.name);
        match cx.host.pem(&path, kind) {
            Ok(()) => Ok(()),
            Err(reason) => {
                let message = format!("cannot load {what} \"{path}\": {reason}");
                Err(Fault::emerg(message).at(self.span).unlocated().of_host())
            }
        }
    }
}
