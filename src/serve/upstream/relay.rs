//! The body of an upstream's answer on its way to the client: `ngx_event_pipe.c` and the unbuffered way.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::answer::{make_answer, note, promised, take_trailers};
use super::framing::{Framing, Note};
use super::link::Link;
use super::request::poll_request;
use super::say::{CLOSED, READING_BODY, TIMED_OUT, say_failed, say_of};
use super::speaks;
use super::store::Store;
use super::tunnel::tunnel;
use crate::balance::Millis;
use crate::exchange::{Event, TermsOf};
use crate::serve::client::Client;
use crate::serve::client::pace::Pace;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::send;
use crate::serve::spool::Spool;
use crate::serve::state::Worker;

/// Where the relay is.
struct Relay {
    /// Content that the client has not taken, from `at` on.
    pending: Spool,
    at: u64,
    /// The upstream is read as fast as it sends.
    buffers: bool,
    /// Who knows that nothing more comes.
    told: Told,
    /// The answer is stored; it is read to its end then, as fast as it comes.
    store: Option<Store>,
    /// Its client has gone, and it is read only to be stored.
    is_deaf: bool,
    /// How fast it is read, if there is a limit.
    pace: Option<Pace>,
    /// What went wrong with the upstream; the client still gets what came before.
    failed: Option<Ended>,
    /// When the upstream last sent, and the client last took, something.
    heard: Millis,
    took: Millis,
}

/// To whom the end of an answer was told: first to the body filters, then, when it has all, to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nobody,
    Filters,
    Client,
}

/// How it ended.
enum Ended {
    Whole,
    ClientTimeout,
    Reset,
    ReadTimeout,
    ClientGone,
}

/// Passes an answer on whose head was read.
pub async fn forward<C: Client>(
    worker: &Rc<Worker>,
    client: &mut C,
    flight: &mut Flight,
    mut link: Box<Link>,
) -> Event {
    make_answer(worker, flight, &link);
    if let Some(attempt) = flight.exchange.attempts.last_mut() {
        attempt.response_length += link.rest.len() as u64;
    }
    if let Err(refused) = send::filter(worker, flight) {
        if !refused.keeps_headers {
            flight.answer.clear();
        }
        return Event::Failed(refused.status);
    }
    let has_body = !flight.answer.header_only;
    if flight.answer.status == 101 && flight.exchange.request.value(b"upgrade").is_some() {
        client.begin(worker, flight, true);
        return tunnel(worker, client, flight, link).await;
    }
    client.begin(worker, flight, has_body);
    let buffers = speaks::buffers(worker, &flight.exchange);
    let store = if buffers { Store::begin(worker, flight, promised(&flight.exchange, &link)) } else { None };
    if flight.head_only && !link.framing.is_done() && store.is_none() {
        // Nobody wants the body.
        return Event::LastByte;
    }
    let now = clock::now();
    let mut relay = Relay {
        pending: Spool::default(),
        at: 0,
        buffers,
        store,
        is_deaf: false,
        told: Told::Nobody,
        pace: None,
        failed: None,
        heard: now,
        took: now,
    };
    if let Some(rate) = worker.terms(&flight.exchange).upstream_rate.as_deref().filter(|_| relay.buffers) {
        relay.pace = Pace::at(worker, &mut flight.exchange, rate);
        if let Some(pace) = &mut relay.pace {
            pace.went(link.rest.len() as u64);
        }
    }
    let ended = poll_fn(|cx| relay.poll(cx, worker, client, flight, &mut link)).await;
    client.timer().clear();
    match ended {
        Ended::Whole => {
            if let Some(attempt) = flight.exchange.attempts.last() {
                worker.pools.give(attempt, flight.exchange.route.location, link);
            }
            if relay.is_deaf { Event::ClientGone } else { Event::LastByte }
        }
        Ended::Reset => Event::Reset,
        Ended::ReadTimeout => {
            say_of(worker, flight, Level::Error, TIMED_OUT, READING_BODY);
            Event::ReadTimeout
        }
        Ended::ClientTimeout => {
            let words = b"client timed out (110: Connection timed out)";
            say_of(worker, flight, Level::Info, words, "while sending to client");
            Event::ClientGone
        }
        Ended::ClientGone => Event::ClientGone,
    }
}

