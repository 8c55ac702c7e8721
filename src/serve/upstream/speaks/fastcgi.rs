//! FastCGI: `ngx_http_fastcgi_module.c`.

use super::{Head, Reading, cgi, invalid};
use crate::exchange::CgiOwn;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::serve::upstream::framing::{Framing, Records, length};
use crate::serve::upstream::link::Link;
use crate::serve::upstream::say::{READING_HEAD, say};
use crate::wire::fastcgi::{Bad, Body, Params, Started, catches, stdin_end};

/// Makes the request up to the client's body.
pub fn write(worker: &Worker, flight: &mut Flight) -> bool {
    let Flight { exchange, request, .. } = flight;
    let site = &worker.generation.site;
    let Some(cgi) = worker.generation.terms.location(exchange.route.location).cgi.as_deref() else { return false };
    let CgiOwn::Fastcgi { keep, .. } = &cgi.own else { return false };
    let mut params = Params::begin(request, *keep);
    cgi.params(site, exchange, &mut |name, value| params.pair(name, value));
    if let Err(too_big) = params.finish() {
        say(worker, exchange, Level::Alert, too_big.to_string().as_bytes(), "");
        return false;
    }
    if !cgi.pass_body || !exchange.request.has_body() {
        stdin_end(request);
    }
    true
}

/// Reads the head.
pub fn read(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    let Flight { reading: Reading::Fastcgi(head), exchange, .. } = flight else { return None };
    let terms = worker.generation.terms.location(exchange.route.location);
    let (keep, catch) = match terms.cgi.as_deref().map(|cgi| &cgi.own) {
        Some(CgiOwn::Fastcgi { keep, catch }) => (*keep, &catch[..]),
        _ => (false, &[][..]),
    };
    let mut at = 0;
    let mut log = |text: &[u8]| {
        say(worker, exchange, Level::Error, &sent_in_stderr(text), READING_HEAD);
        catch.iter().any(|wanted| catches(text, wanted))
    };
    match head.read(bytes, &mut at, &mut log) {
        Ok(None) if head.kept() >= terms.buffering.head as usize => {
            invalid(worker, flight, b"upstream sent too big header")
        }
        Ok(None) => None,
        Err(Bad::Caught) => Some(Err(super::Invalid)),
        Err(bad) => invalid(worker, flight, &bad.message()),
        Ok(Some(started)) => {
            if let Err(reason) = cgi::note(worker, flight, &started.head, &started.bytes) {
                return invalid(worker, flight, &reason);
            }
            let buffered = super::buffers(worker, &flight.exchange);
            Some(Ok(begin(flight, link, started, &bytes[at..], keep, buffered)))
        }
    }
}

/// The head is whole: what came with it waits in the link.
fn begin(flight: &mut Flight, link: &mut Link, started: Started, rest: &[u8], keep: bool, buffered: bool) -> u16 {
    let Started { head, bytes, records } = started;
    link.persists = true;
    if cgi::is_head_only(flight) {
        // nginx does not wait for the end of the request.
        link.persists = false;
        link.framing = Framing::Done;
        return head.status;
    }
    let body = Body::new(records, length(&flight.exchange.upstream_headers), keep, buffered);
    let content = &bytes[head.len..];
    link.rest.extend_from_slice(content);
    link.rest.extend_from_slice(rest);
    link.framing = Framing::Fastcgi(Box::new(Records::new(body, content.len())));
    head.status
}

/// What nginx logs of a server's error text.
pub fn sent_in_stderr(text: &[u8]) -> Vec<u8> {
    [b"FastCGI sent in stderr: \"", text, b"\""].concat()
}
