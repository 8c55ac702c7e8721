//! SCGI and uwsgi, which differ in how the request is written: `ngx_http_scgi_module.c`, `ngx_http_uwsgi_module.c`.
//! A connection serves one request. What heads of CGI share is here for FastCGI, too.

use super::{Head, Reading, headers, invalid, more};
use crate::exchange::{Body, CgiOwn};
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::serve::upstream::framing::Framing;
use crate::serve::upstream::link::Link;
use crate::serve::upstream::say::say;
use crate::wire::cgi_head::{self, First, Reader, Reason};
use crate::wire::{scgi, uwsgi};

/// Makes the request.
pub fn write(worker: &Worker, flight: &mut Flight, body: Body) -> bool {
    let Flight { exchange, request, .. } = flight;
    let site = &worker.generation.site;
    let Some(cgi) = worker.generation.terms.location(exchange.route.location).cgi.as_deref() else { return false };
    match &cgi.own {
        CgiOwn::Scgi => {
            let length = if let Body::Length(length) = body { length } else { 0 };
            let mut params = scgi::Params::begin(request, length);
            cgi.params(site, exchange, &mut |name, value| params.pair(name, value));
            params.finish();
        }
        CgiOwn::Uwsgi { modifiers, string } => {
            let mut params = uwsgi::Params::begin(request, *modifiers);
            cgi.params(site, exchange, &mut |name, value| params.pair(name, value));
            if let Err(too_big) = params.finish(string) {
                say(worker, exchange, Level::Alert, too_big.to_string().as_bytes(), "");
                return false;
            }
        }
        CgiOwn::Fastcgi { .. } => return false,
    }
    true
}

/// An answer's head is awaited.
pub fn reading() -> Reading {
    Reading::Cgi(Box::new(Reader::new(First::StatusLine)))
}

/// Reads the head.
pub fn read(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    let Reading::Cgi(reader) = &mut flight.reading else { return None };
    match reader.read(bytes) {
        Ok(None) => more(worker, flight, link, bytes),
        Err(bad) => invalid(worker, flight, &bad.message()),
        Ok(Some(head)) => {
            if let Err(reason) = note(worker, flight, &head, bytes) {
                return invalid(worker, flight, &reason);
            }
            link.persists = false;
            link.framing =
                if is_head_only(flight) { Framing::Done } else { Framing::sized(&flight.exchange.upstream_headers) };
            link.rest.extend_from_slice(&bytes[head.len..]);
            Some(Ok(head.status))
        }
    }
}

/// Gives the headers to the exchange, `Status` among them.
pub fn note(worker: &Worker, flight: &mut Flight, head: &cgi_head::Head, bytes: &[u8]) -> Result<(), Vec<u8>> {
    let Flight { upstream_head, exchange, status_line, .. } = flight;
    upstream_head.status = head.status;
    status_line.clear();
    match head.reason {
        Reason::Sent(text) => status_line.extend_from_slice(text.of(bytes)),
        Reason::Own(text) => status_line.extend_from_slice(text.as_bytes()),
        Reason::Usual => {}
    }
    headers::take(worker, exchange, &head.fields, bytes)
}

/// nginx sends the head, and looks at nothing of what follows.
pub fn is_head_only(flight: &Flight) -> bool {
    flight.exchange.request.method() == b"HEAD" || matches!(flight.upstream_head.status, 204 | 304)
}
