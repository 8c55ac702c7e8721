//! What goes out on a connection of HTTP/1: the head, and the body as its framing wants it. Small pieces are put together
//! and sent at once, large ones go as they are.

use std::io;
use std::task::{Context, Poll};

use crate::exchange::Headers;
use crate::serve::stream::Stream;
use crate::wire::http1::{LAST_CHUNK, write_size};

/// Pieces up to this size are put together with what waits.
const SMALL: usize = 16 << 10;

/// The way out.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// What waits to be sent, from `at` on.
    waiting: Vec<u8>,
    at: usize,
    chunked: bool,
    /// Bytes that the current chunk still has.
    chunk: usize,
    /// Headers after the body, as they are sent.
    trailers: Vec<u8>,
    sent: u64,
}

impl Outgoing {
    /// An answer begins.
    pub fn begin(&mut self, chunked: bool) {
        (self.chunked, self.chunk) = (chunked, 0);
        self.trailers.clear();
    }

    /// Takes room for what waits, where it has none, and leaves what it had: a request brings the room with it, so that an
    /// idle connection has none.
    pub fn exchange_room(&mut self, room: &mut Vec<u8>) {
        if self.is_empty() {
            self.waiting.clear();
            self.at = 0;
            std::mem::swap(&mut self.waiting, room);
        }
    }

    /// Where its head is written.
    pub fn head(&mut self) -> &mut Vec<u8> {
        &mut self.waiting
    }

    /// Bytes sent since this was asked last.
    pub fn take_sent(&mut self) -> u64 {
        std::mem::take(&mut self.sent)
    }

    /// Bytes sent of this answer.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Takes early hints.
    pub fn hint(&mut self, headers: &Headers) {
        self.waiting.extend_from_slice(b"HTTP/1.1 103 Early Hints\r\n");
        for (name, value) in headers.iter() {
            for piece in [name, b": ", value, b"\r\n"] {
                self.waiting.extend_from_slice(piece);
            }
        }
        self.waiting.extend_from_slice(b"\r\n");
    }

    /// Takes the headers that follow the body.
    pub fn trail(&mut self, trailers: &Headers) {
        for (name, value) in trailers.iter() {
            for piece in [name, b": ", value, b"\r\n"] {
                self.trailers.extend_from_slice(piece);
            }
        }
    }

    /// The body is complete.
    pub fn end(&mut self) {
        if self.chunked && self.trailers.is_empty() {
            self.waiting.extend_from_slice(LAST_CHUNK);
        } else if self.chunked {
            for piece in [b"0\r\n", &self.trailers[..], b"\r\n"] {
                self.waiting.extend_from_slice(piece);
            }
        }
        self.chunked = false;
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.at == self.waiting.len()
    }

    /// Puts a piece of the body in line.
    pub fn put(&mut self, piece: &[u8]) {
        if self.chunked {
            write_size(&mut self.waiting, piece.len());
        }
        self.waiting.extend_from_slice(piece);
        if self.chunked {
            self.waiting.extend_from_slice(b"\r\n");
        }
    }

    /// Takes bytes of the body off `body`; ready once all were taken.
    pub fn poll_send(&mut self, stream: &mut Stream, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        while !body.is_empty() {
            if self.chunked && self.chunk == 0 {
                write_size(&mut self.waiting, body.len());
                self.chunk = body.len();
            }
            let count = if self.waiting.len() - self.at + body.len() <= SMALL {
                self.waiting.extend_from_slice(body);
                body.len()
            } else if self.is_empty() {
                let count = std::task::ready!(stream.poll_write(cx, body))?;
                self.sent += count as u64;
                count
            } else {
                std::task::ready!(self.poll_flush(stream, cx))?;
                continue;
            };
            *body = &body[count..];
            if self.chunked {
                self.chunk -= count;
                if self.chunk == 0 {
                    self.waiting.extend_from_slice(b"\r\n");
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Sends some of what waits, at most so many bytes; how many were sent.
    pub fn poll_some(&mut self, stream: &mut Stream, cx: &mut Context, most: usize) -> Poll<io::Result<usize>> {
        let end = self.waiting.len().min(self.at.saturating_add(most));
        let count = std::task::ready!(stream.poll_write(cx, &self.waiting[self.at..end]))?;
        if count == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.at += count;
        self.sent += count as u64;
        Poll::Ready(Ok(count))
    }

    /// Bytes that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len() - self.at
    }

    /// Ready once all that waits was sent.
    pub fn poll_flush(&mut self, stream: &mut Stream, cx: &mut Context) -> Poll<io::Result<()>> {
        while !self.is_empty() {
            std::task::ready!(self.poll_some(stream, cx, usize::MAX))?;
        }
        self.waiting.clear();
        self.at = 0;
        stream.poll_flush(cx)
    }
}
