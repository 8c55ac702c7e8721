//! The body of an upstream's answer on its way to the client: `ngx_event_pipe.c` and the unbuffered way.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::framing::{Framing, Note, length};
use super::link::Link;
use super::request::poll_request;
use super::say::{CLOSED, READING_BODY, TIMED_OUT, say_failed, say_of};
use super::speaks;
use super::tunnel::tunnel;
use crate::balance::Millis;
use crate::exchange::answer::{Ranges, Treatment};
use crate::exchange::{Event, TermsOf};
use crate::serve::client::Client;
use crate::serve::client::pace::Pace;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::reply::place_redirect;
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
    /// The body filters were told that nothing more comes.
    is_over: bool,
    /// The client was told that the body is complete.
    is_ended: bool,
    /// How fast it is read, if there is a limit.
    pace: Option<Pace>,
    /// What went wrong with the upstream; the client still gets what came before.
    failed: Option<Ended>,
    /// When the upstream last sent, and the client last took, something.
    heard: Millis,
    took: Millis,
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
    if flight.head_only && !link.framing.is_done() {
        // Nobody wants the body.
        return Event::LastByte;
    }
    let now = clock::now();
    let mut relay = Relay {
        pending: Spool::default(),
        at: 0,
        buffers: speaks::buffers(worker, &flight.exchange),
        is_over: false,
        pace: None,
        is_ended: false,
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
            Event::LastByte
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

/// The head of the answer.
fn make_answer(worker: &Worker, flight: &mut Flight, link: &Link) {
    let Flight { answer, exchange, upstream_head, status_line, .. } = flight;
    answer.clear();
    let Some(treatments) = speaks::treatments(worker, exchange) else { return };
    answer.status = exchange.route.outcome(exchange.status);
    if answer.status == upstream_head.status {
        answer.status_line.extend_from_slice(status_line);
    }
    answer.of_upstream = true;
    if worker.terms(exchange).heads.force_ranges {
        answer.ranges = Ranges::Single;
    }
    let rewritten = match worker.http(exchange) {
        Some(http) => http.rewrites.run(&worker.generation.site, exchange, treatments),
        None => Vec::new(),
    };
    exchange.write_cookies(&mut answer.list);
    answer.take(&exchange.upstream_headers, treatments, exchange.request.version() >= 20, &rewritten);
    if !answer.location.is_empty() {
        let path = std::mem::take(&mut answer.location);
        place_redirect(worker, exchange, &path, answer);
    }
    answer.header_only = exchange.request.method() == b"HEAD" || matches!(answer.status, 204 | 304);
    if !matches!(link.framing, Framing::Chunked(_)) {
        answer.length = length(&exchange.upstream_headers);
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
            if link.framing.is_done() && !std::mem::replace(&mut self.is_over, true) && !flight.filters.is_empty() {
                match flight.filters.filter(b"", true) {
                    Ok(rest) => self.pending.buffer().extend_from_slice(rest),
                    Err(_) => self.failed = Some(Ended::Reset),
                }
            }
            let blocked = match self.poll_pending(cx, worker, client) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(_)) => return Poll::Ready(Ended::ClientGone),
                Poll::Pending => true,
            };
            if link.framing.is_done() || self.failed.is_some() {
                if !link.sending.is_done && link.http2.is_some() {
                    // What the connection itself still has to say.
                    let _ = poll_request(cx, worker, client, flight, link);
                }
                if blocked {
                    return self.wait(cx, worker, client, terms.send_timeout, None);
                }
                if self.failed.is_none() && !std::mem::replace(&mut self.is_ended, true) {
                    take_trailers(worker, flight, link);
                    send::end(worker, client, flight);
                }
                return match client.poll_flush(cx) {
                    Poll::Ready(Ok(())) => Poll::Ready(self.failed.take().unwrap_or(Ended::Whole)),
                    Poll::Ready(Err(_)) => Poll::Ready(Ended::ClientGone),
                    Poll::Pending => self.wait(cx, worker, client, terms.send_timeout, None),
                };
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
                        && let Poll::Ready(Err(_)) = client.poll_flush(cx)
                    {
                        return Poll::Ready(Ended::ClientGone);
                    }
                    let read_timeout = flight.exchange.passing().read_timeout;
                    return self.wait(cx, worker, client, terms.send_timeout, Some(read_timeout));
                }
            }
        }
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
            if !flight.filters.is_empty() {
                data = flight.filters.filter(data, false).map_err(|_| Ended::Reset)?;
            }
            at += piece.consumed;
            if self.at == self.pending.len() && !data.is_empty() {
                match client.poll_send(cx, &mut data) {
                    Poll::Ready(Ok(())) => self.took = clock::now(),
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

/// Takes over the headers that came after the body.
fn take_trailers(worker: &Worker, flight: &mut Flight, link: &Link) {
    let Some(http2) = &link.http2 else { return };
    let Some(http) = worker.http(&flight.exchange).filter(|http| http.pass_trailers) else { return };
    for (name, value) in http2.trailers.iter() {
        if http.treatments.of(name) != Some(Treatment::Hide) {
            flight.answer.trailers.push(name, value);
        }
    }
}

/// What a piece of the body has besides content.
#[cold]
fn note(worker: &Worker, flight: &Flight, link: &mut Link, note: &Note, input: &[u8]) {
    match note {
        Note::None => {}
        Note::Stderr(text) => {
            let text = speaks::sent_in_stderr(&input[text.clone()]);
            say_of(worker, flight, Level::Error, &text, READING_BODY);
        }
        Note::Closes => link.persists = false,
        Note::Warns(text) => {
            link.persists = false;
            say_of(worker, flight, Level::Warn, text.as_bytes(), READING_BODY);
        }
        Note::Fails(text) => {
            link.persists = false;
            say_of(worker, flight, Level::Error, text.as_bytes(), READING_BODY);
        }
    }
}
