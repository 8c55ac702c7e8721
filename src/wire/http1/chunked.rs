//! Chunked bodies: nginx's `ngx_http_parse_chunked`, and the trailers after them.
//!
//! Every line of the framing ends with CR LF, nothing less; extensions are passed over. Trailers are passed over, too,
//! unless they are to be kept, as with `proxy_pass_trailers`; then they are read like header lines.

use std::ops::Range;

use super::bad::BadChunk;
use super::lines::{Field, From, Lines};

/// The last chunk and the end of a body without trailers.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// nginx counts sizes in a signed 64-bit number.
const MAX_SIZE: u64 = i64::MAX as u64;

/// What [`Chunked::read`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input are done with, the data among them.
    pub consumed: usize,
    /// Where in the input the body's next bytes are; may be empty.
    pub data: Range<usize>,
    /// The body has ended, trailers included; what follows in the input is not part of it.
    pub done: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    SizeStart,
    Size,
    Extension,
    SizeLineFeed,
    Data,
    AfterData,
    AfterDataLineFeed,
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    LastLineFeed,
    /// Trailers that are kept.
    Kept,
    Done,
}

/// Reads one chunked body.
#[derive(Debug)]
pub struct Chunked {
    part: Part,
    /// Of the chunk that is being read: what is still to come. While its size is read: the size so far.
    left: u64,
    /// Whether the chunk that is being read is the last one.
    last: bool,
    bad: BadChunk,
    /// How many bytes of trailers are kept at most.
    limit: Option<usize>,
    kept: Vec<u8>,
    lines: Lines,
    trailers: Vec<Field>,
}

impl Chunked {
    /// The body of a request; its trailers are passed over.
    #[must_use]
    pub fn request() -> Self {
        Self {
            part: Part::SizeStart,
            left: 0,
            last: false,
            bad: BadChunk::Request,
            limit: None,
            kept: Vec::new(),
            lines: Lines::default(),
            trailers: Vec::new(),
        }
    }

    /// The body of a response; its trailers are passed over.
    #[must_use]
    pub fn response() -> Self {
        Self { bad: BadChunk::Response, ..Self::request() }
    }

    /// The body of a response whose trailers are kept, in a buffer of `limit` bytes (`proxy_buffer_size`).
    #[must_use]
    pub fn response_with_trailers(limit: usize) -> Self {
        Self { limit: Some(limit), ..Self::response() }
    }

    /// What is still to come of the chunk whose data the last step gave a part of.
    #[must_use]
    pub fn left(&self) -> u64 {
        if self.part == Part::Data { self.left } else { 0 }
    }

    /// Whether the body has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.part == Part::Done
    }

    /// The trailers that are kept; pieces of [`Chunked::trailer_bytes`].
    #[must_use]
    pub fn trailers(&self) -> &[Field] {
        &self.trailers
    }

    /// The bytes of the trailers that are kept.
    #[must_use]
    pub fn trailer_bytes(&self) -> &[u8] {
        &self.kept
    }

    /// Reads on, up to the end of the input, of a run of data or of the body. To be called with what is left of the input
    /// until all of it is consumed or the body is done.
    ///
    /// # Errors
    /// What nginx refuses, at the byte at which it does. The reader is of no use after it.
    pub fn read(&mut self, input: &[u8]) -> Result<Step, BadChunk> {
        let mut at = 0;
        while let Some(&byte) = input.get(at) {
            match self.part {
                Part::Data => {
                    let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len() - at);
                    self.left -= length as u64;
                    if self.left == 0 {
                        self.part = Part::AfterData;
                    }
                    let data = at..at + length;
                    return Ok(Step { consumed: data.end, data, done: false });
                }
                Part::SizeStart | Part::Size => self.read_size(byte)?,
                Part::Extension | Part::Trailer => {
                    match memchr::memchr2(b'\r', b'\n', &input[at..]) {
                        Some(more) => at += more,
                        None => break,
                    }
                    self.end_line(input[at])?;
                }
                Part::TrailerStart => match byte {
                    b'\r' => self.part = Part::LastLineFeed,
                    b'\n' => return Err(self.bad),
                    _ => self.part = Part::Trailer,
                },
                Part::Kept => {
                    let consumed = at + self.keep(&input[at..])?;
                    return Ok(Step { consumed, data: consumed..consumed, done: self.is_done() });
                }
                Part::Done => return Ok(Step { consumed: at, data: at..at, done: true }),
                _ => self.read_line_end(byte)?,
            }
            at += 1;
        }
        if self.part == Part::Size && self.left > MAX_SIZE - 9 {
            return Err(self.bad);
        }
        let consumed = input.len();
        Ok(Step { consumed, data: consumed..consumed, done: self.is_done() })
    }

    fn read_size(&mut self, byte: u8) -> Result<(), BadChunk> {
        if self.part == Part::Size && self.left > MAX_SIZE / 16 {
            return Err(self.bad);
        }
        if let Some(digit) = char::from(byte).to_digit(16) {
            self.left = self.left * 16 + u64::from(digit);
            self.part = Part::Size;
            return Ok(());
        }
        if self.part == Part::SizeStart {
            return Err(self.bad);
        }
        self.last = self.left == 0;
        self.part = match byte {
            b'\r' => Part::SizeLineFeed,
            b';' | b' ' | b'\t' => Part::Extension,
            _ => return Err(self.bad),
        };
        Ok(())
    }

    /// At the first CR or LF of an extension or of a trailer.
    fn end_line(&mut self, byte: u8) -> Result<(), BadChunk> {
        if byte != b'\r' {
            return Err(self.bad);
        }
        self.part = if self.part == Part::Extension { Part::SizeLineFeed } else { Part::TrailerLineFeed };
        Ok(())
    }

    /// Where one byte is right and no other.
    fn read_line_end(&mut self, byte: u8) -> Result<(), BadChunk> {
        self.part = match (self.part, byte) {
            (Part::AfterData, b'\r') => Part::AfterDataLineFeed,
            (Part::AfterDataLineFeed, b'\n') => Part::SizeStart,
            (Part::SizeLineFeed, b'\n') if !self.last => Part::Data,
            (Part::SizeLineFeed, b'\n') if self.limit.is_some() => Part::Kept,
            (Part::SizeLineFeed | Part::TrailerLineFeed, b'\n') => Part::TrailerStart,
            (Part::LastLineFeed, b'\n') => Part::Done,
            _ => return Err(self.bad),
        };
        Ok(())
    }

    /// Reads trailers into their buffer; how many bytes of `input` they took.
    fn keep(&mut self, input: &[u8]) -> Result<usize, BadChunk> {
        let limit = self.limit.unwrap_or_default();
        let before = self.kept.len();
        let taken = input.len().min(limit.saturating_sub(before));
        self.kept.extend_from_slice(&input[..taken]);
        match self.lines.read(&self.kept, From::Upstream, &mut self.trailers).map_err(BadChunk::Trailer)? {
            Some(end) => {
                self.part = Part::Done;
                self.kept.truncate(end);
                Ok(end - before)
            }
            None if self.kept.len() >= limit => Err(BadChunk::TooBig),
            None => Ok(taken),
        }
    }
}

/// Writes the line before a chunk of `len` bytes. 0 stands for the last chunk and is not for data: see [`LAST_CHUNK`].
pub fn write_size(out: &mut Vec<u8>, len: usize) {
    let digits = (usize::BITS - len.leading_zeros()).div_ceil(4).max(1);
    out.extend((0..digits).rev().map(|place| b"0123456789abcdef"[len >> (place * 4) & 15]));
    out.extend_from_slice(b"\r\n");
}
