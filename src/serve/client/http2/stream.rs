//! One request of a connection: a task that drives its exchange, and the client that the exchange sees.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::session::{Begun, Session, Taking};
use crate::exchange::Headers;
use crate::serve::client::{BodyFault, Client};
use crate::serve::drive::drive;
use crate::serve::flight::Flight;
use crate::serve::local::State;
use crate::serve::state::Worker;
use crate::serve::timers::Timer;
use crate::wire::http2::MAX_WINDOW;

/// The client of one request.
pub struct Http2 {
    pub(super) session: Rc<RefCell<Session>>,
    pub(super) id: u32,
    timer: Timer,
    /// Bytes in a DATA frame at most.
    pub(super) chunk: usize,
    /// The headers after the body, encoded.
    pub(super) trailers: Vec<u8>,
    pub(super) sent: u64,
    /// Of these, bytes that are no content: header blocks, heads of frames.
    pub(super) overhead: u64,
    /// The body's length as a header tells it, and as it came.
    length: Option<u64>,
    received: u64,
    /// The buffer for a body that is passed on as it comes.
    buffer: u32,
    takes_pieces: bool,
}

/// Serves a request to its end.
pub async fn serve(worker: Rc<Worker>, session: Rc<RefCell<Session>>, begun: Begun) {
    let Begun { id, mut flight, refused } = begun;
    worker.counts.add(State::Requests);
    worker.counts.add(State::Writing);
    worker.streams.set(worker.streams.get() + 1);
    let listener = session.borrow().listener;
    let known = session.borrow().known.clone();
    known.tell(&mut flight.exchange);
    let mut client = Http2 {
        session,
        id,
        timer: worker.timers.timer(),
        chunk: 0,
        trailers: Vec::new(),
        sent: 0,
        overhead: 0,
        length: flight.exchange.body_length(),
        received: 0,
        buffer: 0,
        takes_pieces: false,
    };
    let action = match refused {
        None => worker.arrive(&mut flight.exchange, listener),
        Some(status) => worker.reject(&mut flight.exchange, listener, status),
    };
    known.complain(&worker, &flight.exchange);
    // Apart, so that what waits is small.
    Box::pin(drive(&worker, &mut client, &mut flight, action)).await;
    flight.exchange.facts.head_sent = client.overhead;
    worker.log_request(&client, &mut flight, refused.is_none());
    let timed_out = flight.exchange.status == 408;
    worker.land(flight);
    worker.counts.remove(State::Writing);
    client.session.borrow_mut().finish(id, timed_out);
    worker.streams.set(worker.streams.get() - 1);
    if worker.is_cut.get() && worker.streams.get() == 0 {
        worker.timers.wake_all();
    }
}

impl Http2 {
    /// The first time that the body is wanted.
    fn start_body(&mut self) {
        let mut session = self.session.borrow_mut();
        let preread = session.settings.preread;
        let Some(open) = session.streams.get_mut(&self.id).filter(|open| open.taking == Taking::NotYet) else { return };
        if !self.takes_pieces {
            open.taking = Taking::All;
            session.grow_window(self.id, MAX_WINDOW);
            return;
        }
        let most = u64::from(self.buffer);
        let size = self.length.filter(|length| *length <= most).map_or(most, |length| length + 1);
        let size = size.max(u64::from(preread)).min(u64::from(MAX_WINDOW)) as u32;
        open.taking = Taking::Pieces(size);
        let to = open.recv_window + (size - preread);
        session.grow_window(self.id, to);
    }

    /// What came of the body.
    fn take_body(&mut self, cx: &mut Context, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        let mut session = self.session.borrow_mut();
        let Some(open) = session.streams.get_mut(&self.id) else { return Poll::Ready(Err(BodyFault::Gone)) };
        if open.is_reset {
            return Poll::Ready(Err(BodyFault::Gone));
        }
        let came = open.body.len() as u64;
        self.received += came;
        into.append(&mut open.body);
        let is_whole = open.in_closed;
        let taking = open.taking;
        let bad = match self.length {
            Some(length) => self.received > length || (is_whole && self.received < length),
            None => false,
        };
        if bad {
            open.taking = Taking::Nothing;
            return Poll::Ready(Err(BodyFault::Bad(400)));
        }
        if came == 0 && !is_whole {
            open.waker = Some(cx.waker().clone());
        }
        if let Taking::Pieces(size) = taking
            && !is_whole
        {
            let under_way = session.under_way(self.id);
            session.grow_window(self.id, size.saturating_sub(under_way));
        }
        if came > 0 || is_whole { Poll::Ready(Ok(is_whole)) } else { Poll::Pending }
    }
}

impl Client for Http2 {
    fn timer(&self) -> &Timer {
        &self.timer
    }

    fn hint(&mut self, _: &Worker, _: &Flight, headers: &Headers) {
        self.send_hints(headers);
    }

    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool) {
        self.send_head(worker, flight, has_body);
    }

    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        self.poll_data(cx, body)
    }

    fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        self.poll_sent(cx)
    }

    fn trail(&mut self, trailers: &Headers) {
        for (name, value) in trailers.iter() {
            crate::wire::http2::hpack::write_field(&mut self.trailers, name, value);
        }
    }

    fn end(&mut self) {
        self.send_end();
    }

    fn fail(&mut self) {}

    fn poll_body(&mut self, cx: &mut Context, _: &Worker, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        self.start_body();
        self.take_body(cx, into)
    }

    fn invite_body(&mut self) {}

    fn take_pieces(&mut self, buffer: u64) {
        (self.takes_pieces, self.buffer) = (true, buffer.min(u64::from(MAX_WINDOW)) as u32);
    }

    fn open_tunnel(&mut self) {}

    fn poll_gone(&mut self, cx: &mut Context, _: &Worker) -> Poll<()> {
        let mut session = self.session.borrow_mut();
        match session.streams.get_mut(&self.id) {
            Some(open) if !open.is_reset => {
                open.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    fn sent(&self) -> u64 {
        self.sent
    }

    fn received(&self) -> u64 {
        self.received
    }
}
