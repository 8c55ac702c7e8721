//! What is spoken to peers: one interface for all protocols, one file for each of them. A protocol writes the request, says
//! how the client's body goes after it, reads the head of the answer, and leaves in the link how the answer's body ends
//! ([`Framing`](super::framing::Framing)) and whether the connection may be kept.
//!
//! Not here: connections and time ([`attempt`](super::attempt)), the way of the body ([`relay`](super::relay)).

mod cgi;
mod fastcgi;
mod headers;
mod http;
pub mod http2;
mod memcached;

pub use fastcgi::sent_in_stderr;
pub use http2::Asked;

use super::link::Link;
use super::say::{READING_HEAD, say_of};
use crate::exchange::answer::Treatments;
use crate::exchange::{Body, Exchange, Ignored};
use crate::modules::shared::pass::Protocol;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::wire;

/// An answer's head as far as it was read. HTTP's stands in [`Flight::upstream_head`], which is used again.
#[derive(Debug, Default)]
pub enum Reading {
    /// HTTP, or nothing yet.
    #[default]
    Http,
    /// HTTP/2: what was read is with the connection.
    Http2,
    /// FastCGI.
    Fastcgi(Box<wire::fastcgi::Head>),
    /// SCGI and uwsgi.
    Cgi(Box<wire::cgi_head::Reader>),
    /// What memcached was asked.
    Memcached(Box<wire::memcached::Request>),
}

/// What came is no head; it was logged.
#[derive(Debug)]
pub struct Invalid;

/// What reading a head came to: nothing while it is not complete, its status, or that it is none.
pub type Head = Option<Result<u16, Invalid>>;

/// Makes the request, once for all peers of a group; whether that can be done.
pub fn write_request(worker: &Worker, flight: &mut Flight) -> bool {
    if !std::mem::take(&mut flight.exchange.tries.is_new) {
        return true;
    }
    flight.request.clear();
    let body = announced(flight);
    match flight.exchange.protocol {
        Protocol::Fastcgi => fastcgi::write(worker, flight),
        Protocol::Scgi | Protocol::Uwsgi => cgi::write(worker, flight, body),
        Protocol::Memcached => memcached::write(worker, flight),
        _ if http2::speaks(worker, &flight.exchange) => http2::write(worker, flight, body),
        _ => http::write(worker, flight, body),
    }
}

/// What the request says of its body.
fn announced(flight: &Flight) -> Body {
    let request = &flight.exchange.request;
    if request.is_chunked() {
        return if flight.body_is_whole { Body::Length(flight.body.len()) } else { Body::Chunked };
    }
    flight.exchange.body_length().map_or(Body::None, Body::Length)
}

/// Whether the client's body follows the request.
pub fn sends_body(worker: &Worker, exchange: &Exchange) -> bool {
    match exchange.protocol {
        Protocol::Memcached => false,
        Protocol::Fastcgi | Protocol::Scgi | Protocol::Uwsgi => {
            worker.terms(exchange).cgi.as_ref().is_some_and(|cgi| cgi.pass_body)
        }
        _ => worker.http(exchange).is_some_and(crate::exchange::Http::sends_body),
    }
}

/// Whether the body has a form of its own, see [`frame`].
pub fn frames(flight: &Flight) -> bool {
    match flight.exchange.protocol {
        Protocol::Fastcgi => true,
        Protocol::Http => is_chunked(flight),
        _ => false,
    }
}

/// Whether the body goes out in chunks.
fn is_chunked(flight: &Flight) -> bool {
    !matches!(flight.reading, Reading::Http2) && announced(flight) == Body::Chunked
}

/// Appends a part of the client's body to `out`, as the peer wants it; `is_last` when nothing follows.
pub fn frame(flight: &Flight, part: &[u8], is_last: bool, out: &mut Vec<u8>) {
    match flight.exchange.protocol {
        Protocol::Fastcgi => {
            wire::fastcgi::stdin(part, out);
            if is_last {
                wire::fastcgi::stdin_end(out);
            }
        }
        Protocol::Http if is_chunked(flight) => http::frame(part, is_last, out),
        _ => out.extend_from_slice(part),
    }
}

/// The request begins on its connection, where that matters.
pub fn start(worker: &Worker, flight: &mut Flight, link: &mut Link) {
    if http2::speaks(worker, &flight.exchange) {
        http2::start(worker, flight, link);
    }
}

/// A request goes out: its answer's head is read from the beginning.
pub fn begin(flight: &mut Flight) {
    flight.upstream_head.clear();
    flight.hints.clear();
    flight.hinted = 0;
    match flight.exchange.protocol {
        Protocol::Fastcgi => flight.reading = Reading::Fastcgi(Box::default()),
        Protocol::Scgi | Protocol::Uwsgi => flight.reading = cgi::reading(),
        // It holds what was asked, for all peers.
        Protocol::Memcached => {}
        _ => flight.reading = Reading::Http,
    }
}

/// Takes a head off these bytes, which begin with those that earlier calls left in [`Link::rest`]; what follows the head is
/// kept there.
#[inline]
pub fn read_head(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    match &flight.reading {
        Reading::Http2 => http2::read(worker, flight, link, bytes),
        Reading::Http => http::read(worker, flight, link, bytes),
        Reading::Fastcgi(_) => fastcgi::read(worker, flight, link, bytes),
        Reading::Cgi(_) => cgi::read(worker, flight, link, bytes),
        Reading::Memcached(_) => memcached::read(worker, flight, link, bytes),
    }
}

/// Whether the answer is read as fast as it comes: `X-Accel-Buffering` may say otherwise than the configuration.
pub fn buffers(worker: &Worker, exchange: &Exchange) -> bool {
    let on = worker.terms(exchange).buffering.on;
    if exchange.passing().ignored.contains(Ignored::BUFFERING) {
        return on;
    }
    match exchange.upstream_headers.get(b"x-accel-buffering") {
        Some(value) if value.eq_ignore_ascii_case(b"no") => false,
        Some(value) if value.eq_ignore_ascii_case(b"yes") => true,
        _ => on,
    }
}

/// What becomes of the headers of answers.
pub fn treatments<'w>(worker: &'w Worker, exchange: &Exchange) -> Option<&'w Treatments> {
    let terms = worker.generation.terms.location(exchange.route.location);
    let of_http = terms.http.as_deref().map(|http| &http.treatments);
    of_http
        .or_else(|| terms.cgi.as_deref().map(|cgi| &cgi.treatments))
        .or_else(|| terms.memcached.as_deref().map(|memcached| &memcached.treatments))
}

/// Keeps an incomplete head, unless it fills nginx's buffer.
fn more(worker: &Worker, flight: &Flight, link: &mut Link, bytes: &[u8]) -> Head {
    link.rest.extend_from_slice(bytes);
    if bytes.len() < worker.terms(&flight.exchange).buffering.head as usize {
        return None;
    }
    invalid(worker, flight, b"upstream sent too big header")
}

/// Not a head, for this reason.
fn invalid(worker: &Worker, flight: &Flight, reason: &[u8]) -> Head {
    say_of(worker, flight, Level::Error, reason, READING_HEAD);
    Some(Err(Invalid))
}
