//! What nginx refuses, and its words for it.

use super::Piece;

/// A header line that nginx refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line as far as nginx shows it.
    pub line: Piece,
    /// The byte after it, which nginx shows as `\x0d`.
    pub byte: u8,
}

impl BadLine {
    /// Writes `SAYS: "Name\x0d..."`, as nginx logs it. `bytes` is the buffer that was read.
    pub fn write(self, says: &str, bytes: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(says.as_bytes());
        out.extend_from_slice(b": \"");
        out.extend_from_slice(self.line.of(bytes));
        out.extend_from_slice(b"\\x");
        out.extend([self.byte >> 4, self.byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
        out.extend_from_slice(b"...\"");
    }
}

/// Why nginx refuses a request while it reads its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// The method has a byte that no method has.
    Method,
    /// Something else in the request line.
    Line,
    /// The version is 2 or more.
    Version,
    /// HTTP/0.9 knows nothing but GET.
    Method09,
    /// A header line.
    Header(BadLine),
}

impl Bad {
    /// The status that nginx answers with.
    #[must_use]
    pub fn status(self) -> u16 {
        if self == Self::Version { 505 } else { 400 }
    }

    /// nginx's words, for its log at level info; those of a bad header go on, see [`Bad::write`].
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Method => "client sent invalid method",
            Self::Line => "client sent invalid request",
            Self::Version => "client sent invalid version",
            Self::Method09 => "client sent invalid method in HTTP/0.9 request",
            Self::Header(_) => "client sent invalid header line",
        }
    }

    /// Writes the whole message. `bytes` is the buffer that was read.
    pub fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Header(line) => line.write(self.message(), bytes, out),
            _ => out.extend_from_slice(self.message().as_bytes()),
        }
    }
}

/// Why nginx takes a response's head for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadResponse {
    /// It does not begin with a status line: nginx says so and passes all of it on as HTTP/0.9, with the status 200.
    NotHttp,
    /// 103 with a version below HTTP/1.1.
    EarlyHints,
    /// A header line.
    Header(BadLine),
}

impl BadResponse {
    /// nginx's words, for its log at level error; those of a bad header go on, see [`BadResponse::write`].
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NotHttp => "upstream sent no valid HTTP/1.0 header",
            Self::EarlyHints => "upstream sent HTTP/1.0 response with early hints",
            Self::Header(_) => "upstream sent invalid header",
        }
    }

    /// Writes the whole message. `bytes` is the buffer that was read.
    pub fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Header(line) => line.write(self.message(), bytes, out),
            _ => out.extend_from_slice(self.message().as_bytes()),
        }
    }
}

/// Why nginx refuses a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadChunk {
    /// The framing of a request's body: answered with 400.
    Request,
    /// The framing of a response's body.
    Response,
    /// Kept trailers outgrow their buffer.
    TooBig,
    /// A line of kept trailers; its pieces are of [`Chunked::trailer_bytes`](super::Chunked::trailer_bytes).
    Trailer(BadLine),
}

impl BadChunk {
    /// nginx's words, for its log at level error; those of a bad trailer go on, see [`BadChunk::write`].
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Request => "client sent invalid chunked body",
            Self::Response => "upstream sent invalid chunked response",
            Self::TooBig => "upstream sent too big trailers",
            Self::Trailer(_) => "upstream sent invalid trailer",
        }
    }

    /// Writes the whole message. `trailers` is [`Chunked::trailer_bytes`](super::Chunked::trailer_bytes).
    pub fn write(self, trailers: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Trailer(line) => line.write(self.message(), trailers, out),
            _ => out.extend_from_slice(self.message().as_bytes()),
        }
    }
}
