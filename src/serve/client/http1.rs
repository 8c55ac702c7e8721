//! A connection that speaks HTTP/1: its requests one after the other, until it is closed.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::arrival::{Arrived, Known};
use super::head::Read;
use super::incoming::Incoming;
use super::outgoing::Outgoing;
use super::pace::Pace;
use super::{BodyFault, Client};
use crate::balance::Millis;
use crate::exchange::answer::{Manner, Persistence};
use crate::exchange::{Connection, Exchange, Headers, ListenerId, TermsOf};
use crate::serve::clock;
use crate::serve::drive::drive;
use crate::serve::flight::Flight;
use crate::serve::local::State;
use crate::serve::log::{Level, LogId, MAIN};
use crate::serve::state::Worker;
use crate::serve::stream::Stream;
use crate::serve::timers::Timer;

/// The connection.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the connection")]
pub struct Http1 {
    pub(super) stream: Stream,
    /// What was read beyond the current head or body.
    pub(super) rest: Vec<u8>,
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
    pub(super) timer: Timer,
    pub(super) listener: ListenerId,
    pub(super) connection: Connection,
    /// What came before requests said of it.
    pub(super) known: Known,
    /// How fast the current answer goes, if there is a limit.
    pace: Option<Box<Pace>>,
    /// The error log of where the request before this one was.
    pub(super) log: LogId,
    /// When the connection began.
    pub(super) opened: Millis,
    /// Requests so far.
    pub(super) requests: u64,
    /// Chance that tells its requests apart.
    pub(super) chance: [u64; 2],
    /// Bytes that came of the current body.
    pub(super) received: u64,
    /// The current request came before the one before it was answered.
    pub(super) is_pipelined: bool,
    /// It may serve another request after this one.
    pub(super) persists: bool,
    /// The client closed it before its first request.
    is_over: bool,
    /// The client asks whether it may send its body.
    pub(super) expects: bool,
    /// The client may still be sending when the connection is closed.
    pub(super) lingers: bool,
}

/// How the wait for the next request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Readable,
    Over,
}

impl Http1 {
    /// A connection that was just accepted.
    pub fn new(worker: &Worker, arrived: Arrived, listener: ListenerId, connection: Connection) -> Http1 {
        let Arrived { stream, rest, known } = arrived;
        Http1 {
            stream,
            rest,
            known,
            incoming: Incoming::None,
            outgoing: Outgoing::default(),
            timer: worker.timers.timer(),
            listener,
            connection,
            pace: None,
            log: MAIN,
            opened: clock::now(),
            requests: 0,
            chance: worker.draw(),
            received: 0,
            is_pipelined: false,
            persists: false,
            is_over: false,
            expects: false,
            lingers: false,
        }
    }

    /// Serves it to its end.
    pub async fn run(&mut self, worker: &Rc<Worker>) {
        let mut patience = self.server(worker).header_timeout;
        loop {
            if self.rest.is_empty() && self.wait(worker, patience).await == Waited::Over {
                break;
            }
            self.is_pipelined = self.requests > 0 && !self.rest.is_empty();
            let mut flight = worker.take_off();
            // Apart, so that an idle connection is small.
            let again = Box::pin(self.serve(worker, &mut flight)).await;
            patience = worker.terms(&flight.exchange).keepalive_timeout;
            let lingering = worker.terms(&flight.exchange).lingering;
            self.log = worker.logs.of(worker.terms(&flight.exchange).scope);
            worker.land(flight);
            if !again {
                Box::pin(self.close(worker, lingering)).await;
                break;
            }
        }
    }

