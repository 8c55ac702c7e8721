//! How the body of an upstream's answer ends: the `input_filter_init` of nginx's modules and the filters that it chooses.

use std::ops::Range;

use crate::exchange::Headers;
use crate::wire::fastcgi::{self, MORE_THAN_PROMISED, Step, stderr_text};
use crate::wire::http1::Chunked;
use crate::wire::memcached;

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
    /// Frames of HTTP/2, see [`Link::read_piece`](super::link::Link::read_piece).
    Http2,
    /// Records.
    Fastcgi(Box<Records>),
    /// A value and what follows it.
    Memcached(memcached::Body),
}

/// A body in FastCGI's records.
#[derive(Debug)]
pub struct Records {
    body: fastcgi::Body,
    /// Bytes that came together with the head, and are records no more.
    first: usize,
}

impl Records {
    /// What follows a head; the first bytes of the input are content as it is.
    pub fn new(body: fastcgi::Body, first: usize) -> Records {
        Records { body, first }
    }
}

/// A piece of what was read.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Piece {
    /// Bytes of the input that are done with.
    pub consumed: usize,
    /// The content among them.
    pub data: Range<usize>,
    /// What else there is to it.
    pub note: Note,
}

/// What a piece has besides content.
#[derive(Debug, PartialEq, Eq, Default)]
pub enum Note {
    /// Nothing.
    #[default]
    None,
    /// The answer is whole, but the connection cannot be used again.
    Closes,
    /// The same, and this is to be logged, with nginx's level.
    Warns(&'static str),
    /// The same, as an error.
    Fails(&'static str),
    /// This part of the input is a FastCGI server's error text, without what nginx cuts off.
    Stderr(Range<usize>),
}

/// What came is no body as it was promised; with nginx's words, where it has some.
#[derive(Debug)]
pub struct BadBody(pub Vec<u8>);

/// nginx's words for a bad trailer of memcached.
const BAD_TRAILER: &str = "memcached sent invalid trailer";
/// nginx's words for a bad chunk.
const BAD_CHUNK: &[u8] = b"upstream sent invalid chunked response";

impl Framing {
    /// How the body of HTTP's answer ends; `no_body` for an answer that has none whatever its head says.
    pub fn of(headers: &Headers, no_body: bool) -> Framing {
        if no_body {
            return Framing::Done;
        }
        if headers.values(b"transfer-encoding").any(|value| value.eq_ignore_ascii_case(b"chunked")) {
            return Framing::Chunked(Box::new(Chunked::response()));
        }
        Framing::sized(headers)
    }

    /// How a body ends that is never chunked.
    pub fn sized(headers: &Headers) -> Framing {
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

    /// The connection ended: whether the answer ends with it.
    pub fn ends_here(&self) -> bool {
        match self {
            Framing::Close => true,
            Framing::Fastcgi(records) => records.body.may_end(),
            _ => false,
        }
    }

    /// nginx's words for bytes after the answer; empty for none.
    pub fn words_for_excess(&self) -> &'static str {
        match self {
            Framing::Length(_) => MORE_THAN_PROMISED,
            Framing::Chunked(_) => "upstream sent data after final chunk",
            _ => "",
        }
    }

    /// Finds the next piece in `input`, which is not empty.
    ///
    /// # Errors
    /// What is not as promised.
    #[inline]
    pub fn read(&mut self, input: &[u8]) -> Result<Piece, BadBody> {
        let all = |count| Piece { consumed: count, data: 0..count, note: Note::None };
        match self {
            Framing::Done | Framing::Http2 => Ok(all(0)),
            Framing::Close => Ok(all(input.len())),
            Framing::Length(left) => {
                let count = (*left).min(input.len() as u64) as usize;
                *left -= count as u64;
                if *left == 0 {
                    *self = Framing::Done;
                }
                Ok(all(count))
            }
            Framing::Chunked(chunked) => {
                let step = chunked.read(input).map_err(|_| BadBody(BAD_CHUNK.to_vec()))?;
                if step.done {
                    *self = Framing::Done;
                }
                Ok(Piece { consumed: step.consumed, data: step.data, note: Note::None })
            }
            Framing::Fastcgi(records) => {
                let (piece, is_done) = records.read(input)?;
                if is_done {
                    *self = Framing::Done;
                }
                Ok(piece)
            }
            Framing::Memcached(body) => {
                let (count, good) = body.take(input);
                let is_whole = body.is_whole();
                let note = if good.is_err() { Note::Fails(BAD_TRAILER) } else { Note::None };
                if is_whole {
                    *self = Framing::Done;
                }
                Ok(Piece { consumed: input.len(), data: 0..count, note })
            }
        }
    }
}

impl Records {
    /// The next piece, and whether it is the last.
    fn read(&mut self, input: &[u8]) -> Result<(Piece, bool), BadBody> {
        if self.first > 0 {
            let came = self.first.min(input.len());
            let (taken, excess) = self.body.begin(came);
            self.first -= came;
            let note = if excess { Note::Warns(MORE_THAN_PROMISED) } else { Note::None };
            return Ok((Piece { consumed: came, data: 0..taken, note }, excess));
        }
        let mut at = 0;
        let step = self.body.next(input, &mut at).map_err(|bad| BadBody(bad.message()))?;
        let piece = |data, note| Piece { consumed: at, data, note };
        Ok(match step {
            None => (piece(0..0, Note::None), false),
            Some(Step::Data(data)) => (piece(data, Note::None), false),
            Some(Step::Excess(data)) => (piece(data, Note::Warns(MORE_THAN_PROMISED)), true),
            Some(Step::Stderr(text)) => {
                let text = text.start..text.start + stderr_text(&input[text]).len();
                (piece(0..0, Note::Stderr(text)), false)
            }
            Some(Step::Done(true)) => (piece(0..0, Note::None), true),
            Some(Step::Done(false)) => (piece(0..0, Note::Closes), true),
        })
    }
}

/// `Content-Length`
pub fn length(headers: &Headers) -> Option<u64> {
    let text = std::str::from_utf8(headers.get(b"content-length")?).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
