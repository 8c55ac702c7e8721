//! Paths as nginx writes them for backends and into a `Location`.

use std::fmt::Write as _;

/// Whether nginx writes a byte of a decoded path as `%XX`.
fn is_escaped(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || b"\"#%<>?\\^`{|}".contains(&byte)
}

/// A decoded path, escaped.
#[must_use]
pub fn path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if is_escaped(byte) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes() {
        assert_eq!(super::path("/a b?c%\u{e9}~+{x}"), "/a%20b%3Fc%25%C3%A9~+%7Bx%7D");
    }
}