impl Relay {
    fn poll<C: Client>(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        client: &mut C,
        flight: &mut Flight,
        link: &mut Link,
    ) -> Poll<Ended> {
        let terms = worker.terms(&flight.exchange);
        if !link.rest.is_empty() && !link.framing.is_done() {
            let mut rest = std::mem::take(&mut link.rest);
            if let Err(ended) = self.take(cx, worker, client, flight, link, &rest) {
                self.failed = Some(ended);
            }
            if link.rest.is_empty() {
                // The room is used again.
                rest.clear();
                link.rest = rest;
            }
        }
        loop {
            if link.framing.is_done() && self.told == Told::Nobody {
                self.told = Told::Filters;
                self.finish(worker, flight);
            }
            let blocked = match self.poll_pending(cx, worker, client) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(_)) if self.deafen() => false,
                Poll::Ready(Err(_)) => return Poll::Ready(Ended::ClientGone),
                Poll::Pending => true,
            };
            if link.framing.is_done() || self.failed.is_some() {
                return self.close(cx, worker, client, flight, link, blocked);
            }
            if !link.sending.is_done {
                // The peer answers before it has read the whole request; it may want the rest.
                let _ = poll_request(cx, worker, client, flight, link);
            }
            if blocked && self.pending.len() - self.at >= self.room(terms) {
                return self.wait(cx, worker, client, terms.send_timeout, None);
            }
            if blocked && self.buffers && self.pending.settle(&terms.buffer_place()).is_err() {
                return Poll::Ready(Ended::Reset);
            }
            let mut scratch = worker.scratch.borrow_mut();
            let read = match self.poll_allowance(cx, terms) {
                Poll::Ready(most) => {
                    let most = most.min(scratch.len());
                    link.stream.poll_read(cx, &mut scratch[..most])
                }
                Poll::Pending => Poll::Pending,
            };
            match read {
                Poll::Ready(Ok(0)) if link.framing.ends_here() => {
                    link.framing = Framing::Done;
                    link.persists = false;
                }
                Poll::Ready(Ok(0)) => {
                    say_of(worker, flight, Level::Error, CLOSED, READING_BODY);
                    self.failed = Some(Ended::Reset);
                }
                Poll::Ready(Err(error)) => {
                    say_failed(worker, flight, "recv()", &error, READING_BODY);
                    self.failed = Some(Ended::Reset);
                }
                Poll::Ready(Ok(count)) => {
                    self.heard = clock::now();
                    if let Some(attempt) = flight.exchange.attempts.last_mut() {
                        attempt.bytes_received += count as u64;
                        attempt.response_length += count as u64;
                    }
                    if let Some(pace) = &mut self.pace {
                        pace.went(count as u64);
                    }
                    if let Err(ended) = self.take(cx, worker, client, flight, link, &scratch[..count]) {
                        self.failed = Some(ended);
                    }
                }
                Poll::Pending => {
                    let is_worth_it = !self.buffers || client.waiting() as u64 >= terms.postpone_output;
                    if !blocked
                        && is_worth_it
                        && !self.is_deaf
                        && let Poll::Ready(Err(_)) = client.poll_flush(cx)
                        && !self.deafen()
                    {
                        return Poll::Ready(Ended::ClientGone);
                    }
                    let read_timeout = flight.exchange.passing().read_timeout;
                    return self.wait(cx, worker, client, terms.send_timeout, Some(read_timeout));
                }
            }
        }
    }

    /// Nothing more comes of the upstream: the client gets what it has not taken, and is told.
    fn close<C: Client>(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        client: &mut C,
        flight: &mut Flight,
        link: &mut Link,
        blocked: bool,
    ) -> Poll<Ended> {
        let send_timeout = worker.terms(&flight.exchange).send_timeout;
        if self.is_deaf {
            return Poll::Ready(self.failed.take().unwrap_or(Ended::Whole));
        }
        if !link.sending.is_done && link.http2.is_some() {
            // What the connection itself still has to say.
            let _ = poll_request(cx, worker, client, flight, link);
        }
        if blocked {
            return self.wait(cx, worker, client, send_timeout, None);
        }
        if self.failed.is_none() && self.told != Told::Client {
            self.told = Told::Client;
            take_trailers(worker, flight, link);
            send::end(worker, client, flight);
        }
        match client.poll_flush(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(self.failed.take().unwrap_or(Ended::Whole)),
            Poll::Ready(Err(_)) => Poll::Ready(Ended::ClientGone),
            Poll::Pending => self.wait(cx, worker, client, send_timeout, None),
        }
    }

    /// The upstream has sent all: the answer is stored, and the body filters give what they kept.
    fn finish(&mut self, worker: &Worker, flight: &mut Flight) {
        if let Some(store) = self.store.take()
            && self.failed.is_none()
        {
            store.finish(worker, flight);
        }
        if !flight.filters.is_empty() && !self.is_deaf {
            match flight.filters.filter(b"", true) {
                Ok(rest) => self.pending.buffer().extend_from_slice(rest),
                Err(_) => self.failed = Some(Ended::Reset),
            }
        }
    }

    /// The client has gone: whether the answer is read all the same.
    fn deafen(&mut self) -> bool {
        if self.store.is_none() {
            return false;
        }
        self.pending.clear();
        (self.is_deaf, self.at) = (true, 0);
        true
    }

    /// Bytes that may be read now: where there is a pace, one buffer at a time, as each is followed by a pause.
    fn poll_allowance(&mut self, cx: &mut Context, terms: &TermsOf) -> Poll<usize> {
        let Some(pace) = &self.pace else { return Poll::Ready(usize::MAX) };
        let allowance = pace.poll_allowance(cx).map(|bytes| bytes.min(terms.buffering.piece) as usize);
        if allowance.is_pending() {
            // It is not the upstream that makes itself waited for.
            self.heard = clock::now();
        }
        allowance
    }

    /// Gives what the body filters keep back but need not, where answers are passed on as they come.
    fn flush_filters(&mut self, flight: &mut Flight) -> Result<(), Ended> {
        if !self.buffers && !flight.filters.is_empty() {
            let more = flight.filters.flush().map_err(|_| Ended::Reset)?;
            self.pending.buffer().extend_from_slice(more);
        }
        Ok(())
    }

    /// Waits for the client, the upstream, or the time of one of them.
    fn wait<C: Client>(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        client: &mut C,
        send_timeout: u64,
        read_timeout: Option<u64>,
    ) -> Poll<Ended> {
        if read_timeout.is_none() && client.waits_within() {
            self.took = clock::now();
            client.timer().clear();
            return client.poll_gone(cx, worker).map(|()| Ended::ClientGone);
        }
        let (ended, due) = match read_timeout {
            Some(timeout) => (Ended::ReadTimeout, self.heard.plus(timeout)),
            None => (Ended::ClientTimeout, self.took.plus(send_timeout)),
        };
        client.timer().set(due);
        if client.timer().poll(cx).is_ready() { Poll::Ready(ended) } else { Poll::Pending }
    }

    /// Bytes that may wait for the client.
    fn room(&self, terms: &TermsOf) -> u64 {
        if self.store.is_some() {
            return u64::MAX;
        }
        let buffering = &terms.buffering;
        if self.buffers { buffering.memory.saturating_add(buffering.file) } else { buffering.head }
    }

    /// Gives the client what it has not taken.
    fn poll_pending<C: Client>(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        client: &mut C,
    ) -> Poll<std::io::Result<()>> {
        while self.at < self.pending.len() {
            let mut scratch = worker.scratch.borrow_mut();
            let mut left = if let Some(all) = self.pending.in_memory() {
                &all[self.at as usize..]
            } else {
                let count = self.pending.read_at(self.at, &mut scratch)?;
                &scratch[..count]
            };
            let before = left.len();
            let done = client.poll_send(cx, &mut left);
            let count = before - left.len();
            self.at += count as u64;
            if count > 0 {
                self.took = clock::now();
            }
            std::task::ready!(done)?;
        }
        if self.at > 0 {
            self.pending.clear();
            self.at = 0;
        }
        Poll::Ready(Ok(()))
    }

    /// Takes content off what was read; what the client does not take at once is kept.
    fn take<C: Client>(
        &mut self,
        cx: &mut Context,
        worker: &Worker,
        client: &mut C,
        flight: &mut Flight,
        link: &mut Link,
        input: &[u8],
    ) -> Result<(), Ended> {
        let mut at = 0;
        let excess = link.framing.words_for_excess();
        while at < input.len() && !link.framing.is_done() {
            let piece = link.read_piece(&input[at..]).map_err(|bad| {
                say_of(worker, flight, Level::Error, &bad.0, READING_BODY);
                Ended::Reset
            })?;
            if piece.note != Note::None {
                note(worker, flight, link, &piece.note, &input[at..]);
            }
            let mut data = &input[at..][piece.data];
            if let Some(store) = &mut self.store
                && !store.add(worker, flight, data)
            {
                return Err(Ended::Reset);
            }
            if self.is_deaf {
                at += piece.consumed;
                continue;
            }
            if !flight.filters.is_empty() {
                data = flight.filters.filter(data, false).map_err(|_| Ended::Reset)?;
            }
            at += piece.consumed;
            if self.at == self.pending.len() && !data.is_empty() {
                match client.poll_send(cx, &mut data) {
                    Poll::Ready(Ok(())) => self.took = clock::now(),
                    Poll::Ready(Err(_)) if self.deafen() => continue,
                    Poll::Ready(Err(_)) => return Err(Ended::ClientGone),
                    Poll::Pending => {}
                }
            }
            self.pending.buffer().extend_from_slice(data);
        }
        self.flush_filters(flight)?;
        if at < input.len() {
            // More than the answer: the connection is of no more use.
            link.persists = false;
            say_of(worker, flight, Level::Warn, excess.as_bytes(), READING_BODY);
        }
        Ok(())
    }
}
