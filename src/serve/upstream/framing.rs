//! How the body of an upstream's answer ends: `ngx_http_proxy_input_filter_init` and the filters that it chooses.

use crate::exchange::Headers;
use crate::wire::http1::{BadChunk, Chunked};

/// What is still to come.
#[derive(Debug)]
pub enum Framing {
    /// Nothing.
    Done,
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked(Box<Chunked>),
    /// Whatever comes before the end of the connection.
    Close,
}

/// A piece of what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Bytes of the input that are done with.
    pub consumed: usize,
    /// The content among them.
    pub data: std::ops::Range<usize>,
}

impl Framing {
    /// How the body of an answer ends; `no_body` for an answer that has none whatever its head says.
    pub fn of(headers: &Headers, no_body: bool) -> Framing {
        if no_body {
            return Framing::Done;
        }
        if headers.values(b"transfer-encoding").any(|value| value.eq_ignore_ascii_case(b"chunked")) {
            return Framing::Chunked(Box::new(Chunked::response()));
        }
        match length(headers) {
            Some(0) => Framing::Done,
            Some(length) => Framing::Length(length),
            None => Framing::Close,
        }
    }

    /// Whether all of it came.
    pub fn is_done(&self) -> bool {
        matches!(self, Framing::Done)
    }

    /// Finds the next piece in `input`, which is not empty.
    ///
    /// # Errors
    /// Bad chunks.
    pub fn read(&mut self, input: &[u8]) -> Result<Piece, BadChunk> {
        match self {
            Framing::Done => Ok(Piece { consumed: 0, data: 0..0 }),
            Framing::Close => Ok(Piece { consumed: input.len(), data: 0..input.len() }),
            Framing::Length(left) => {
                let count = (*left).min(input.len() as u64) as usize;
                *left -= count as u64;
                if *left == 0 {
                    *self = Framing::Done;
                }
                Ok(Piece { consumed: count, data: 0..count })
            }
            Framing::Chunked(chunked) => {
                let step = chunked.read(input)?;
                if step.done {
                    *self = Framing::Done;
                }
                Ok(Piece { consumed: step.consumed, data: step.data })
            }
        }
    }
}

/// `Content-Length`
pub fn length(headers: &Headers) -> Option<u64> {
    let text = std::str::from_utf8(headers.get(b"content-length")?).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
