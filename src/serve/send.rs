//! Sends an answer that is made here: its head through the header filters, its content in pieces through the body
//! filters. Whole files stay on the disk; of each one piece at a time is in memory.

use std::fs::File;
use std::future::poll_fn;
use std::os::unix::fs::FileExt;
use std::rc::Rc;
use std::task::Poll;

use super::client::Client;
use super::clock;
use super::flight::Flight;
use super::local::complain;
use super::log::Level;
use super::state::Worker;
use crate::exchange::answer::{Filtering, Part, Refused, filter_head};

/// Bytes of a file that are read at once.
const PIECE: u64 = 64 << 10;

/// Where the content comes from.
pub enum Source {
    /// From memory.
    Memory(Vec<u8>),
    /// From a file of this length.
    File(File, u64),
}

impl Source {
    fn length(&self) -> u64 {
        match self {
            Source::Memory(content) => content.len() as u64,
            Source::File(_, length) => *length,
        }
    }
}

/// Runs the header filters over the head of an answer.
///
/// # Errors
/// Another answer takes its place.
pub fn filter(worker: &Worker, flight: &mut Flight) -> Result<(), Refused> {
    let Flight { answer, exchange, filters, head_only, varies, .. } = flight;
    filters.clear();
    answer.header_only |= *head_only;
    answer.gzip_vary |= *varies;
    for (name, value) in exchange.kept.iter() {
        if !name.eq_ignore_ascii_case(b"content-type") {
            answer.list.push(name, value);
        } else if !answer.of_upstream {
            answer.set_type(value);
        }
    }
    exchange.kept.clear();
    let terms = &worker.terms(exchange).heads;
    let site = &worker.generation.site;
    let unique = worker.unique();
    let refused = filter_head(Filtering { site, terms, exchange, answer, filters, unique });
    flight.exchange.status = flight.answer.status;
    refused
}

/// Sends head and content; the client is told if that fails half way.
///
/// # Errors
/// Nothing was sent: another answer takes its place.
pub async fn send<C: Client>(
    worker: &Rc<Worker>,
    client: &mut C,
    flight: &mut Flight,
    source: &Source,
) -> Result<(), Refused> {
    filter(worker, flight)?;
    send_filtered(worker, client, flight, source).await;
    Ok(())
}

/// [`send`] of an answer that went through the header filters, or does not go there.
pub async fn send_filtered<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, source: &Source) {
    let has_body = !flight.answer.header_only;
    client.begin(worker, flight, has_body);
    let mut room = std::mem::take(&mut flight.room);
    let sent = if has_body { content(worker, client, flight, source, &mut room).await } else { Some(()) };
    flight.room = room;
    if sent.is_some() {
        end(worker, client, flight);
    }
    let timeout = worker.terms(&flight.exchange).send_timeout;
    let is_sent = sent.is_some() && flush(worker, client, timeout).await;
    flight.exchange.facts.is_complete = is_sent;
    if !is_sent {
        client.fail();
    }
}

/// The body is complete: what follows it, and its end.
pub fn end<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) {
    let Flight { answer, exchange, .. } = flight;
    if answer.expects_trailers && !answer.header_only {
        exchange.now = clock::now();
        worker.terms(exchange).heads.write_trailers(&worker.generation.site, exchange, answer);
    }
    if !answer.trailers.is_empty() {
        client.trail(&answer.trailers);
    }
    client.end();
}

/// Sends the content, or those parts of it that are asked for; none where that failed.
async fn content<C: Client>(
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    source: &Source,
    room: &mut Vec<u8>,
) -> Option<()> {
    let parts = std::mem::take(&mut flight.answer.parts);
    let tail = std::mem::take(&mut flight.answer.parts_tail);
    let whole = [Part { head: Vec::new(), start: 0, end: source.length() }];
    for Part { head, start, end } in if parts.is_empty() { &whole[..] } else { &parts } {
        piece(worker, client, flight, head, false).await?;
        let mut at = *start;
        while at < *end {
            let count = match source {
                Source::Memory(_) => end - at,
                Source::File(..) => (end - at).min(PIECE),
            };
            let bytes = match source {
                Source::Memory(content) => content.get(at as usize..(at + count) as usize)?,
                Source::File(file, length) => {
                    room.resize(count as usize, 0);
                    if let Err(error) = file.read_exact_at(room, at) {
                        let message = format_args!("read of {length} bytes failed at {at}: {error}");
                        complain(worker, &flight.exchange, Level::Alert, message);
                        return None;
                    }
                    &room[..]
                }
            };
            piece(worker, client, flight, bytes, false).await?;
            at += count;
        }
    }
    piece(worker, client, flight, &tail, true).await
}

/// Sends one piece through the body filters. Whoever goes away while it waits is noticed, as nginx does.
async fn piece<C: Client>(
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    bytes: &[u8],
    last: bool,
) -> Option<()> {
    let timeout = worker.terms(&flight.exchange).send_timeout;
    let bytes = flight.filters.filter(bytes, last).ok()?;
    if bytes.is_empty() {
        return Some(());
    }
    let mut left = bytes;
    let mut before = 0;
    poll_fn(|cx| match client.poll_send(cx, &mut left) {
        Poll::Ready(sent) => Poll::Ready(sent.ok()),
        Poll::Pending if client.waits_within() => {
            before = 0;
            client.timer().clear();
            client.poll_gone(cx, worker).map(|()| None)
        }
        Poll::Pending => {
            if before != left.len() {
                before = left.len();
                client.timer().set_after(timeout);
            }
            if client.timer().poll(cx).is_ready() || client.poll_gone(cx, worker).is_ready() {
                return Poll::Ready(None);
            }
            Poll::Pending
        }
    })
    .await
}

/// Waits until all is on its way; whether it is.
async fn flush<C: Client>(worker: &Worker, client: &mut C, timeout: u64) -> bool {
    client.timer().set_after(timeout);
    let sent = poll_fn(|cx| match client.poll_flush(cx) {
        Poll::Ready(sent) => Poll::Ready(sent.is_ok()),
        Poll::Pending if client.waits_within() => {
            client.timer().set_after(timeout);
            client.poll_gone(cx, worker).map(|()| false)
        }
        Poll::Pending => client.timer().poll(cx).map(|()| false),
    })
    .await;
    client.timer().clear();
    sent
}
