//! memcached: `ngx_http_memcached_module.c`.

use super::{Head, Reading, invalid, more};
use crate::exchange::answer::number;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::serve::upstream::framing::Framing;
use crate::serve::upstream::link::Link;
use crate::serve::upstream::say::{READING_HEAD, say};
use crate::wire::memcached::{Body, NO_KEY, Request, not_found};

/// Makes the request.
pub fn write(worker: &Worker, flight: &mut Flight) -> bool {
    let Flight { exchange, request, reading, .. } = flight;
    let terms = worker.generation.terms.location(exchange.route.location);
    let Some(memcached) = terms.memcached.as_deref() else { return false };
    let Some(key) = memcached.key(&worker.generation.site, exchange) else {
        say(worker, exchange, Level::Error, NO_KEY.as_bytes(), "");
        return false;
    };
    let get = Request::get(key);
    request.extend_from_slice(get.bytes());
    *reading = Reading::Memcached(Box::new(get));
    true
}

/// Reads the first line of the answer, and makes headers of it.
pub fn read(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    let Flight { reading: Reading::Memcached(request), exchange, upstream_head, status_line, .. } = flight else {
        return None;
    };
    let terms = worker.generation.terms.location(exchange.route.location);
    let gzip_flag = terms.memcached.as_deref().map_or(0, |memcached| memcached.gzip_flag);
    let found = match request.answer(bytes, gzip_flag) {
        Ok(None) => return more(worker, flight, link, bytes),
        Err(bad) => return invalid(worker, flight, &bad.message()),
        Ok(Some(found)) => found,
    };
    let headers = &mut exchange.upstream_headers;
    headers.clear();
    status_line.clear();
    link.persists = true;
    link.rest.extend_from_slice(&bytes[found.len..]);
    let Some(value) = found.value else {
        say(worker, exchange, Level::Info, &not_found(request.key()), READING_HEAD);
        upstream_head.status = 404;
        link.framing = Framing::Done;
        return Some(Ok(404));
    };
    headers.push_with(b"Content-Length", |out| number(out, value.length));
    headers.push(b"Content-Type", terms.heads.content_type(exchange.request.uri()));
    if value.gzip {
        headers.push(b"Content-Encoding", b"gzip");
    }
    upstream_head.status = 200;
    link.framing = Framing::Memcached(Body::new(value.length));
    if exchange.request.method() == b"HEAD" {
        // nginx does not wait for the value.
        link.framing = Framing::Done;
        link.persists = false;
    }
    Some(Ok(200))
}
