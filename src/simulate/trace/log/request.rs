//! `$request`: the first line of a request, `GET /path?arguments HTTP/1.1`.

/// Its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLine<'a> {
    /// The method.
    pub method: &'a [u8],
    /// The target.
    pub target: &'a [u8],
    /// HTTP's version times ten.
    pub version: u8,
}

/// Cuts a request's line; `None` for what is none, such as a TLS greeting sent to a plain port.
#[must_use]
pub fn read(text: &[u8]) -> Option<RequestLine<'_>> {
    let space = memchr::memchr(b' ', text)?;
    let (method, rest) = (&text[..space], &text[space + 1..]);
    let last = memchr::memrchr(b' ', rest);
    let (target, version) = match last.and_then(|last| Some((&rest[..last], version(&rest[last + 1..])?))) {
        Some(parts) => parts,
        None => (rest, 9),
    };
    let is_method = !method.is_empty() && method.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'_' | b'-'));
    (is_method && !target.is_empty()).then_some(RequestLine { method, target, version })
}

/// `HTTP/1.1` is 11.
#[must_use]
pub fn version(text: &[u8]) -> Option<u8> {
    match text.strip_prefix(b"HTTP/")? {
        [major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9'] => Some((major - b'0') * 10 + minor - b'0'),
        [major @ b'0'..=b'9'] => Some((major - b'0') * 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, u8)>) {
        let parts = read(text.as_bytes()).map(|line| (line.method, line.target, line.version));
        assert_eq!(parts, expected.map(|(m, t, v)| (m.as_bytes(), t.as_bytes(), v)), "{text}");
    }

    #[test]
    fn request_lines() {
        check("GET / HTTP/1.1", Some(("GET", "/", 11)));
        check("POST /a?b=c HTTP/1.0", Some(("POST", "/a?b=c", 10)));
        check("GET /with space HTTP/2.0", Some(("GET", "/with space", 20)));
        check("GET /old", Some(("GET", "/old", 9)));
        check("GET http://a/b HTTP/3", Some(("GET", "http://a/b", 30)));
        check("GET", None);
        check("", None);
        check("GET  HTTP/1.1", None);
        check("\u{16}\u{3}\u{1} x", None);
    }
}
