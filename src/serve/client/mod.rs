//! Clients: connections on which requests come and answers go.

pub mod arrival;
mod close;
mod head;
pub mod http1;
mod incoming;
mod outgoing;
mod proxied;

use std::io;
use std::task::{Context, Poll};

use super::flight::Flight;
use super::state::Worker;
use super::timers::Timer;

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

    /// Takes the head of the answer; a body follows if `has_body`.
    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool);

    /// Takes bytes of the body off `body`; ready once all were taken.
    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>>;

    /// Ready once all that was taken is on its way.
    fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>>;

    /// The body is complete.
    fn end(&mut self);

    /// What was taken cannot be completed.
    fn fail(&mut self);

    /// Reads more of the request's body and appends it to `into`; whether it is complete.
    fn poll_body(&mut self, cx: &mut Context, worker: &Worker, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>>;

    /// Says that the body may come, where the client waits for that.
    fn invite_body(&mut self);

    /// Ready once the client has gone.
    fn poll_gone(&mut self, cx: &mut Context, worker: &Worker) -> Poll<()>;

    /// Bytes that were sent of the whole answer.
    fn sent(&self) -> u64;
}
