//! memcached's text protocol, as far as nginx speaks it: `get` of one key, and its answer.
//!
//! Where an answer's body ends is judged by what came in at once, as nginx does: bytes after the trailer are a fault only if
//! they came with it.

use std::fmt;

/// What nginx logs when there is no key; it answers 500.
pub const NO_KEY: &str = "the \"$memcached_key\" variable is not set";

/// What follows a value.
const TRAILER: &[u8; 7] = b"\r\nEND\r\n";

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request(Vec<u8>);

impl Request {
    /// Asks for a key; what may not stand in one is escaped.
    #[must_use]
    pub fn get(key: &[u8]) -> Request {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        let mut bytes = b"get ".to_vec();
        for byte in key {
            match byte {
                0..=b' ' | b'%' => {
                    bytes.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                }
                _ => bytes.push(*byte),
            }
        }
        bytes.extend_from_slice(b"\r\n");
        Request(bytes)
    }

    /// What goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key as it was sent.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.0.get(4..self.0.len().saturating_sub(2)).unwrap_or_default()
    }

    /// Reads the first line of the answer; none if more is needed. `gzip_flag` has the bits of `memcached_gzip_flag`.
    ///
    /// # Errors
    /// What nginx calls an invalid response.
    pub fn answer(&self, bytes: &[u8], gzip_flag: u64) -> Result<Option<Found>, Bad> {
        let Some(end) = memchr::memchr(b'\n', bytes) else { return Ok(None) };
        let Some(line) = bytes[..end].strip_suffix(b"\r") else { return Err(Bad::Response(bytes[..end].to_vec())) };
        let len = end + 1;
        if line == b"END" {
            return Ok(Some(Found { len, value: None }));
        }
        self.value(line, gzip_flag).map(|value| Some(Found { len, value: Some(value) }))
    }

    fn value(&self, line: &[u8], gzip_flag: u64) -> Result<Value, Bad> {
        let bad = |what: fn(Vec<u8>, Vec<u8>) -> Bad| what(line.to_vec(), self.key().to_vec());
        let response = || Bad::Response(line.to_vec());
        let rest = line.strip_prefix(b"VALUE ").ok_or_else(response)?;
        let rest = rest.strip_prefix(self.key()).ok_or_else(|| bad(Bad::Key))?;
        let rest = rest.strip_prefix(b" ").ok_or_else(response)?;
        let space = memchr::memchr2(b' ', 0, rest).filter(|at| rest[*at] == b' ').ok_or_else(response)?;
        let (flags, length) = (&rest[..space], &rest[space + 1..]);
        let gzip = gzip_flag != 0 && number(flags).ok_or_else(|| bad(Bad::Flags))? & gzip_flag != 0;
        Ok(Value { length: number(length).ok_or_else(|| bad(Bad::Length))?, gzip })
    }
}

/// A number that fits nginx's signed ones.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit) && !text.is_empty();
    let number: i64 = std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()?;
    Some(number.cast_unsigned())
}

/// A good first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its length; what follows is the value.
    pub len: usize,
    /// None: there is no such key, which is a 404, and the connection can be used again.
    pub value: Option<Value>,
}

/// A value that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// Its length, without the trailer.
    pub length: u64,
    /// `memcached_gzip_flag` is among its flags: `Content-Encoding: gzip`.
    pub gzip: bool,
}

/// A bad answer. Those with two texts have the line and the key.
#[derive(Debug, PartialEq, Eq)]
pub enum Bad {
    /// Not an answer.
    Response(Vec<u8>),
    /// Another key.
    Key(Vec<u8>, Vec<u8>),
    /// The flags are no number.
    Flags(Vec<u8>, Vec<u8>),
    /// The length is no number.
    Length(Vec<u8>, Vec<u8>),
}

impl Bad {
    /// What nginx logs.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let (what, line, key) = match self {
            Bad::Response(line) => return [b"memcached sent invalid response: \"", &line[..], b"\""].concat(),
            Bad::Key(line, key) => ("key", line, key),
            Bad::Flags(line, key) => ("flags", line, key),
            Bad::Length(line, key) => ("length", line, key),
        };
        let start = format!("memcached sent invalid {what} in response \"");
        [start.as_bytes(), line, b"\" for key \"", key, b"\""].concat()
    }
}

/// What nginx logs, as information, of a key that is not there.
#[must_use]
pub fn not_found(key: &[u8]) -> Vec<u8> {
    [b"key: \"", key, b"\" was not found by memcached"].concat()
}

/// A value on its way, with its trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    /// Bytes of the value that are still to come.
    left: u64,
    /// Bytes of the trailer that are still to come.
    trailer: usize,
}

/// The trailer is not one: the value is whole, so nginx only logs it, and uses the connection no more.
#[derive(Debug, PartialEq, Eq)]
pub struct BadTrailer;

impl fmt::Display for BadTrailer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("memcached sent invalid trailer")
    }
}

