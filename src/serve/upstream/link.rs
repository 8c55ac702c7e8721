//! A connection to a peer.

use super::framing::{BadBody, Framing, Piece};
use super::http2::Http2;
use super::request::Sending;
use crate::balance::Millis;
use crate::serve::stream::Stream;

/// A connection to a peer, while a request has it.
#[derive(Debug)]
pub struct Link {
    /// The connection.
    pub stream: Stream,
    /// What was read of the answer beyond its head.
    pub rest: Vec<u8>,
    /// How the answer's body ends.
    pub framing: Framing,
    /// The state of HTTP/2, where that is spoken.
    pub http2: Option<Box<Http2>>,
    /// When the connection was made.
    pub opened: Millis,
    /// Requests over it, this one too.
    pub requests: u64,
    /// It was used before.
    pub is_reused: bool,
    /// The peer keeps it open after the answer.
    pub persists: bool,
    /// How far the request was sent.
    pub sending: Sending,
}

impl Link {
    /// Finds the next piece of the body in `input`, which is not empty.
    ///
    /// # Errors
    /// What is not as promised.
    #[inline]
    pub fn read_piece(&mut self, input: &[u8]) -> Result<Piece, BadBody> {
        if matches!(self.framing, Framing::Http2) { self.read_http2(input) } else { self.framing.read(input) }
    }

    fn read_http2(&mut self, input: &[u8]) -> Result<Piece, BadBody> {
        let Some(http2) = &mut self.http2 else { return Ok(Piece::default()) };
        let mut piece = http2.read_body(input)?;
        self.sending.is_done &= !http2.has_output();
        if http2.is_over() && piece.consumed == input.len() {
            self.end_http2();
        }
        if piece.consumed == 0 && piece.data.is_empty() {
            piece.consumed = input.len();
        }
        Ok(piece)
    }

    /// The answer is whole, and nothing follows it for now.
    pub fn end_http2(&mut self) {
        self.framing = Framing::Done;
        self.persists = self.http2.as_ref().is_some_and(|http2| http2.may_persist());
    }
}
