//! One try at one peer, up to the head of its answer: `ngx_http_upstream_connect` to `ngx_http_upstream_process_header`.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::connect::{Unconnected, connect};
use super::hints;
use super::link::Link;
use super::request::{Sending, Unsent, poll_request};
use super::say::{
    CLIENT_GONE, CLOSED, CONNECTING, HANDSHAKING, READING_HEAD, SENDING, connect_call, say_failed, say_of,
};
use super::secure::Security;
use super::speaks;
use crate::exchange::{Event, Exchange, Local};
use crate::modules::shared::pass::Protocol;
use crate::serve::client::{BodyFault, Client};
use crate::serve::flight::Flight;
use crate::serve::local::complain;
use crate::serve::log::Level;
use crate::serve::state::Worker;

/// Why there is no head.
enum Failed {
    Reset,
    Invalid,
    Timeout,
    ClientGone,
    /// The client's body is not what it should be.
    Body(BodyFault),
}

/// Sends the request to the peer of the last attempt, and reads the head of its answer.
pub async fn attempt<C: Client>(
    worker: &Rc<Worker>,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Option<Box<Link>>,
) -> Event {
    *link = None;
    if !speaks::write_request(worker, flight) {
        if flight.exchange.protocol == Protocol::Http {
            say_of(worker, flight, Level::Error, b"zero length URI to proxy", "");
        }
        return Event::Failed(500);
    }
    let found = match reach(worker, client, flight).await {
        Ok(found) => found,
        Err(event) => return event,
    };
    flight.exchange.tries.cached = found.is_reused;
    let link = link.insert(found);
    link.requests += 1;
    worker.tell(&mut flight.exchange, Event::Connected);
    speaks::begin(flight);
    link.sending = Sending::default();
    speaks::start(worker, flight, link);
    let passing = *flight.exchange.passing();
    client.timer().set_after(passing.read_timeout);
    if !flight.body_is_whole && flight.exchange.request.has_body() {
        client.take_pieces(worker.terms(&flight.exchange).body_buffer);
        client.invite_body();
    }
    flight.about = READING_HEAD;
    let read = poll_fn(|cx| poll_head(cx, worker, client, flight, link)).await;
    client.timer().clear();
    match read {
        Ok(status) => Event::Head(status),
        Err(Failed::Reset) => Event::Reset,
        Err(Failed::Invalid) => Event::InvalidHead,
        Err(Failed::Timeout) => Event::ReadTimeout,
        Err(Failed::ClientGone) => Event::ClientGone,
        Err(Failed::Body(fault)) => Event::Failed(worker.report_body(&flight.exchange, fault)),
    }
}

/// What nginx is about while a peer has the request.
fn about(link: &Link) -> &'static str {
    if link.sending.is_done { READING_HEAD } else { SENDING }
}

/// A connection to the peer.
async fn reach<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Result<Box<Link>, Event> {
    flight.about = CONNECTING;
    let local = local_address(worker, &mut flight.exchange);
    let exchange = &mut flight.exchange;
    let Some(attempt) = exchange.attempts.last() else { return Err(Event::Failed(500)) };
    let group = exchange.tries.group.upstream();
    if let Some(link) = worker.pools.take(group, &attempt.addr, exchange.route.location, exchange.tls) {
        return Ok(link);
    }
    let security = match Security::of(worker, exchange) {
        Ok(security) => security,
        Err(message) => {
            say_of(worker, flight, Level::Error, message.as_bytes(), HANDSHAKING);
            return Err(Event::Failed(500));
        }
    };
    let connected = connected(worker, client, flight, local, security.as_ref()).await?;
    connected.map_err(|why| unconnected(worker, flight, &why))
}

/// A new connection to the peer, or why there is none; what happened where it was not waited for.
async fn connected<C: Client>(
    worker: &Worker,
    client: &mut C,
    flight: &Flight,
    local: Option<SocketAddr>,
    security: Option<&Security<'_>>,
) -> Result<Result<Box<Link>, Unconnected>, Event> {
    let exchange = &flight.exchange;
    let Some(attempt) = exchange.attempts.last() else { return Err(Event::Failed(500)) };
    client.timer().set_after(exchange.passing().connect_timeout);
    let ignores_abort = worker.terms(exchange).ignores_abort;
    let near = &worker.terms(exchange).near;
    let mut connecting = std::pin::pin!(connect(&attempt.addr, near, local, security));
    let done = poll_fn(|cx| {
        if let Poll::Ready(done) = connecting.as_mut().poll(cx) {
            return Poll::Ready(Ok(done));
        }
        if client.timer().poll(cx).is_ready() {
            return Poll::Ready(Err(Event::ConnectTimeout));
        }
        if !ignores_abort && client.poll_gone(cx, worker).is_ready() {
            say_of(worker, flight, Level::Info, CLIENT_GONE, CONNECTING);
            return Poll::Ready(Err(Event::ClientGone));
        }
        Poll::Pending
    })
    .await;
    client.timer().clear();
    done
}

