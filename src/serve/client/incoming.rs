//! The body of a request as it comes in.

use std::task::{Context, Poll};

use super::BodyFault;
use super::http1::Http1;
use crate::exchange::Exchange;
use crate::serve::state::Worker;
use crate::wire::http1::Chunked;

/// What is still to come of the body.
#[derive(Debug)]
pub enum Incoming {
    /// Nothing.
    None,
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked(Box<Chunked>),
    /// Whatever comes.
    Tunnel,
}

impl Incoming {
    /// What the headers announce.
    pub fn of(exchange: &Exchange) -> Incoming {
        if exchange.request.is_chunked() {
            return Incoming::Chunked(Box::new(Chunked::request()));
        }
        match exchange.body_length() {
            None | Some(0) => Incoming::None,
            Some(length) => Incoming::Length(length),
        }
    }

    /// Takes what belongs to the body off `input`, and appends its content to `into`.
    fn take(&mut self, input: &[u8], into: &mut Vec<u8>) -> Result<usize, BodyFault> {
        match self {
            Incoming::None => Ok(0),
            Incoming::Tunnel => {
                into.extend_from_slice(input);
                Ok(input.len())
            }
            Incoming::Length(left) => {
                let count = (*left).min(input.len() as u64) as usize;
                into.extend_from_slice(&input[..count]);
                *left -= count as u64;
                if *left == 0 {
                    *self = Incoming::None;
                }
                Ok(count)
            }
            Incoming::Chunked(chunked) => {
                let mut at = 0;
                while at < input.len() {
                    let step = chunked.read(&input[at..]).map_err(|_| BodyFault::Bad(400))?;
                    into.extend_from_slice(&input[at..][step.data]);
                    at += step.consumed;
                    if step.done {
                        *self = Incoming::None;
                        break;
                    }
                }
                Ok(at)
            }
        }
    }

    /// Whether all of it came.
    pub fn is_done(&self) -> bool {
        matches!(self, Incoming::None)
    }
}

impl Http1 {
    /// Throws away what came of the body.
    pub(super) fn discard_incoming(&mut self) -> Result<(), u16> {
        if self.incoming.is_done() || self.rest.is_empty() {
            return Ok(());
        }
        let mut nothing = Vec::new();
        match self.incoming.take(&self.rest, &mut nothing) {
            Ok(count) => {
                self.rest.drain(..count);
                Ok(())
            }
            Err(fault) => {
                (self.persists, self.incoming) = (false, Incoming::None);
                Err(if let BodyFault::Bad(status) = fault { status } else { 400 })
            }
        }
    }

    pub(super) fn poll_incoming(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        into: &mut Vec<u8>,
    ) -> Poll<Result<bool, BodyFault>> {
        if self.incoming.is_done() {
            return Poll::Ready(Ok(true));
        }
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            let count = self.incoming.take(&rest, into)?;
            self.received += count as u64;
            self.rest.extend_from_slice(&rest[count..]);
            return Poll::Ready(Ok(self.incoming.is_done()));
        }
        if self.outgoing.poll_flush(&mut self.stream, cx)?.is_pending() {
            return Poll::Pending;
        }
        let mut scratch = worker.scratch.borrow_mut();
        match std::task::ready!(self.stream.poll_read(cx, &mut scratch)) {
            Ok(0) | Err(_) => Poll::Ready(Err(BodyFault::Gone)),
            Ok(count) => {
                let taken = self.incoming.take(&scratch[..count], into)?;
                self.received += taken as u64;
                self.rest.extend_from_slice(&scratch[taken..count]);
                Poll::Ready(Ok(self.incoming.is_done()))
            }
        }
    }
}

impl From<std::io::Error> for BodyFault {
    fn from(_: std::io::Error) -> BodyFault {
        BodyFault::Gone
    }
}
