//! The cryptography behind rustls: ring's, cut down to what a configuration allows.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};

/// All that ring can do, made once.
static ALL: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(ring::default_provider()));

/// All that ring can do.
#[must_use]
pub fn all() -> &'static Arc<CryptoProvider> {
    &ALL
}

/// The signatures that can be verified.
#[must_use]
pub fn algorithms() -> WebPkiSupportedAlgorithms {
    ALL.signature_verification_algorithms
}
