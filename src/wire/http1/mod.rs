//! HTTP/1 as nginx reads it: heads of requests and of responses, and chunked bodies.
//!
//! What is read is named by [`Piece`]s of the caller's buffer; nothing is copied but trailers. Every reader stops where the
//! bytes stop and goes on there when more have come, so that a head that comes byte by byte costs no more than one that
//! comes at once, and is refused at the byte at which nginx refuses it.
//!
//! Not here: what the headers mean, the decoding of the target, the limits of nginx's buffers (see [`RequestHead::stage`]).

mod bad;
mod chunked;
mod classes;
mod lines;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use bad::{Bad, BadChunk, BadLine, BadResponse};
pub use chunked::{Chunked, LAST_CHUNK, Step, write_size};
pub use lines::Field;
pub(super) use lines::{From, Lines};
pub use request::{RequestHead, Stage};
pub use response::ResponseHead;

/// A piece of a buffer; `start` counts from the buffer's first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Piece {
    /// Where it begins.
    pub start: u32,
    /// Its length in bytes.
    pub len: u32,
}

impl Piece {
    /// From `start` up to, not including, `end`. A buffer of a head is far shorter than 4 GiB.
    #[must_use]
    pub fn between(start: usize, end: usize) -> Self {
        Self { start: start as u32, len: end.saturating_sub(start) as u32 }
    }

    /// Where it ends: the first byte that is no longer part of it.
    #[must_use]
    pub fn end(self) -> usize {
        self.start as usize + self.len as usize
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Its bytes in the buffer that was read; empty if that buffer is too short.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end()).unwrap_or_default()
    }
}
