//! The client of a subrequest: nobody outside. What is sent to it is kept, or goes nowhere.

use std::io;
use std::task::{Context, Poll};

use super::{BodyFault, Client};
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::timers::Timer;

/// The client of a subrequest.
pub struct Inner {
    timer: Timer,
    /// Where the body of the answer goes, if anyone wants it.
    body: Option<Vec<u8>>,
    sent: u64,
    is_broken: bool,
}

impl Inner {
    /// One that wants no body.
    pub fn deaf(worker: &Worker) -> Inner {
        Inner { timer: worker.timers.timer(), body: None, sent: 0, is_broken: false }
    }

    /// One that keeps the body.
    pub fn listening(worker: &Worker) -> Inner {
        Inner { body: Some(Vec::new()), ..Inner::deaf(worker) }
    }

    /// The body, as far as it came, and whether that is all of it.
    pub fn into_body(self) -> (Vec<u8>, bool) {
        (self.body.unwrap_or_default(), !self.is_broken)
    }
}

impl Client for Inner {
    fn timer(&self) -> &Timer {
        &self.timer
    }

    fn begin(&mut self, _: &Worker, _: &mut Flight, _: bool) {}

    fn poll_send(&mut self, _: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        self.sent += body.len() as u64;
        if let Some(kept) = &mut self.body {
            kept.extend_from_slice(body);
        }
        *body = &[];
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn end(&mut self) {}

    fn fail(&mut self) {
        self.is_broken = true;
    }

    /// The body is what the flight was given.
    fn poll_body(&mut self, _: &mut Context, _: &Worker, _: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        Poll::Ready(Ok(true))
    }

    fn invite_body(&mut self) {}

    fn open_tunnel(&mut self) {}

    fn poll_gone(&mut self, _: &mut Context, _: &Worker) -> Poll<()> {
        Poll::Pending
    }

    fn sent(&self) -> u64 {
        self.sent
    }
}
