//! Certificates of the other side, verified as OpenSSL verifies them for nginx: the handshake goes on whatever comes
//! out, and who uses the connection looks at the result.
//!
//! rustls' own verifiers end the handshake, count no depth, and refuse certificates of version 1, or of authorities
//! that stand for themselves, or whose name is only in the subject. What they are good at stays theirs: signatures.
//!
//! Left out: OCSP, policies.

mod accept;
mod chain;
mod constraints;
mod host;
mod reason;
mod store;
#[cfg(test)]
mod tests;

pub use accept::{AnyClient, AnyServer};
pub use chain::{Purpose, verify};
pub use host::matches;
pub use reason::Reason;
pub use store::{Store, subject};
