//! One try at one peer, up to the head of its answer: `ngx_http_upstream_connect` to `ngx_http_upstream_process_header`.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::connect::{self, connect};
use super::framing::Framing;
use super::link::Link;
use super::secure::Security;
use crate::exchange::{Body, Event, Http};
use crate::serve::client::Client;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::state::Worker;

/// Why there is no head.
enum Failed {
    Reset,
    Invalid,
    Timeout,
    ClientGone,
}

/// Sends the request to the peer of the last attempt, and reads the head of its answer.
pub async fn attempt<C: Client>(
    worker: &Rc<Worker>,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Option<Link>,
) -> Event {
    *link = None;
    let found = match reach(worker, client, flight).await {
        Ok(found) => found,
        Err(event) => return event,
    };
    flight.exchange.tries.cached = found.is_reused;
    let link = link.insert(found);
    link.requests += 1;
    worker.tell(&mut flight.exchange, Event::Connected);
    if !write_request(worker, flight) {
        return Event::Failed(500);
    }
    flight.upstream_head.clear();
    link.is_sent = false;
    let passing = *flight.exchange.passing();
    client.timer().set_after(passing.read_timeout);
    let mut sent = 0;
    let read = poll_fn(|cx| poll_head(cx, worker, client, flight, link, &mut sent)).await;
    client.timer().clear();
    match read {
        Ok(status) => Event::Head(status),
        Err(Failed::Reset) => Event::Reset,
        Err(Failed::Invalid) => Event::InvalidHead,
        Err(Failed::Timeout) => Event::ReadTimeout,
        Err(Failed::ClientGone) => Event::ClientGone,
    }
}

/// A connection to the peer.
async fn reach<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Result<Link, Event> {
    let exchange = &mut flight.exchange;
    let Some(attempt) = exchange.attempts.last() else { return Err(Event::Failed(500)) };
    let group = exchange.tries.group.upstream();
    if let Some(link) = worker.pools.take(group, &attempt.addr, exchange.route.location, exchange.tls) {
        return Ok(link);
    }
    let security = match Security::of(worker, exchange) {
        Ok(security) => security,
        Err(message) => {
            complain(worker, flight, HANDSHAKING, &message);
            return Err(Event::Failed(500));
        }
    };
    let exchange = &flight.exchange;
    let Some(attempt) = exchange.attempts.last() else { return Err(Event::Failed(500)) };
    client.timer().set_after(exchange.passing().connect_timeout);
    let ignores_abort = worker.terms(exchange).ignores_abort;
    let mut connecting = std::pin::pin!(connect(&attempt.addr, security.as_ref()));
    let done = poll_fn(|cx| {
        if let Poll::Ready(done) = connecting.as_mut().poll(cx) {
            return Poll::Ready(done.map_err(|failed| {
                match failed {
                    connect::Failed::Handshake(message) => complain(worker, flight, HANDSHAKING, &message),
                    connect::Failed::System(error) => {
                        let message = format!("connect() failed ({})", refusal(&error));
                        complain(worker, flight, "connecting to upstream", &message);
                    }
                }
                Event::Refused
            }));
        }
        if client.timer().poll(cx).is_ready() {
            return Poll::Ready(Err(Event::ConnectTimeout));
        }
        if !ignores_abort && client.poll_gone(cx, worker).is_ready() {
            return Poll::Ready(Err(Event::ClientGone));
        }
        Poll::Pending
    })
    .await;
    client.timer().clear();
    done
}

/// What nginx does before the request is sent, as its log has it.
const HANDSHAKING: &str = "SSL handshaking to upstream";

/// Logs what is wrong with a peer.
fn complain(worker: &Worker, flight: &Flight, doing: &str, message: &str) {
    let log = worker.logs.of(worker.terms(&flight.exchange).scope);
    let connection = flight.exchange.request.connection();
    worker.say(log, connection, Level::Error, doing, message);
}

/// Makes the request, once for all peers of a group; whether that can be done.
fn write_request(worker: &Worker, flight: &mut Flight) -> bool {
    if std::mem::replace(&mut flight.is_written, true) {
        return true;
    }
    let Some(http) = worker.http(&flight.exchange) else { return false };
    flight.request.clear();
    let body = announced(flight);
    http.write(&worker.generation.site, &mut flight.exchange, body, &mut flight.request)
}

