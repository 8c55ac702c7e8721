//! Private keys that a password protects: PKCS #8 with PBES2 (RFC 8018), and the older form with `Proc-Type` and
//! `DEK-Info` lines. Of ciphers AES in CBC mode, which is what OpenSSL makes with `-aes128`, `-aes192` and `-aes256`.
//!
//! Left out: triple DES, scrypt, and asking the user for a password.

use std::num::NonZeroU32;

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use base64::Engine;
use md5::{Digest, Md5};
use ring::pbkdf2;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

use super::der::element;

const BLOCK: usize = 16;

/// Rounds at most, so that a file cannot stop everything.
const ROUNDS: u32 = 100_000_000;

/// What OpenSSL says when no password fits.
const BAD: &str = "PEM_read_bio_PrivateKey() failed (SSL: error:1C800064:Provider routines::bad decrypt)";
/// What is said of keys that are locked in another way.
const UNKNOWN: &str = "this encryption of private keys is not supported";

/// The key of a file that has an encrypted one; `None` if it is not encrypted.
pub fn decrypt(content: &[u8], passwords: &[Vec<u8>]) -> Option<Result<PrivateKeyDer<'static>, String>> {
    let text = String::from_utf8_lossy(content);
    let (label, body) = text.split("-----BEGIN ").skip(1).find_map(|block| {
        let (label, rest) = block.split_once("-----")?;
        let (body, _) = rest.split_once("-----END ")?;
        let encrypted = label == "ENCRYPTED PRIVATE KEY" || body.contains("Proc-Type: 4,ENCRYPTED");
        encrypted.then_some((label, body))
    })?;
    let locked = if label == "ENCRYPTED PRIVATE KEY" { Locked::pkcs8(body) } else { Locked::traditional(body) };
    let Some(locked) = locked else { return Some(Err(UNKNOWN.to_owned())) };
    let key = passwords.iter().find_map(|password| locked.open(password));
    let key = key.map(|key| match label {
        "RSA PRIVATE KEY" => PrivateKeyDer::from(PrivatePkcs1KeyDer::from(key)),
        "EC PRIVATE KEY" => PrivateKeyDer::from(PrivateSec1KeyDer::from(key)),
        _ => PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key)),
    });
    Some(key.ok_or_else(|| BAD.to_owned()))
}

/// How a password becomes a key.
enum Derive {
    Pbkdf2 {
        algorithm: pbkdf2::Algorithm,
        rounds: NonZeroU32,
        salt: Vec<u8>,
    },
    /// `EVP_BytesToKey` with MD5, the salt being the start of the first block.
    Md5,
}

struct Locked {
    derive: Derive,
    /// Bytes of the cipher's key.
    size: usize,
    start: [u8; BLOCK],
    data: Vec<u8>,
}

impl Locked {
    fn pkcs8(body: &str) -> Option<Locked> {
        let der = base64(body)?;
        let (outer, _) = element(&der)?;
        let (scheme, rest) = element(outer.content)?;
        let (data, _) = element(rest)?;
        let parameters = after_oid(scheme.content, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d])?;
        let (function, rest) = element(parameters)?;
        let (cipher, _) = element(rest)?;