    /// Waits for the first byte of the next request.
    async fn wait(&mut self, worker: &Worker, patience: u64) -> Waited {
        worker.counts.add(State::Waiting);
        self.timer.set_after(patience);
        let waited = poll_fn(|cx| {
            if self.poll_first(cx, worker).is_ready() {
                return Poll::Ready(if self.is_over { Waited::Over } else { Waited::Readable });
            }
            let timed_out = self.timer.poll(cx).is_ready();
            if timed_out && self.requests == 0 {
                worker.say_unused(self.listener, &self.connection, true);
            }
            let is_over = timed_out || (worker.is_leaving.get() && self.requests > 0);
            if is_over { Poll::Ready(Waited::Over) } else { Poll::Pending }
        })
        .await;
        self.timer.clear();
        worker.counts.remove(State::Waiting);
        waited
    }

    /// Ready once something came, or the end. A fresh connection counts as readable before it is, so it is read.
    fn poll_first(&mut self, cx: &mut Context, worker: &Worker) -> Poll<()> {
        if self.requests > 0 {
            return self.stream.poll_readable(cx);
        }
        let mut scratch = worker.scratch.borrow_mut();
        match std::task::ready!(self.stream.poll_read(cx, &mut scratch)) {
            Ok(0) => {
                self.is_over = true;
                worker.say_unused(self.listener, &self.connection, false);
            }
            Err(_) => self.is_over = true,
            Ok(count) => self.rest.extend_from_slice(&scratch[..count]),
        }
        Poll::Ready(())
    }

    /// Serves one request; whether there may be another.
    async fn serve(&mut self, worker: &Rc<Worker>, flight: &mut Flight) -> bool {
        worker.counts.add(State::Reading);
        self.outgoing.exchange_room(&mut flight.out);
        let read = self.read_head(worker, flight).await;
        worker.counts.remove(State::Reading);
        let is_readable = read == Read::Request;
        let action = match read {
            Read::Nothing => return false,
            Read::Request => worker.arrive(&mut flight.exchange, self.listener),
            Read::Refused(status) => worker.reject(&mut flight.exchange, self.listener, status),
            Read::Broken(status) => {
                worker.reject(&mut flight.exchange, self.listener, status);
                flight.exchange.status = status;
                report_complaint(worker, flight);
                worker.log_request(self, flight, false);
                return false;
            }
        };
        self.requests += 1;
        report_complaint(worker, flight);
        self.known.complain(worker, &flight.exchange);
        worker.counts.add(State::Requests);
        worker.counts.add(State::Writing);
        self.settle_persistence(worker, flight);
        drive(worker, self, flight, action).await;
        worker.log_request(self, flight, is_readable);
        self.known.forget_early();
        for task in flight.background.drain(..) {
            // One that panicked has ended, too.
            let _ = task.await;
        }
        let again = self.drain(worker, flight).await;
        worker.counts.remove(State::Writing);
        again
    }

    /// Whether the connection may stay, by what the client and the server it chose say.
    fn settle_persistence(&mut self, worker: &Worker, flight: &Flight) {
        let terms = worker.terms(&flight.exchange);
        self.persists = self.persists && self.may_persist(worker, terms) && !is_disabled(terms, &flight.exchange);
    }

    fn may_persist(&self, worker: &Worker, terms: &TermsOf) -> bool {
        terms.keepalive_timeout > 0
            && self.requests < terms.keepalive_requests
            && clock::now().since(self.opened) <= terms.keepalive_time
            && !worker.is_leaving.get()
    }
}

/// Says what was wrong with the head.
fn report_complaint(worker: &Worker, flight: &mut Flight) {
    if let Some((stage, complaint)) = flight.complaint.take() {
        worker.report_bytes(&flight.exchange, Level::Info, stage.words(), &complaint);
    }
}

/// `keepalive_disable`
fn is_disabled(terms: &TermsOf, exchange: &Exchange) -> bool {
    let (msie6, safari) = terms.keepalive_disable;
    let request = &exchange.request;
    (msie6 && request.method() == b"POST" && request.is_msie6()) || (safari && request.is_safari())
}

impl Client for Http1 {
    fn timer(&self) -> &Timer {
        &self.timer
    }

    fn hint(&mut self, _: &Worker, flight: &Flight, headers: &Headers) {
        if flight.exchange.request.version() >= 11 {
            self.outgoing.hint(headers);
        }
    }

