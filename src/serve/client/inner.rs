//! The client of a subrequest: nobody outside. What is sent to it goes nowhere, or into the answer of another request.

use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{BodyFault, Client};
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::outlet::{End, Pipe, about};
use crate::serve::state::Worker;
use crate::serve::timers::Timer;

/// The client of a subrequest.
pub struct Inner {
    timer: Timer,
    /// Where the body of the answer goes, if anyone wants it.
    pipe: Option<Rc<Pipe>>,
    sent: u64,
    is_broken: bool,
    /// There is more of a body than there may be.
    is_too_much: bool,
}

impl Inner {
    /// One that wants no body.
    pub fn deaf(worker: &Worker) -> Inner {
        Inner { timer: worker.timers.timer(), pipe: None, sent: 0, is_broken: false, is_too_much: false }
    }

    /// One whose body goes into a pipe.
    pub fn piped(worker: &Worker, pipe: Rc<Pipe>) -> Inner {
        Inner { pipe: Some(pipe), ..Inner::deaf(worker) }
    }

    /// Tells the reader of the pipe that the request is over.
    pub fn finish(self, worker: &Worker, flight: &Flight) {
        if self.is_too_much {
            let text = b"too big subrequest response";
            worker.report_bytes(&flight.exchange, Level::Error, about(&flight.answer), text);
        }
        if let Some(pipe) = &self.pipe {
            pipe.end(if self.is_broken { End::Broken } else { End::Whole(flight.exchange.status) });
        }
    }
}

impl Client for Inner {
    fn timer(&self) -> &Timer {
        &self.timer
    }

    /// What is wanted as a whole has a limit: `ngx_http_postpone_filter_in_memory`.
    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool) {
        let Some(pipe) = self.pipe.as_ref().filter(|pipe| pipe.is_whole()) else { return };
        let most = worker.terms(&flight.exchange).subrequest_buffer;
        match flight.answer.length.filter(|_| has_body) {
            Some(length) if length > most => {
                let text = format!("too big subrequest response: {length}");
                worker.report_bytes(&flight.exchange, Level::Error, about(&flight.answer), text.as_bytes());
                self.is_broken = true;
            }
            Some(length) => pipe.limit(length),
            None => pipe.limit(most),
        }
    }

    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        let before = body.len();
        let Some(pipe) = &self.pipe else {
            (self.sent, *body) = (self.sent + before as u64, &[]);
            return Poll::Ready(Ok(()));
        };
        if self.is_broken {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let sent = pipe.poll_write(cx, body);
        self.sent += (before - body.len()) as u64;
        if let Poll::Ready(Err(error)) = &sent {
            (self.is_broken, self.is_too_much) = (true, error.kind() == io::ErrorKind::FileTooLarge);
        }
        sent
    }

    fn poll_flush(&mut self, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn end(&mut self) {}

    fn fail(&mut self) {
        self.is_broken = true;
    }

    fn waits_within(&self) -> bool {
        true
    }

    /// The body is what the flight was given.
    fn poll_body(&mut self, _: &mut Context, _: &Worker, _: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        Poll::Ready(Ok(true))
    }

    fn invite_body(&mut self) {}

    fn open_tunnel(&mut self) {}

    fn poll_gone(&mut self, cx: &mut Context, _: &Worker) -> Poll<()> {
        self.pipe.as_ref().map_or(Poll::Pending, |pipe| pipe.poll_closed(cx))
    }

    fn sent(&self) -> u64 {
        self.sent
    }
}