        let settings = after_oid(function.content, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c])?;
        let (salt, rest) = element(settings)?;
        let (rounds, rest) = element(rest)?;
        let rounds =
            rounds.content.iter().try_fold(0_u32, |sum, byte| sum.checked_mul(256)?.checked_add(u32::from(*byte)))?;
        let algorithm = match optional(rest) {
            None => pbkdf2::PBKDF2_HMAC_SHA1,
            Some(function) => match function.last()? {
                7 => pbkdf2::PBKDF2_HMAC_SHA1,
                9 => pbkdf2::PBKDF2_HMAC_SHA256,
                10 => pbkdf2::PBKDF2_HMAC_SHA384,
                11 => pbkdf2::PBKDF2_HMAC_SHA512,
                _ => return None,
            },
        };

        let (cipher_oid, rest) = element(cipher.content)?;
        let size = match cipher_oid.content.split_last()? {
            (2, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]) => 16,
            (22, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]) => 24,
            (42, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]) => 32,
            _ => return None,
        };
        let (start, _) = element(rest)?;
        let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= ROUNDS)?;
        let derive = Derive::Pbkdf2 { algorithm, rounds, salt: salt.content.to_vec() };
        Some(Locked { derive, size, start: start.content.try_into().ok()?, data: data.content.to_vec() })
    }

    fn traditional(body: &str) -> Option<Locked> {
        let (head, data) = body.split_once("\n\n").or_else(|| body.split_once("\r\n\r\n"))?;
        let (cipher, start) = head.lines().find_map(|line| line.strip_prefix("DEK-Info: ")?.split_once(','))?;
        let size = match cipher {
            "AES-128-CBC" => 16,
            "AES-192-CBC" => 24,
            "AES-256-CBC" => 32,
            _ => return None,
        };
        let mut block = [0; BLOCK];
        for (n, byte) in block.iter_mut().enumerate() {
            *byte = u8::from_str_radix(start.trim().get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Locked { derive: Derive::Md5, size, start: block, data: base64(data)? })
    }

    /// The key, if the password fits: what comes out is one element of DER.
    fn open(&self, password: &[u8]) -> Option<Vec<u8>> {
        let key = self.key(password);
        let mut plain = match self.size {
            16 => chain(&Aes128::new_from_slice(&key).ok()?, self.start, &self.data),
            24 => chain(&Aes192::new_from_slice(&key).ok()?, self.start, &self.data),
            _ => chain(&Aes256::new_from_slice(&key).ok()?, self.start, &self.data),
        }?;
        let padding = usize::from(*plain.last()?);
        let length = plain.len().checked_sub(padding).filter(|_| (1..=BLOCK).contains(&padding))?;
        plain.truncate(length);
        let (outer, rest) = element(&plain)?;
        (outer.tag == 0x30 && rest.is_empty()).then_some(plain)
    }

    fn key(&self, password: &[u8]) -> Vec<u8> {
        let mut key = vec![0; self.size];
        match &self.derive {
            Derive::Pbkdf2 { algorithm, rounds, salt } => pbkdf2::derive(*algorithm, *rounds, salt, password, &mut key),
            Derive::Md5 => {
                let mut last = Vec::new();
                for part in key.chunks_mut(BLOCK) {
                    last = Md5::new()
                        .chain_update(&last)
                        .chain_update(password)
                        .chain_update(&self.start[..8])
                        .finalize()
                        .to_vec();
                    part.copy_from_slice(&last[..part.len()]);
                }
            }
        }
        key
    }
}

/// CBC: every block, deciphered, and the block before it. None if there is no whole number of blocks.
fn chain<C: BlockCipherDecrypt>(cipher: &C, mut before: [u8; BLOCK], data: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(data.len());
    for part in data.chunks(BLOCK) {
        let part: [u8; BLOCK] = part.try_into().ok()?;
        let mut block = Array::try_from(part.as_slice()).ok()?;
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, before)| byte ^ before));
        before = part;
    }
    Some(plain)
}

/// The content of the sequence behind an object identifier that must be this one.
fn after_oid<'a>(content: &'a [u8], want: &[u8]) -> Option<&'a [u8]> {
    let (oid, rest) = element(content)?;
    let (parameters, _) = element(rest)?;
    (oid.content == want).then_some(parameters.content)
}

/// The function's identifier behind an optional length.
fn optional(rest: &[u8]) -> Option<&[u8]> {
    let (mut found, after) = element(rest)?;
    if found.tag == 2 {
        (found, _) = element(after)?;
    }
    element(found.content).map(|(oid, _)| oid.content)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
