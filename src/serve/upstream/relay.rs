//! The body of an upstream's answer on its way to the client: `ngx_event_pipe.c` and the unbuffered way.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::framing::length;
use super::attempt::{tell_reset, tell_timeout};
use super::link::Link;
use crate::balance::Millis;
use crate::exchange::Event;
use crate::exchange::answer::{Rewrite, Treatment};
use crate::serve::client::Client;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, Stage};
use crate::serve::state::Worker;

/// Where the relay is.
struct Relay {
    /// Content that the client has not taken, from `at` on.
    pending: Vec<u8>,
    at: usize,
    /// When the upstream last sent, and the client last took, something.
    heard: Millis,
    took: Millis,
}

/// How it ended.
enum Ended {
    Whole,
    Reset(Option<std::io::Error>),
    BadChunk(&'static str),
    ClientTimeout,
    ReadTimeout,
    ClientGone,
}

/// Passes an answer on whose head was read.
pub async fn forward<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, mut link: Link) -> Event {
    make_answer(worker, flight, &link);
    if let Some(attempt) = flight.exchange.attempts.last_mut() {
        attempt.response_length += link.rest.len() as u64;
    }
    let has_body = !flight.answer.header_only;
    client.begin(worker, flight, has_body);
    let now = clock::now();
    let mut relay = Relay { pending: Vec::new(), at: 0, heard: now, took: now };
    let ended = poll_fn(|cx| relay.poll(cx, worker, client, flight, &mut link)).await;
    client.timer().clear();
    match ended {
        Ended::Whole => {
            if link.framing.is_done() && link.rest.is_empty() && link.is_sent {
                let exchange = &flight.exchange;
                if let Some(attempt) = exchange.attempts.last() {
                    worker.pools.give(exchange.tries.group.upstream(), &attempt.addr, exchange.route.location, link);
                }
            }
            Event::LastByte
        }
        Ended::Reset(error) => {
            tell_reset(worker, flight, Stage::ReadingBody, error.as_ref());
            Event::Reset
        }
        Ended::BadChunk(words) => {
            worker.report(flight, Level::Error, Stage::ReadingBody, format_args!("{words}"));
            Event::Reset
        }
        Ended::ReadTimeout => {
            tell_timeout(worker, flight, Stage::ReadingBody);
            Event::ReadTimeout
        }
        Ended::ClientTimeout => {
            let words = "client timed out (110: Connection timed out)";
            worker.report(flight, Level::Info, Stage::SendingToClient, format_args!("{words}"));
            Event::ClientGone
        }
        Ended::ClientGone => Event::ClientGone,
    }
}

struct NoRewrite;

impl Rewrite for NoRewrite {
    fn rewrite(&mut self, _: Treatment, _: &[u8], _: &mut Vec<u8>) -> bool {
        false
    }
}

