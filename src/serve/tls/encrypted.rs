//! Private keys that a password protects.
//!
//! Not done here: nothing can open them yet, and that is said.

use rustls::pki_types::PrivateKeyDer;

/// The key of a file that has an encrypted one; `None` if it is not encrypted.
pub fn decrypt(content: &[u8], _passwords: &[Vec<u8>]) -> Option<Result<PrivateKeyDer<'static>, String>> {
    let has = |mark: &[u8]| memchr::memmem::find(content, mark).is_some();
    if !has(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") && !has(b"Proc-Type: 4,ENCRYPTED") {
        return None;
    }
    Some(Err("encrypted private keys are not supported".to_owned()))
}
