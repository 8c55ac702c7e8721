//! Which of a server's certificates a client gets: the first kind that the client puts first, as in OpenSSL.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ProtocolVersion, SignatureAlgorithm, SignatureScheme, SupportedCipherSuite};

/// The certificates of a server.
#[derive(Debug)]
pub struct Pairs {
    keys: Vec<Arc<CertifiedKey>>,
    /// Kinds of keys that the suites of TLS 1.2 go with.
    signers: Vec<SignatureAlgorithm>,
    /// There are suites of TLS 1.3, which go with all kinds.
    any: bool,
}

impl Pairs {
    /// Certificates, and the suites that they are to be used with.
    #[must_use]
    pub fn new(keys: Vec<Arc<CertifiedKey>>, provider: &CryptoProvider) -> Pairs {
        let suites = &provider.cipher_suites;
        let signs = |suite: &SupportedCipherSuite| match suite {
            SupportedCipherSuite::Tls12(suite) => suite.sign.iter().map(|scheme| kind(*scheme)).collect::<Vec<_>>(),
            SupportedCipherSuite::Tls13(_) => Vec::new(),
        };
        let any = suites.iter().any(|suite| suite.version().version == ProtocolVersion::TLSv1_3);
        // Of the same kind the last one counts, as OpenSSL has one place for each.
        let mut last: Vec<Arc<CertifiedKey>> = Vec::new();
        for key in keys {
            last.retain(|known| known.key.algorithm() != key.key.algorithm());
            last.push(key);
        }
        Pairs { keys: last, signers: suites.iter().flat_map(signs).collect(), any }
    }
}

impl ResolvesServerCert for Pairs {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = hello.signature_schemes().iter();
        let usable = schemes.filter(|scheme| self.any || self.signers.contains(&kind(**scheme)));
        let fitting = |scheme: &SignatureScheme| {
            self.keys.iter().find(|key| key.key.choose_scheme(&[*scheme]).is_some()).cloned()
        };
        usable.copied().find_map(|scheme| fitting(&scheme))
    }
}

fn kind(scheme: SignatureScheme) -> SignatureAlgorithm {
    match u16::from(scheme) {
        0x0403 | 0x0503 | 0x0603 | 0x0203 => SignatureAlgorithm::ECDSA,
        0x0807 => SignatureAlgorithm::ED25519,
        0x0808 => SignatureAlgorithm::ED448,
        _ => SignatureAlgorithm::RSA,
    }
}