/// What `proxy_bind` says for the request.
fn local_address(worker: &Worker, exchange: &mut Exchange) -> Option<SocketAddr> {
    match worker.terms(exchange).near.local(&worker.generation.site, exchange) {
        Local::Any => None,
        Local::Address(address) => Some(address),
        Local::Invalid(text) => {
            complain(worker, exchange, Level::Error, format_args!("invalid local address \"{text}\""));
            None
        }
    }
}

fn unconnected(worker: &Worker, flight: &mut Flight, why: &Unconnected) -> Event {
    match why {
        Unconnected::Refused(error) => {
            let addr = flight.exchange.attempts.last().map_or("", |attempt| &attempt.addr);
            say_failed(worker, flight, &connect_call(addr, error), error, CONNECTING);
            Event::Refused
        }
        Unconnected::Unsafe(text) => {
            flight.about = HANDSHAKING;
            say_of(worker, flight, Level::Error, text.as_bytes(), HANDSHAKING);
            Event::Refused
        }
        Unconnected::Here(level, text) => {
            say_of(worker, flight, *level, text.as_bytes(), CONNECTING);
            Event::Failed(500)
        }
    }
}

/// Bytes that are read at once while the head is awaited, where more must not be: `proxy_limit_rate` counts the rest.
fn most_of_head(worker: &Worker, flight: &Flight) -> Option<usize> {
    let terms = worker.terms(&flight.exchange);
    terms.upstream_rate.as_ref().map(|_| (terms.buffering.head as usize).max(1))
}

fn poll_head<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Link,
) -> Poll<Result<u16, Failed>> {
    if !link.sending.is_done {
        match poll_request(cx, worker, client, flight, link) {
            Poll::Ready(Ok(())) => client.timer().set_after(flight.exchange.passing().read_timeout),
            Poll::Pending => {}
            Poll::Ready(Err(Unsent::Peer(error))) => {
                flight.about = SENDING;
                say_failed(worker, flight, "send()", &error, SENDING);
                return Poll::Ready(Err(Failed::Reset));
            }
            Poll::Ready(Err(Unsent::Client(fault))) => return Poll::Ready(Err(Failed::Body(fault))),
        }
    }
    let mut heard = false;
    loop {
        let mut scratch = worker.scratch.borrow_mut();
        let most = most_of_head(worker, flight).unwrap_or(usize::MAX).min(scratch.len());
        match link.stream.poll_read(cx, &mut scratch[..most]) {
            Poll::Ready(Ok(0)) => {
                say_of(worker, flight, Level::Error, CLOSED, READING_HEAD);
                return Poll::Ready(Err(Failed::Reset));
            }
            Poll::Ready(Err(error)) => {
                say_failed(worker, flight, "recv()", &error, READING_HEAD);
                return Poll::Ready(Err(Failed::Reset));
            }
            Poll::Ready(Ok(count)) => {
                heard = true;
                if let Some(attempt) = flight.exchange.attempts.last_mut() {
                    attempt.bytes_received += count as u64;
                }
                let bytes = &scratch[..count];
                let read = if link.rest.is_empty() {
                    speaks::read_head(worker, flight, link, bytes)
                } else {
                    link.rest.extend_from_slice(bytes);
                    let all = std::mem::take(&mut link.rest);
                    speaks::read_head(worker, flight, link, &all)
                };
                hints::pass_on(worker, client, flight);
                if let Some(read) = read {
                    return Poll::Ready(read.map_err(|speaks::Invalid| Failed::Invalid));
                }
            }
            Poll::Pending => break,
        }
    }
    if heard && !link.sending.is_done {
        // The peer may have made room for more of the request, or wants an answer of the connection itself.
        return poll_head(cx, worker, client, flight, link);
    }
    client.poll_interim(cx);
    if client.timer().poll(cx).is_ready() {
        flight.about = about(link);
        return Poll::Ready(Err(Failed::Timeout));
    }
    let listens = link.sending.is_done || flight.body_is_whole;
    if listens && !worker.terms(&flight.exchange).ignores_abort && client.poll_gone(cx, worker).is_ready() {
        // nginx reads an answer only from when it begins.
        let has_begun = flight.exchange.attempts.last().is_some_and(|attempt| attempt.bytes_received > 0);
        say_of(worker, flight, Level::Info, CLIENT_GONE, if has_begun { READING_HEAD } else { SENDING });
        return Poll::Ready(Err(Failed::ClientGone));
    }
    Poll::Pending
}