impl Body {
    /// A value of this length.
    #[must_use]
    pub fn new(length: u64) -> Body {
        Body { left: length, trailer: TRAILER.len() }
    }

    /// The value and its trailer came. If not, and the connection ends, it is cut short.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left == 0 && self.trailer == 0
    }

    /// Takes what came in; gives how many bytes at the beginning belong to the value.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, Result<(), BadTrailer>) {
        let value = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        self.left -= value as u64;
        let rest = &bytes[value..];
        if TRAILER[TRAILER.len() - self.trailer..].starts_with(rest) {
            self.trailer -= rest.len();
            return (value, Ok(()));
        }
        self.trailer = 0;
        (value, Err(BadTrailer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        for (key, wanted) in
            [("/a?b", "get /a?b\r\n"), ("a b%\x7f", "get a%20b%25\x7f\r\n"), ("\x01\x1f\n", "get %01%1F%0A\r\n")]
        {
            let request = Request::get(key.as_bytes());
            assert_eq!(request.bytes(), wanted.as_bytes());
            assert_eq!(request.key(), &wanted.as_bytes()[4..wanted.len() - 2]);
        }
        assert_eq!(Request::default().key(), b"");
    }

    fn check(bytes: &str, gzip_flag: u64, wanted: &str) {
        let request = Request::get(b"k");
        let found = match request.answer(bytes.as_bytes(), gzip_flag) {
            Ok(None) => "more".to_owned(),
            Ok(Some(Found { len, value: None })) => format!("{len} none"),
            Ok(Some(Found { len, value: Some(value) })) => format!("{len} {} {}", value.length, value.gzip),
            Err(bad) => String::from_utf8(bad.message()).unwrap(),
        };
        assert_eq!(found, wanted, "{bytes:?}");
        for cut in 0..bytes.find('\n').unwrap_or(bytes.len()) {
            assert_eq!(request.answer(&bytes.as_bytes()[..cut], gzip_flag), Ok(None), "{bytes:?} cut at {cut}");
        }
    }

    #[test]
    fn answers() {
        check("END\r\n", 0, "5 none");
        check("VALUE k 0 5\r\nhello", 0, "13 5 false");
        check("VALUE k x 5\r\n", 0, "13 5 false");
        check("VALUE k 3 5\r\n", 2, "13 5 true");
        check("VALUE k 1 5\r\n", 2, "13 5 false");
        check("VALUE k", 0, "more");
        check("END\n", 0, "memcached sent invalid response: \"END\"");
        check("\n", 0, "memcached sent invalid response: \"\"");
        check("ERROR\r\n", 0, "memcached sent invalid response: \"ERROR\"");
        check("VALUE kk 0 5\r\n", 0, "memcached sent invalid response: \"VALUE kk 0 5\"");
        check("VALUE k 0\r\n", 0, "memcached sent invalid response: \"VALUE k 0\"");
        check("VALUE j 0 5\r\n", 0, "memcached sent invalid key in response \"VALUE j 0 5\" for key \"k\"");
        check("VALUE k x 5\r\n", 2, "memcached sent invalid flags in response \"VALUE k x 5\" for key \"k\"");
        check("VALUE k 0 5 1\r\n", 0, "memcached sent invalid length in response \"VALUE k 0 5 1\" for key \"k\"");
        check("VALUE k 0 \r\n", 0, "memcached sent invalid length in response \"VALUE k 0 \" for key \"k\"");
    }

    #[test]
    fn values() {
        let bytes = b"hello\r\nEND\r\n";
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let mut body = Body::new(5);
                let mut value = Vec::new();
                for part in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                    let (len, good) = body.take(part);
                    value.extend_from_slice(&part[..len]);
                    assert_eq!((body.is_whole(), good), (part.as_ptr_range().end == bytes.as_ptr_range().end, Ok(())));
                }
                assert_eq!(value, b"hello");
            }
        }
    }

    #[test]
    fn trailers() {
        for bad in ["hello\r\nEND\n\n", "hello\r\nEND\r\nx", "hello world"] {
            let mut body = Body::new(5);
            assert_eq!(body.take(bad.as_bytes()), (5, Err(BadTrailer)), "{bad:?}");
            assert!(body.is_whole());
        }
        let mut body = Body::new(0);
        assert_eq!(body.take(b"\r\nEN"), (0, Ok(())));
        assert!(!body.is_whole());
        assert_eq!(body.take(b"D\r\n"), (0, Ok(())));
        assert!(body.is_whole());
        assert_eq!(not_found(b"k"), b"key: \"k\" was not found by memcached");
    }

    #[test]
    fn no_bytes_crash_it() {
        crate::wire::cgi_head::tests::random(|bytes| {
            let request = Request::get(bytes);
            let _ = request.answer(bytes, 2);
            let _ = request.answer(&[b"VALUE ", request.key(), bytes].concat(), 2);
            let _ = Body::new(3).take(bytes);
        });
    }
}