    /// At whatever pace: that is the answer's.
    fn poll_interim(&mut self, cx: &mut Context) {
        if !self.outgoing.is_empty() {
            // Who is gone is noticed elsewhere.
            let _ = self.outgoing.poll_flush(&mut self.stream, cx);
        }
    }

    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool) {
        let Flight { exchange, answer, .. } = flight;
        let terms = worker.terms(exchange);
        if worker.is_leaving.get() || exchange.route.closes() {
            self.persists = false;
        }
        let version = exchange.request.version();
        let may_chunk = has_body && version >= 11 && terms.chunked && answer.status != 101;
        if answer.expects_trailers && may_chunk {
            answer.length = None;
        }
        let sized = answer.length.is_some() || !has_body;
        let chunked = !sized && may_chunk;
        if !sized && !chunked {
            self.persists = false;
        }
        let persistence = match answer.status {
            101 => Persistence::Upgrade,
            _ if self.persists => Persistence::KeepAlive(terms.keepalive_header),
            _ => Persistence::Close,
        };
        self.outgoing.begin(chunked);
        exchange.facts.persistence = Some(persistence);
        exchange.facts.is_chunked = chunked;
        let before = self.outgoing.head().len();
        if version >= 10 {
            worker.with_date(|date| {
                let manner = Manner { server: &terms.signature, date, persistence, chunked };
                answer.write_http1(&manner, self.outgoing.head());
            });
        }
        let head = (self.outgoing.head().len() - before) as u64;
        exchange.facts.head_sent = head;
        self.pace = Pace::of(worker, exchange).map(Box::new);
    }

    #[inline]
    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        let Some(most) = self.pace.as_ref().map(|pace| pace.turn()) else {
            return self.outgoing.poll_send(&mut self.stream, cx, body);
        };
        while !body.is_empty() {
            if self.outgoing.waiting() >= most {
                std::task::ready!(self.poll_flush(cx))?;
            }
            let (piece, rest) = body.split_at(body.len().min(most));
            *body = rest;
            self.outgoing.put(piece);
        }
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        if let Some(pace) = &mut self.pace {
            while !self.outgoing.is_empty() {
                let most = std::task::ready!(pace.poll_allowance(cx));
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let sent = std::task::ready!(self.outgoing.poll_some(&mut self.stream, cx, most))?;
                pace.went(sent as u64);
            }
        }
        self.outgoing.poll_flush(&mut self.stream, cx)
    }

    fn waiting(&self) -> usize {
        self.outgoing.waiting()
    }

    fn trail(&mut self, trailers: &Headers) {
        self.outgoing.trail(trailers);
    }

    fn end(&mut self) {
        self.outgoing.end();
    }

    fn fail(&mut self) {
        self.persists = false;
    }

    fn poll_body(&mut self, cx: &mut Context, worker: &Worker, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        self.poll_incoming(cx, worker, into)
    }

    fn invite_body(&mut self) {
        if std::mem::take(&mut self.expects) {
            self.outgoing.head().extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    fn open_tunnel(&mut self) {
        self.incoming = Incoming::Tunnel;
        self.persists = false;
    }

    fn discard_body(&mut self) -> Result<(), u16> {
        self.invite_body();
        self.discard_incoming()
    }

    fn poll_gone(&mut self, cx: &mut Context, worker: &Worker) -> Poll<()> {
        /// What a client may send ahead.
        const AHEAD: usize = 64 << 10;
        loop {
            if self.rest.len() >= AHEAD {
                return Poll::Pending;
            }
            let mut scratch = worker.scratch.borrow_mut();
            match self.stream.poll_read(cx, &mut scratch) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(count)) => self.rest.extend_from_slice(&scratch[..count]),
            }
        }
    }

    fn sent(&self) -> u64 {
        self.outgoing.sent()
    }

    fn received(&self) -> u64 {
        self.received
    }
}
