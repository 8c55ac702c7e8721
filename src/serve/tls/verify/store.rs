//! Certificates that are trusted, and lists of revoked ones.

use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::prelude::{FromDer, X509Certificate};

/// A trusted certificate, with the name under which it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Anchor {
    der: CertificateDer<'static>,
    subject: Vec<u8>,
}

/// What the other side's certificates are verified with.
#[derive(Debug, Default, Clone)]
pub struct Store {
    anchors: Vec<Anchor>,
    /// Lists of revoked certificates; where there is any, every certificate of a chain needs one.
    pub(super) revocations: Vec<CertificateRevocationListDer<'static>>,
}

impl Store {
    /// Adds trusted certificates, each once. Those that cannot be read are left out.
    pub fn trust(&mut self, certificates: &[CertificateDer<'static>]) {
        for der in certificates {
            let Ok((_, certificate)) = X509Certificate::from_der(der) else { continue };
            let anchor = Anchor { der: der.clone(), subject: certificate.subject().as_raw().to_vec() };
            if !self.anchors.contains(&anchor) {
                self.anchors.push(anchor);
            }
        }
    }

    /// Adds lists of revoked certificates.
    pub fn revoke(&mut self, lists: Vec<CertificateRevocationListDer<'static>>) {
        self.revocations.extend(lists);
    }

    pub(super) fn contains(&self, der: &[u8]) -> bool {
        self.anchors.iter().any(|anchor| &*anchor.der == der)
    }

    /// The trusted certificates of this name.
    pub(super) fn named<'s, 'n>(&'s self, subject: &'n [u8]) -> impl Iterator<Item = &'s [u8]> + use<'s, 'n> {
        self.anchors.iter().filter(move |anchor| anchor.subject == subject).map(|anchor| &*anchor.der)
    }
}

/// The subject of a certificate, in DER.
#[must_use]
pub fn subject(der: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(certificate.subject().as_raw().to_vec())
}
