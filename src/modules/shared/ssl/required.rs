//! Which certificates a server has, and nginx's words when one is missing.

use crate::config::Setting;
use crate::modules::prelude::*;
use crate::syntax::Place;

/// A directive that makes certificates necessary: `listen ... ssl`, `starttls`, the old `ssl`.
#[derive(Debug, Clone, Copy)]
pub struct AskedBy {
    /// Its name in messages.
    pub mode: &'static str,
    /// The place nginx names for it.
    pub place: Place,
    /// Where it stands.
    pub span: Span,
}

/// A certificate and its key, as they are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// `ssl_certificate`
    pub certificate: String,
    /// `ssl_certificate_key`
    pub key: String,
    /// The words that name them.
    pub spans: (Span, Span),
}

impl Pair {
    /// Whether a variable is to say which.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.certificate.contains('$') || self.key.contains('$')
    }
}

/// The certificates that hold in `scope`; none if there are none and none are needed. With `may_reject`,
/// `ssl_reject_handshake` makes them unnecessary.
///
/// # Errors
/// nginx's, when a certificate or key is missing.
pub fn pairs(cx: &Cx, scope: ScopeId, asked: Option<AskedBy>, may_reject: bool) -> Result<Vec<Pair>, Fault> {
    let certificates = cx.config.effective_all(scope, "ssl_certificate");
    let keys = cx.config.effective_all(scope, "ssl_certificate_key");
    if keys.len() < certificates.len().max(1) && cx.config.is_incomplete(scope) {
        return Ok(Vec::new());
    }
    let Some(last) = certificates.last() else {
        return match asked {
            Some(asked) if !may_reject || !cx.config.flag(scope, "ssl_reject_handshake", false) => {
                let directive = directive_of(cx, asked);
                let message = format!("no \"ssl_certificate\" is defined for {directive}");
                Err(Fault::emerg(message).at(asked.span).unlocated())
            }
            _ => Ok(Vec::new()),
        };
    };
    if keys.len() < certificates.len() {
        let missing = "no \"ssl_certificate_key\" is defined for";
        let message = match asked {
            Some(asked) if keys.is_empty() => format!("{missing} {}", directive_of(cx, asked)),
            Some(asked) => format!("{missing} certificate \"{}\" and {}", last.arg(1), directive_of(cx, asked)),
            None => format!("{missing} certificate \"{}\"", last.arg(1)),
        };
        return Err(Fault::emerg(message).at(last.span()).unlocated());
    }
    Ok(certificates.iter().zip(&keys).map(|(certificate, key)| pair(certificate, key)).collect())
}

fn directive_of(cx: &Cx, asked: AskedBy) -> String {
    format!("the \"{}\" directive in {}", asked.mode, cx.file_line(asked.place))
}

fn pair(certificate: &Setting, key: &Setting) -> Pair {
    Pair {
        certificate: certificate.arg(1).to_owned(),
        key: key.arg(1).to_owned(),
        spans: (certificate.span(), key.span()),
    }
}
