//! One try at one peer, up to the head of its answer: `ngx_http_upstream_connect` to `ngx_http_upstream_process_header`.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use nix::errno::Errno;

use super::connect::connect;
use super::link::Link;
use super::request::{Sending, Unsent, poll_request};
use super::speaks;
use crate::exchange::{Event, Exchange};
use crate::modules::shared::pass::Protocol;
use crate::serve::client::{BodyFault, Client};
use crate::serve::flight::Flight;
use crate::serve::log::{Level, Stage, refusal};
use crate::serve::state::Worker;

/// Why there is no head.
enum Failed {
    Reset(Option<io::Error>),
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
    if !speaks::write_request(worker, flight) {
        if flight.exchange.protocol == Protocol::Http {
            worker.report(&flight.exchange, Level::Error, Stage::None, format_args!("zero length URI to proxy"));
        }
        return Event::Failed(500);
    }
    speaks::begin(flight);
    link.sending = Sending::default();
    let passing = *flight.exchange.passing();
    client.timer().set_after(passing.read_timeout);
    if !flight.body_is_whole && flight.exchange.request.has_body() {
        client.invite_body();
    }
    let read = poll_fn(|cx| poll_head(cx, worker, client, flight, link)).await;
    client.timer().clear();
    match read {
        Ok(status) => Event::Head(status),
        Err(failed) => {
            let stage = if link.sending.is_done { Stage::ReadingHead } else { Stage::SendingRequest };
            failed.tell(worker, &flight.exchange, stage)
        }
    }
}

impl Failed {
    /// Says it in the log, and gives the event.
    #[cold]
    fn tell(self, worker: &Worker, exchange: &Exchange, stage: Stage) -> Event {
        match self {
            Failed::Reset(error) => {
                tell_reset(worker, exchange, stage, error.as_ref());
                Event::Reset
            }
            Failed::Invalid => Event::InvalidHead,
            Failed::Timeout => {
                tell_timeout(worker, exchange, stage);
                Event::ReadTimeout
            }
            Failed::ClientGone => {
                tell_gone(worker, exchange, stage);
                Event::ClientGone
            }
            Failed::Body(fault) => Event::Failed(worker.report_body(exchange, fault)),
        }
    }
}

/// The connection to the upstream broke.
#[cold]
pub fn tell_reset(worker: &Worker, exchange: &Exchange, stage: Stage, error: Option<&io::Error>) {
    match error {
        None => worker.report(exchange, Level::Error, stage, format_args!("upstream prematurely closed connection")),
        Some(error) => {
            worker.report(exchange, Level::Error, stage, format_args!("recv() failed ({})", refusal(error)));
        }
    }
}

/// Nothing came from the upstream in time.
#[cold]
pub fn tell_timeout(worker: &Worker, exchange: &Exchange, stage: Stage) {
    worker.report(exchange, Level::Error, stage, format_args!("upstream timed out (110: Connection timed out)"));
}

/// The client went away.
#[cold]
fn tell_gone(worker: &Worker, exchange: &Exchange, stage: Stage) {
    let words = "epoll_wait() reported that client prematurely closed connection, \
                 so upstream connection is closed too";
    worker.report(exchange, Level::Info, stage, format_args!("{words}"));
}

/// A connection to the peer.
async fn reach<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Result<Link, Event> {
    let unreached = match dial(worker, client, flight).await {
        Ok(link) => return Ok(link),
        Err(unreached) => unreached,
    };
    let exchange = &flight.exchange;
    Err(match unreached {
        Unreached::Nobody => Event::Failed(500),
        Unreached::Refused(error) => {
            tell_refused(worker, exchange, &error);
            Event::Refused
        }
        Unreached::Timeout => {
            tell_timeout(worker, exchange, Stage::Connecting);
            Event::ConnectTimeout
        }
        Unreached::ClientGone => {
            tell_gone(worker, exchange, Stage::Connecting);
            Event::ClientGone
        }
    })
}

