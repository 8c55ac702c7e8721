//! Values of variables as a log's `escape=` wrote them, made what they were.
//!
//! `default` writes `"`, `\`, control characters and bytes above 126 as `\xHH`, `json` as in a string of JSON. `\"` and
//! `\\` are read in either, because other programs write logs, too.

use std::borrow::Cow;

/// Undoes the escaping; what is no escape stays as it is.
#[must_use]
pub fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', text) else { return Cow::Borrowed(text) };
    let mut out = Vec::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    out.extend_from_slice(before);
    while let Some((&byte, next)) = rest.split_first() {
        let taken = if byte == b'\\' { escape(next, &mut out) } else { None };
        if taken.is_none() {
            out.push(byte);
        }
        rest = &next[taken.unwrap_or(0)..];
    }
    Cow::Owned(out)
}

/// What follows a backslash; how many bytes of it were an escape.
fn escape(text: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let simple = match text.first()? {
        b'x' => {
            out.push(hex(text.get(1..3)?)? as u8);
            return Some(3);
        }
        b'u' => return unicode(text, out),
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        byte @ (b'"' | b'\\' | b'/') => *byte,
        _ => return None,
    };
    out.push(simple);
    Some(1)
}

/// `uHHHH`, or two of them that make one character.
fn unicode(text: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let first = hex(text.get(1..5)?)?;
    let second = text.get(5..11).filter(|low| low.starts_with(b"\\u")).and_then(|low| hex(&low[2..]));
    let (code, length) = match (first, second) {
        (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => (0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00), 11),
        _ => (first, 5),
    };
    let character = char::from_u32(code)?;
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(length)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[u8]) {
        assert_eq!(&*unescape(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn escapes() {
        check("plain", b"plain");
        check(r"a\x22b\x5Cc\xff", b"a\"b\\c\xff");
        check(r#"\"\\"#, b"\"\\");
        check(r"\n\t\u00e9\ud83d\ude00", "\n\t\u{e9}\u{1f600}".as_bytes());
        check(r"\q\x2\xzz\ud83d\u12", br"\q\x2\xzz\ud83d\u12");
        check("\\", b"\\");
    }
}