/// The head of the answer.
fn make_answer(worker: &Worker, flight: &mut Flight, link: &Link) {
    let Flight { answer, exchange, upstream_head, status_line, .. } = flight;
    answer.clear();
    let Some(http) = worker.http(exchange) else { return };
    answer.status = exchange.route.outcome(exchange.status);
    if answer.status == upstream_head.status {
        answer.status_line.extend_from_slice(status_line);
    }
    answer.take(&exchange.upstream_headers, &http.treatments, exchange.request.version() >= 20, &mut NoRewrite);
    answer.header_only = exchange.request.method() == b"HEAD" || matches!(answer.status, 204 | 304);
    if !matches!(link.framing, super::framing::Framing::Chunked(_)) {
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
            let rest = std::mem::take(&mut link.rest);
            if let Err(ended) = self.take(cx, client, link, &rest) {
                return Poll::Ready(ended);
            }
        }
        loop {
            let blocked = match self.poll_pending(cx, client) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(_)) => return Poll::Ready(Ended::ClientGone),
                Poll::Pending => true,
            };
            if link.framing.is_done() {
                if blocked {
                    return self.wait(cx, client, terms.send_timeout, None);
                }
                client.end();
                return match client.poll_flush(cx) {
                    Poll::Ready(Ok(())) => Poll::Ready(Ended::Whole),
                    Poll::Ready(Err(_)) => Poll::Ready(Ended::ClientGone),
                    Poll::Pending => self.wait(cx, client, terms.send_timeout, None),
                };
            }
            let room = if terms.buffering.on { terms.buffering.memory as usize } else { terms.buffering.head as usize };
            if blocked && self.pending.len() - self.at >= room {
                return self.wait(cx, client, terms.send_timeout, None);
            }
            let mut scratch = worker.scratch.borrow_mut();
            match link.stream.poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(0)) if matches!(link.framing, super::framing::Framing::Close) => {
                    link.framing = super::framing::Framing::Done;
                    link.persists = false;
                }
                Poll::Ready(Ok(0)) => return Poll::Ready(Ended::Reset(None)),
                Poll::Ready(Err(error)) => return Poll::Ready(Ended::Reset(Some(error))),
                Poll::Ready(Ok(count)) => {
                    self.heard = clock::now();
                    if let Some(attempt) = flight.exchange.attempts.last_mut() {
                        attempt.bytes_received += count as u64;
                        attempt.response_length += count as u64;
                    }
                    if let Err(ended) = self.take(cx, client, link, &scratch[..count]) {
                        return Poll::Ready(ended);
                    }
                }
                Poll::Pending => {
                    if !blocked && let Poll::Ready(Err(_)) = client.poll_flush(cx) {
                        return Poll::Ready(Ended::ClientGone);
                    }
                    let read_timeout = flight.exchange.passing().read_timeout;
                    return self.wait(cx, client, terms.send_timeout, Some(read_timeout));
                }
            }
        }
    }

    /// Waits for the client, the upstream, or the time of one of them.
    fn wait<C: Client>(
        &self,
        cx: &mut Context,
        client: &C,
        send_timeout: u64,
        read_timeout: Option<u64>,
    ) -> Poll<Ended> {
        let (ended, due) = match read_timeout {
            Some(timeout) => (Ended::ReadTimeout, self.heard.plus(timeout)),
            None => (Ended::ClientTimeout, self.took.plus(send_timeout)),
        };
        client.timer().set(due);
        if client.timer().poll(cx).is_ready() { Poll::Ready(ended) } else { Poll::Pending }
    }

    /// Gives the client what it has not taken.
    fn poll_pending<C: Client>(&mut self, cx: &mut Context, client: &mut C) -> Poll<std::io::Result<()>> {
        if self.at < self.pending.len() {
            let mut left = &self.pending[self.at..];
            let before = left.len();
            let done = client.poll_send(cx, &mut left);
            let count = before - left.len();
            self.at += count;
            if count > 0 {
                self.took = clock::now();
            }
            std::task::ready!(done)?;
            self.pending.clear();
            self.at = 0;
        }
        Poll::Ready(Ok(()))
    }

    /// Takes content off what was read; what the client does not take at once is kept.
    fn take<C: Client>(
        &mut self,
        cx: &mut Context,
        client: &mut C,
        link: &mut Link,
        input: &[u8],
    ) -> Result<(), Ended> {
        let mut at = 0;
        while at < input.len() && !link.framing.is_done() {
            let piece = link.framing.read(&input[at..]).map_err(|bad| Ended::BadChunk(bad.message()))?;
            let mut data = &input[at..][piece.data];
            at += piece.consumed;
            if self.at == self.pending.len() && !data.is_empty() {
                match client.poll_send(cx, &mut data) {
                    Poll::Ready(Ok(())) => self.took = clock::now(),
                    Poll::Ready(Err(_)) => return Err(Ended::ClientGone),
                    Poll::Pending => {}
                }
            }
            self.pending.extend_from_slice(data);
        }
        if at < input.len() {
            // More than the answer: the connection is of no more use.
            link.persists = false;
        }
        Ok(())
    }
}