/// Why there is no connection.
enum Unreached {
    Nobody,
    Refused(io::Error),
    Timeout,
    ClientGone,
}

/// Refusals that nginx learns of later than at once: it does not name the peer then.
const LATER: &[Errno] = &[Errno::ECONNREFUSED, Errno::ECONNRESET, Errno::ETIMEDOUT, Errno::EHOSTUNREACH];
/// Refusals at once that matter no more than that.
const PLAIN: &[Errno] = &[
    Errno::ECONNREFUSED,
    Errno::EAGAIN,
    Errno::ECONNRESET,
    Errno::ENETDOWN,
    Errno::ENETUNREACH,
    Errno::EHOSTDOWN,
    Errno::EHOSTUNREACH,
];

#[cold]
fn tell_refused(worker: &Worker, exchange: &Exchange, error: &io::Error) {
    let addr = exchange.attempts.last().map(|attempt| attempt.addr.as_str()).unwrap_or_default();
    let errno = Errno::from_raw(error.raw_os_error().unwrap_or(0));
    let refusal = refusal(error);
    if LATER.contains(&errno) && !addr.starts_with("unix:") {
        worker.report(exchange, Level::Error, Stage::Connecting, format_args!("connect() failed ({refusal})"));
    } else {
        let level = if PLAIN.contains(&errno) { Level::Error } else { Level::Crit };
        worker.report(exchange, level, Stage::Connecting, format_args!("connect() to {addr} failed ({refusal})"));
    }
}

async fn dial<C: Client>(worker: &Worker, client: &mut C, flight: &Flight) -> Result<Link, Unreached> {
    let exchange = &flight.exchange;
    let Some(attempt) = exchange.attempts.last() else { return Err(Unreached::Nobody) };
    let group = exchange.tries.group.upstream();
    if let Some(link) = worker.pools.take(group, &attempt.addr, exchange.route.location) {
        return Ok(link);
    }
    client.timer().set_after(exchange.passing().connect_timeout);
    let ignores_abort = worker.terms(exchange).ignores_abort;
    let mut connecting = std::pin::pin!(connect(&attempt.addr));
    let done = poll_fn(|cx| {
        if let Poll::Ready(done) = connecting.as_mut().poll(cx) {
            return Poll::Ready(done.map_err(Unreached::Refused));
        }
        if client.timer().poll(cx).is_ready() {
            return Poll::Ready(Err(Unreached::Timeout));
        }
        if !ignores_abort && client.poll_gone(cx, worker).is_ready() {
            return Poll::Ready(Err(Unreached::ClientGone));
        }
        Poll::Pending
    })
    .await;
    client.timer().clear();
    done
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
            // The peer may have answered before it closed.
            Poll::Pending | Poll::Ready(Ok(()) | Err(Unsent::Peer(_))) => {}
            Poll::Ready(Err(Unsent::Client(fault))) => return Poll::Ready(Err(Failed::Body(fault))),
        }
    }
    loop {
        let mut scratch = worker.scratch.borrow_mut();
        match link.stream.poll_read(cx, &mut scratch) {
            Poll::Ready(Ok(0)) => return Poll::Ready(Err(Failed::Reset(None))),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(Failed::Reset(Some(error)))),
            Poll::Ready(Ok(count)) => {
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
                if let Some(read) = read {
                    return Poll::Ready(read.map_err(|speaks::Invalid| Failed::Invalid));
                }
            }
            Poll::Pending => break,
        }
    }
    if client.timer().poll(cx).is_ready() {
        return Poll::Ready(Err(Failed::Timeout));
    }
    let listens = link.sending.is_done || flight.body_is_whole;
    if listens && !worker.terms(&flight.exchange).ignores_abort && client.poll_gone(cx, worker).is_ready() {
        return Poll::Ready(Err(Failed::ClientGone));
    }
    Poll::Pending
}
