//! SCGI: a request is one netstring of names and values, then the body as it is. The answer begins with a
//! [`cgi_head`](super::cgi_head), perhaps after HTTP's first line; its body ends as `Content-Length` or the connection does.

/// The parameters of a request in the making.
#[derive(Debug)]
pub struct Params<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl<'o> Params<'o> {
    /// Begins a request at the end of `out`; `CONTENT_LENGTH` comes first, 0 for a body whose length is not known.
    pub fn begin(out: &'o mut Vec<u8>, content_length: u64) -> Params<'o> {
        let start = out.len();
        let mut params = Params { out, start };
        params.pair(b"CONTENT_LENGTH", content_length.to_string().as_bytes());
        params
    }

    /// Adds one.
    pub fn pair(&mut self, name: &[u8], value: &[u8]) {
        for text in [name, value] {
            self.out.extend_from_slice(text);
            self.out.push(0);
        }
    }

    /// Closes the netstring; the body follows.
    pub fn finish(self) {
        let length = format!("{}:", self.out.len() - self.start);
        self.out.splice(self.start..self.start, length.into_bytes());
        self.out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request() {
        let mut out = b"x".to_vec();
        let mut params = Params::begin(&mut out, 27);
        params.pair(b"SCGI", b"1");
        params.pair(b"EMPTY", b"");
        params.finish();
        assert_eq!(out.escape_ascii().to_string(), r"x32:CONTENT_LENGTH\x0027\x00SCGI\x001\x00EMPTY\x00\x00,");
    }
}
