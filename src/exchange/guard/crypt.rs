//! Passwords as a password file keeps them: `ngx_crypt`. `$apr1$`, `{PLAIN}`, `{SHA}` and `{SSHA}` are nginx's own; all
//! else is libc's `crypt()`: DES, `$1$`, `$2y$`, `$5$`, `$6$`. Of what a libc may know besides (yescrypt, `$y$`), nothing
//! is known here, and such a password fits none.

use md5::Digest as _;
use md5::Md5;
use sha1::Sha1;

use crate::exchange::value::decode_base64;

/// How many times apr1 hashes.
const ROUNDS: usize = 1000;
/// Bytes of SHA-1.
const SHA1: usize = 20;

/// Whether a password is the one that `kept` was made of.
#[must_use]
pub fn fits(password: &[u8], kept: &[u8]) -> bool {
    if let Some(rest) = kept.strip_prefix(b"$apr1$") {
        apr1(password, rest) == kept
    } else if let Some(plain) = kept.strip_prefix(b"{PLAIN}") {
        plain == password
    } else if let Some(encoded) = kept.strip_prefix(b"{SSHA}") {
        ssha(password, encoded)
    } else if let Some(encoded) = kept.strip_prefix(b"{SHA}") {
        encode_base64(&Sha1::digest(password)) == encoded
    } else {
        std::str::from_utf8(kept).is_ok_and(|kept| pwhash::unix::verify(password, kept))
    }
}

/// `base64(SHA1(password salt) salt)`: the salt is what follows the hash.
fn ssha(password: &[u8], encoded: &[u8]) -> bool {
    let decoded = decode_base64(encoded).filter(|decoded| decoded.len() >= SHA1);
    let salt = decoded.as_ref().map_or(&[][..], |decoded| &decoded[SHA1..]);
    let mut whole = Sha1::new().chain_update(password).chain_update(salt).finalize().to_vec();
    whole.extend_from_slice(salt);
    encode_base64(&whole) == encoded
}

fn encode_base64(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes).into_bytes()
}

/// Apache's way: Poul-Henning Kamp's MD5 crypt under another name. `rest` begins with the salt.
fn apr1(password: &[u8], rest: &[u8]) -> Vec<u8> {
    const MAGIC: &[u8] = b"$apr1$";
    let length = rest.iter().take(8).take_while(|byte| **byte != b'$').count();
    let salt = &rest[..length];
    let first = Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut hash = Md5::new().chain_update(password).chain_update(MAGIC).chain_update(salt);
    for piece in password.chunks(first.len()) {
        hash.update(&first[..piece.len()]);
    }
    let mut bits = password.len();
    while bits > 0 {
        // A zero byte, or the password's first.
        hash.update(if bits & 1 == 1 { &[0] } else { &password[..1] });
        bits >>= 1;
    }
    let mut sum = hash.finalize();
    for round in 0..ROUNDS {
        let odd = round % 2 == 1;
        let mut hash = Md5::new();
        hash.update(if odd { password } else { &sum[..] });
        if round % 3 > 0 {
            hash.update(salt);
        }
        if round % 7 > 0 {
            hash.update(password);
        }
        hash.update(if odd { &sum[..] } else { password });
        sum = hash.finalize();
    }
    let mut out = [MAGIC, salt, b"$"].concat();
    for [high, middle, low] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        to64(&mut out, u32::from_be_bytes([0, sum[high], sum[middle], sum[low]]), 4);
    }
    to64(&mut out, u32::from(sum[11]), 2);
    out
}

/// Six bits a digit, the lowest first.
fn to64(out: &mut Vec<u8>, mut bits: u32, digits: usize) {
    const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for _ in 0..digits {
        out.push(DIGITS[(bits & 63) as usize]);
        bits >>= 6;
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn passwords_of_all_kinds() {
        let kept = [
            "sa3tHJ3/KuYvI",
            "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
            "$2y$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
            "$5$salt$Gcm6FsVtF/Qa77ZKD.iwsJlCVPY0XSMgLJL0Hnww/c1",
            "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.",
            "$apr1$salt$Xxd1irWT9ycqoYxGFn4cb.",
            "{PLAIN}password",
            "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
            "{SSHA}yI6cZwQadOA1e+/f+T+H3eCQQhRzYWx0",
        ];
        for kept in kept {
            assert!(fits(b"password", kept.as_bytes()), "{kept}");
            assert!(!fits(b"Password", kept.as_bytes()) && !fits(b"", kept.as_bytes()), "{kept}");
        }
    }

    #[test]
    fn what_is_no_password_fits_nothing() {
        for kept in ["", "*", "$1$", "$apr1$", "{SHA}", "{SSHA}", "{SSHA}Zm9vCg==", "{SHA}_____", "$9$x$y", "{PLAIN}x"]
        {
            assert!(!fits(b"1", kept.as_bytes()), "{kept}");
        }
    }
}