/// What the request says of its body.
fn announced(flight: &Flight) -> Body {
    let request = &flight.exchange.request;
    if request.is_chunked() {
        return if flight.body_is_whole { Body::Length(flight.body.len() as u64) } else { Body::Chunked };
    }
    flight.exchange.body_length().map_or(Body::None, Body::Length)
}

fn poll_head<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Link,
    sent: &mut usize,
) -> Poll<Result<u16, Failed>> {
    if !link.is_sent {
        match poll_request(cx, worker, flight, link, sent) {
            Poll::Ready(Ok(())) => link.is_sent = true,
            // The peer may have answered before it closed.
            Poll::Ready(Err(_)) => link.is_sent = true,
            Poll::Pending => {}
        }
    }
    loop {
        let mut scratch = worker.scratch.borrow_mut();
        match link.stream.poll_read(cx, &mut scratch) {
            Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(Failed::Reset)),
            Poll::Ready(Ok(count)) => {
                let bytes = &scratch[..count];
                let read = if link.rest.is_empty() {
                    take_head(worker, flight, link, bytes)
                } else {
                    link.rest.extend_from_slice(bytes);
                    let all = std::mem::take(&mut link.rest);
                    take_head(worker, flight, link, &all)
                };
                if let Some(read) = read {
                    return Poll::Ready(read);
                }
            }
            Poll::Pending => break,
        }
    }
    if client.timer().poll(cx).is_ready() {
        return Poll::Ready(Err(Failed::Timeout));
    }
    if !worker.terms(&flight.exchange).ignores_abort && client.poll_gone(cx, worker).is_ready() {
        return Poll::Ready(Err(Failed::ClientGone));
    }
    Poll::Pending
}

/// Writes what is left of the request.
fn poll_request(
    cx: &mut Context,
    worker: &Worker,
    flight: &Flight,
    link: &mut Link,
    sent: &mut usize,
) -> Poll<io::Result<()>> {
    let head = flight.request.len();
    let body = if worker.http(&flight.exchange).is_some_and(Http::sends_body) { &flight.body[..] } else { &[] };
    loop {
        let left = if *sent < head { &flight.request[*sent..] } else { &body[*sent - head..] };
        if left.is_empty() {
            return link.stream.poll_flush(cx);
        }
        *sent += std::task::ready!(link.stream.poll_write(cx, left))?;
    }
}

/// Takes a head off these bytes; the rest of them is kept. Nothing while it is not complete.
fn take_head(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Option<Result<u16, Failed>> {
    let mut from = 0;
    loop {
        let Flight { upstream_head: head, exchange, .. } = &mut *flight;
        match head.read(&bytes[from..]) {
            Err(_) => return Some(Err(Failed::Invalid)),
            Ok(None) => {
                let most = worker.terms(exchange).buffering.head as usize;
                link.rest.extend_from_slice(&bytes[from..]);
                return (bytes.len() - from >= most).then_some(Err(Failed::Invalid));
            }
            // An interim answer; the real one follows.
            Ok(Some(length)) if (100..200).contains(&head.status) && head.status != 101 => {
                from += length;
                head.clear();
            }
            Ok(Some(length)) => {
                note_head(flight, link, &bytes[from..]);
                link.rest.extend_from_slice(&bytes[from + length..]);
                return Some(Ok(flight.upstream_head.status));
            }
        }
    }
}

/// Gives the headers to the exchange, and takes from them what the connection itself needs.
fn note_head(flight: &mut Flight, link: &mut Link, bytes: &[u8]) {
    let Flight { upstream_head: head, exchange, status_line, .. } = flight;
    status_line.clear();
    status_line.extend_from_slice(head.status_line.of(bytes));
    let headers = &mut exchange.upstream_headers;
    headers.clear();
    for field in &head.fields {
        headers.push(field.name.of(bytes), field.value.of(bytes));
    }
    let mut connection = headers.values(b"connection");
    link.persists = match connection.next() {
        Some(value) if value.eq_ignore_ascii_case(b"close") => false,
        Some(value) if value.eq_ignore_ascii_case(b"keep-alive") => true,
        _ => head.version >= 11,
    };
    let no_body = exchange.request.method() == b"HEAD" || matches!(head.status, 204 | 304);
    link.framing = Framing::of(headers, no_body);
}
