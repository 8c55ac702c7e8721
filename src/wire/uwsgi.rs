//! uwsgi: a request is one packet of names and values, each after its length in 16 bits, then the body as it is. The answer
//! begins with a [`cgi_head`](super::cgi_head), perhaps after HTTP's first line; its body ends as `Content-Length` or the
//! connection does.

use std::fmt;

/// What stands before the packet: first modifier, length, second modifier.
const HEAD: usize = 4;

/// More parameters than a packet holds: their length. Displayed as nginx logs it; nginx answers 500.
#[derive(Debug, PartialEq, Eq)]
pub struct TooBig(pub usize);

impl fmt::Display for TooBig {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "uwsgi request is too big: {}", self.0)
    }
}

/// The parameters of a request in the making.
#[derive(Debug)]
pub struct Params<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl<'o> Params<'o> {
    /// Begins a request at the end of `out`.
    pub fn begin(out: &'o mut Vec<u8>, modifiers: (u8, u8)) -> Params<'o> {
        let start = out.len();
        out.extend_from_slice(&[modifiers.0, 0, 0, modifiers.1]);
        Params { out, start }
    }

    /// Adds one.
    pub fn pair(&mut self, name: &[u8], value: &[u8]) {
        for text in [name, value] {
            self.out.extend_from_slice(&(text.len() as u16).to_le_bytes());
            self.out.extend_from_slice(text);
        }
    }

    /// Closes the packet after `uwsgi_string`, which may be empty; the body follows.
    ///
    /// # Errors
    /// It is too big; `out` is as it was before.
    pub fn finish(self, string: &[u8]) -> Result<(), TooBig> {
        self.out.extend_from_slice(string);
        let length = self.out.len() - self.start - HEAD;
        let Ok(short) = u16::try_from(length) else {
            self.out.truncate(self.start);
            return Err(TooBig(length));
        };
        self.out[self.start + 1..self.start + 3].copy_from_slice(&short.to_le_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request() {
        let mut out = b"x".to_vec();
        let mut params = Params::begin(&mut out, (5, 9));
        params.pair(b"NAME", b"value");
        params.pair(b"E", b"");
        assert_eq!(params.finish(b"str"), Ok(()));
        assert_eq!(out, *b"x\x05\x15\0\x09\x04\0NAME\x05\0value\x01\0E\0\0str");
    }

    #[test]
    fn sixteen_bits() {
        for (length, wanted) in [(65530, Ok(())), (65531, Err(TooBig(65536))), (70000, Err(TooBig(70005)))] {
            let mut out = b"x".to_vec();
            let mut params = Params::begin(&mut out, (0, 0));
            params.pair(b"N", &vec![b'v'; length]);
            assert_eq!(params.finish(b""), wanted, "{length}");
            assert_eq!(out.len(), if length == 65530 { 1 + 4 + 65535 } else { 1 });
        }
        assert_eq!(TooBig(65536).to_string(), "uwsgi request is too big: 65536");
    }
}
