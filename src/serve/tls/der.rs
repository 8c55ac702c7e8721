//! The least of DER: elements one after the other. Certificates are cut into the parts that signatures are about.

/// An element: its tag, its content, and all of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub whole: &'a [u8],
}

/// The first element of some bytes, and what follows it.
#[must_use]
pub fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let mut length = usize::from(*first);
    if length > 127 {
        let count = length & 127;
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, after) = rest.split_at_checked(count)?;
        length = digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length)?;
    let whole = &bytes[..bytes.len() - after.len()];
    Some((Element { tag: *tag, content, whole }, after))
}

/// What is signed, by which algorithm, and the signature: of a certificate or of a revocation list.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The signed part, all of its bytes.
    pub body: &'a [u8],
    /// The content of the `AlgorithmIdentifier`.
    pub algorithm: &'a [u8],
    /// The signature's own bytes.
    pub signature: &'a [u8],
}

/// Cuts `SEQUENCE { body, algorithm, BIT STRING }`.
#[must_use]
pub fn signed(der: &[u8]) -> Option<Signed<'_>> {
    let (outer, _) = element(der)?;
    let (body, rest) = element(outer.content)?;
    let (algorithm, rest) = element(rest)?;
    let (signature, _) = element(rest)?;
    Some(Signed { body: body.whole, algorithm: algorithm.content, signature: bits(signature)? })
}

/// The algorithm's content and the key's own bytes of a `SubjectPublicKeyInfo`.
#[must_use]
pub fn public_key(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let (outer, _) = element(spki)?;
    let (algorithm, rest) = element(outer.content)?;
    let (key, _) = element(rest)?;
    Some((algorithm.content, bits(key)?))
}

/// The bytes of a `BIT STRING` without unused bits.
fn bits(element: Element<'_>) -> Option<&[u8]> {
    element.content.split_first().filter(|(unused, _)| element.tag == 3 && **unused == 0).map(|(_, bytes)| bytes)
}
