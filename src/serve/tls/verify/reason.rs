//! Why a certificate is not accepted: OpenSSL's numbers and words.

use std::fmt;

/// A reason; its number is OpenSSL's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of each stand below")]
pub enum Reason {
    UnableToGetIssuer = 2,
    UnableToGetCrl = 3,
    SignatureFailure = 7,
    CrlSignatureFailure = 8,
    NotYetValid = 9,
    Expired = 10,
    CrlNotYetValid = 11,
    CrlExpired = 12,
    SelfSigned = 18,
    SelfSignedInChain = 19,
    UnableToGetIssuerLocally = 20,
    UnableToVerifyFirst = 21,
    ChainTooLong = 22,
    Revoked = 23,
    InvalidCa = 79,
    PathLengthExceeded = 25,
    InvalidPurpose = 26,
    UnhandledCritical = 34,
    NoIssuerKeyUsage = 32,
    PermittedViolation = 47,
    ExcludedViolation = 48,
    UnsupportedConstraint = 51,
    Malformed = 1,
}

impl Reason {
    /// OpenSSL's number.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }

    /// OpenSSL's words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Reason::UnableToGetIssuer => "unable to get issuer certificate",
            Reason::UnableToGetCrl => "unable to get certificate CRL",
            Reason::SignatureFailure => "certificate signature failure",
            Reason::CrlSignatureFailure => "CRL signature failure",
            Reason::NotYetValid => "certificate is not yet valid",
            Reason::Expired => "certificate has expired",
            Reason::CrlNotYetValid => "CRL is not yet valid",
            Reason::CrlExpired => "CRL has expired",
            Reason::SelfSigned => "self-signed certificate",
            Reason::SelfSignedInChain => "self-signed certificate in certificate chain",
            Reason::UnableToGetIssuerLocally => "unable to get local issuer certificate",
            Reason::UnableToVerifyFirst => "unable to verify the first certificate",
            Reason::ChainTooLong => "certificate chain too long",
            Reason::Revoked => "certificate revoked",
            Reason::InvalidCa => "invalid CA certificate",
            Reason::PathLengthExceeded => "path length constraint exceeded",
            Reason::InvalidPurpose => "unsuitable certificate purpose",
            Reason::UnhandledCritical => "unhandled critical extension",
            Reason::NoIssuerKeyUsage => "key usage does not include certificate signing",
            Reason::PermittedViolation => "permitted subtree violation",
            Reason::ExcludedViolation => "excluded subtree violation",
            Reason::UnsupportedConstraint => "unsupported name constraint type",
            Reason::Malformed => "unspecified certificate verification error",
        }
    }

    /// `optional_no_ca` takes the certificate nevertheless: only the authority is not known.
    #[must_use]
    pub fn is_optional(self) -> bool {
        matches!(
            self,
            Reason::SelfSigned
                | Reason::SelfSignedInChain
                | Reason::UnableToGetIssuerLocally
                | Reason::UnableToVerifyFirst
        )
    }
}

/// `(21:unable to verify the first certificate)`, as nginx logs it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}:{})", self.number(), self.words())
    }
}
