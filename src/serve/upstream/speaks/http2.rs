//! HTTP/2 and gRPC: `ngx_http_proxy_v2_module.c`, `ngx_http_grpc_module.c`. What was asked stands in the flight's request: a
//! line as HTTP/1 has it, for the log, the header block, and the body that the configuration sets.

use std::task::{Context, Poll, ready};

use super::{Head, Reading, headers, invalid};
use crate::exchange::{Body, Exchange};
use crate::modules::shared::pass::Protocol;
use crate::serve::client::Client;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::upstream::framing::{Framing, length};
use crate::serve::upstream::hints::{self, EARLY_HINTS};
use crate::serve::upstream::http2::Http2;
use crate::serve::upstream::link::Link;
use crate::serve::upstream::request::{Unsent, poll_piece};
use crate::wire::http2::hpack::{self, index};

/// Where the parts of what was asked end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    line: usize,
    block: usize,
}

/// Whether a request is passed on by HTTP/2.
pub fn speaks(worker: &Worker, exchange: &Exchange) -> bool {
    exchange.protocol == Protocol::Grpc
        || (exchange.protocol == Protocol::Http && worker.http(exchange).is_some_and(crate::exchange::Http::is_http2))
}

/// Makes the request.
pub fn write(worker: &Worker, flight: &mut Flight, body: Body) -> bool {
    let Some(http) = worker.http(&flight.exchange) else { return false };
    let site = &worker.generation.site;
    let Flight { exchange, request, room, .. } = flight;
    room.clear();
    let mut put = |name: &[u8], value: &[u8]| match (name, value) {
        (b":method", value) => {
            request.extend_from_slice(value);
            request.push(b' ');
            match value {
                b"GET" => hpack::write_indexed(room, index::GET),
                b"POST" => hpack::write_indexed(room, index::POST),
                _ => hpack::write_named(room, index::GET, value, true),
            }
        }
        (b":scheme", b"https") => hpack::write_indexed(room, index::HTTPS),
        (b":scheme", _) => hpack::write_indexed(room, index::HTTP),
        (b":path", value) => {
            request.extend_from_slice(value);
            request.extend_from_slice(b" HTTP/2.0\r\n");
            match value {
                b"/" => hpack::write_indexed(room, index::ROOT),
                _ => hpack::write_named(room, index::ROOT, value, true),
            }
        }
        (b":authority", value) => hpack::write_named(room, index::AUTHORITY, value, true),
        _ => hpack::write_field(room, name, value),
    };
    if !http.put_fields(site, exchange, body, &mut put) {
        return false;
    }
    let line = request.len();
    request.extend_from_slice(room);
    let block = request.len();
    if let Some(set) = http.set_body(site, exchange) {
        request.extend_from_slice(exchange.text(site, set));
    }
    flight.asked = Asked { line, block };
    true
}

/// The request begins on its connection.
pub fn start(worker: &Worker, flight: &mut Flight, link: &mut Link) {
    flight.reading = Reading::Http2;
    let sends_client = super::sends_body(worker, &flight.exchange) && flight.exchange.request.has_body();
    let Asked { line, block } = flight.asked;
    let set = &flight.request[block..];
    let http2 = link.http2.get_or_insert_with(|| Box::new(Http2::new()));
    let head_room = worker.terms(&flight.exchange).buffering.head as usize;
    http2.start(&flight.request[line..block], !sends_client && set.is_empty(), head_room);
    if !sends_client {
        link.sending.set(set);
    }
}

/// Sends what is left of the request, and what the connection itself has to say; ready once all was taken.
pub fn poll_send<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Link,
) -> Poll<Result<(), Unsent>> {
    let Link { stream, http2: Some(http2), sending, .. } = link else { return Poll::Ready(Ok(())) };
    loop {
        while http2.has_output() {
            http2.at += ready!(stream.poll_write(cx, &http2.out[http2.at..]))?;
        }
        http2.out.clear();
        http2.at = 0;
        if http2.output_closed || http2.is_over() {
            ready!(stream.poll_flush(cx))?;
            sending.is_done = true;
            return Poll::Ready(Ok(()));
        }
        if sending.left().is_empty() && !sending.is_last {
            ready!(poll_piece(cx, worker, client, flight, sending))?;
        }
        let left = sending.left();
        if left.is_empty() && !sending.is_last {
            continue;
        }
        let taken = http2.send(left, sending.is_last);
        if taken == 0 && !http2.output_closed {
            // The peer's windows are used up: it is heard when they grow.
            return Poll::Pending;
        }
        sending.took(taken);
    }
}

/// Reads the head.
pub fn read(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    let http2 = link.http2.as_mut()?;
    let mut at = 0;
    while at < bytes.len() {
        let read = http2.read_head(&bytes[at..]);
        link.sending.is_done &= !http2.has_output();
        let (count, status) = match read {
            Ok(read) => read,
            Err(words) => return invalid(worker, flight, &words),
        };
        at += count;
        flight.hinted += count as u64;
        let Some(status) = status else { continue };
        if status == EARLY_HINTS {
            hints::take(worker, flight, 0, &http2.fields, &http2.texts);
            http2.expect_head();
            continue;
        }
        if let Err(reason) = headers::take(worker, &mut flight.exchange, &http2.fields, &http2.texts) {
            return invalid(worker, flight, &reason);
        }
        flight.status_line.clear();
        link.rest.extend_from_slice(&bytes[at..]);
        let is_head = flight.exchange.request.method() == b"HEAD";
        let known = length(&flight.exchange.upstream_headers);
        let expected = if is_head || matches!(status, 204 | 304) { Some(0) } else { known };
        if let Err(words) = http2.expect_body(expected) {
            return invalid(worker, flight, &words);
        }
        link.framing = Framing::Http2;
        if http2.is_over() && link.rest.is_empty() {
            if flight.exchange.protocol == Protocol::Grpc && known.is_none() {
                flight.exchange.upstream_headers.push(b"content-length", b"0");
            }
            link.end_http2();
        }
        return Some(Ok(status));
    }
    None
}
