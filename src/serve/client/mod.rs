//! Clients: connections on which requests come and answers go.

pub mod arrival;
mod close;
mod head;
pub mod http1;
pub mod http2;
mod incoming;
mod inner;
mod outgoing;
pub mod pace;
pub mod proxied;

pub use inner::Inner;

use std::io;
use std::task::{Context, Poll};

use super::flight::Flight;
use super::state::Worker;
use super::timers::Timer;
use crate::exchange::Headers;

/// Why the body of a request could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// The connection ended before the body.
    Gone,
    /// It is not what its framing says: this status.
    Bad(u16),
}

/// Someone who sent one request and waits for the answer.
pub trait Client {
    /// The timeout of the task that serves it.
    fn timer(&self) -> &Timer;

    /// Takes early hints, if it understands them, and sends them without waiting for more.
    fn hint(&mut self, worker: &Worker, flight: &Flight, headers: &Headers) {
        let _ = (worker, flight, headers);
    }

    /// Sends what it took before the head of the answer.
    fn poll_interim(&mut self, cx: &mut Context) {
        let _ = cx;
    }

    /// Takes the head of the answer; a body follows if `has_body`.
    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool);

    /// Takes bytes of the body off `body`; ready once all were taken.
    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>>;

    /// Ready once all that was taken is on its way.
    fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>>;

    /// Takes the headers that follow the body, before its end.
    fn trail(&mut self, trailers: &Headers) {
        let _ = trailers;
    }

    /// It is not the client who is waited for, but another answer that is to stand in this one.
    fn waits_within(&self) -> bool {
        false
    }

    /// Bytes that were taken and wait to be sent with others, where there is something to wait for.
    fn waiting(&self) -> usize {
        usize::MAX
    }

    /// The body is complete.
    fn end(&mut self);

    /// What was taken cannot be completed.
    fn fail(&mut self);

    /// Reads more of the request's body and appends it to `into`; whether it is complete.
    fn poll_body(&mut self, cx: &mut Context, worker: &Worker, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>>;

    /// Says that the body may come, where the client waits for that.
    fn invite_body(&mut self);

    /// The body is passed on piece by piece: no more of it is wanted than is taken.
    /// `buffer`: the bytes of it that are kept.
    fn take_pieces(&mut self, buffer: u64) {
        let _ = buffer;
    }

    /// From here on whatever the client sends is its body.
    fn open_tunnel(&mut self);

    /// Nobody wants the body; what came of it already is judged all the same.
    ///
    /// # Errors
    /// The status for a body that is not what its framing says.
    fn discard_body(&mut self) -> Result<(), u16> {
        self.invite_body();
        Ok(())
    }

    /// Ready once the client has gone.
    fn poll_gone(&mut self, cx: &mut Context, worker: &Worker) -> Poll<()>;

    /// Bytes that were sent of the whole answer.
    fn sent(&self) -> u64;

    /// Bytes that were read of the request's body, as they came.
    fn received(&self) -> u64 {
        0
    }
}
