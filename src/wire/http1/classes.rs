//! Which bytes may stand where: one table of bits for all places.

/// Capital letters, `_` and `-`.
pub const METHOD: u8 = 1;
/// Letters, digits, `+`, `-`, `.`.
pub const SCHEME: u8 = 1 << 1;
/// Letters, digits, `.`, `-`.
pub const HOST: u8 = 1 << 2;
/// What may stand between `[` and `]`.
pub const LITERAL: u8 = 1 << 3;
/// Decimal digits.
pub const DIGIT: u8 = 1 << 4;
/// All but blanks and control characters.
pub const TARGET: u8 = 1 << 5;
/// What goes on in the name of a header: all but `:`, blanks and control characters.
pub const NAME: u8 = 1 << 6;
/// Bytes of a name that make it invalid to nginx, though not refused; `_` is not among them.
pub const ODD: u8 = 1 << 7;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = classes_of(at as u8);
        at += 1;
    }
    table
}

const fn classes_of(byte: u8) -> u8 {
    let alphanumeric = byte.is_ascii_alphanumeric();
    let mut all = 0;
    if byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-') {
        all |= METHOD;
    }
    if alphanumeric || matches!(byte, b'+' | b'-' | b'.') {
        all |= SCHEME;
    }
    if alphanumeric || matches!(byte, b'-' | b'.') {
        all |= HOST;
    }
    if alphanumeric || matches!(byte, b':' | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&'..=b',' | b';' | b'=') {
        all |= LITERAL;
    }
    if byte.is_ascii_digit() {
        all |= DIGIT;
    }
    if byte > b' ' && byte != 0x7f {
        all |= TARGET;
        if byte != b':' {
            all |= NAME;
            if !alphanumeric && !matches!(byte, b'-' | b'_') {
                all |= ODD;
            }
        }
    }
    all
}

/// The classes of a byte.
#[inline]
pub fn of(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// Where the bytes of `class` end, from `at` on.
#[inline]
pub fn run(bytes: &[u8], at: usize, class: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| of(*byte) & class == 0).unwrap_or(rest.len())
}

/// Where the spaces end, from `at` on.
#[inline]
pub fn spaces(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len())
}
