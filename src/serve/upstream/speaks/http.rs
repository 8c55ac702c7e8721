//! HTTP/1: `ngx_http_proxy_process_header`.

use super::{Head, headers, invalid, more};
use crate::exchange::Body;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::upstream::framing::Framing;
use crate::serve::upstream::hints::{self, EARLY_HINTS};
use crate::serve::upstream::link::Link;
use crate::wire::http1::{LAST_CHUNK, write_size};

/// Makes the request.
pub fn write(worker: &Worker, flight: &mut Flight, body: Body) -> bool {
    let Some(http) = worker.http(&flight.exchange) else { return false };
    http.write(&worker.generation.site, &mut flight.exchange, body, &mut flight.request)
}

/// A chunk, and the last one.
pub fn frame(part: &[u8], is_last: bool, out: &mut Vec<u8>) {
    if !part.is_empty() {
        write_size(out, part.len());
        out.extend_from_slice(part);
        out.extend_from_slice(b"\r\n");
    }
    if is_last {
        out.extend_from_slice(LAST_CHUNK);
    }
}

/// Reads the head.
pub fn read(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Head {
    let mut from = 0;
    loop {
        let head = &mut flight.upstream_head;
        match head.read(&bytes[from..]) {
            Err(bad) => {
                let mut reason = Vec::new();
                bad.write(&bytes[from..], &mut reason);
                return invalid(worker, flight, &reason);
            }
            Ok(None) => return more(worker, flight, link, &bytes[from..]),
            // An interim answer; the real one follows.
            Ok(Some(length)) if (100..200).contains(&head.status) && head.status != 101 => {
                if head.status == EARLY_HINTS {
                    let fields = std::mem::take(&mut head.fields);
                    hints::take(worker, flight, length, &fields, &bytes[from..]);
                }
                from += length;
                flight.upstream_head.clear();
            }
            Ok(Some(length)) => {
                if let Err(reason) = note(worker, flight, link, &bytes[from..]) {
                    return invalid(worker, flight, &reason);
                }
                link.rest.extend_from_slice(&bytes[from + length..]);
                return Some(Ok(flight.upstream_head.status));
            }
        }
    }
}

/// Gives the headers to the exchange, and takes from them what the connection itself needs.
fn note(worker: &Worker, flight: &mut Flight, link: &mut Link, bytes: &[u8]) -> Result<(), Vec<u8>> {
    let Flight { upstream_head: head, exchange, status_line, .. } = flight;
    status_line.clear();
    status_line.extend_from_slice(head.status_line.of(bytes));
    headers::take(worker, exchange, &head.fields, bytes)?;
    let headers = &exchange.upstream_headers;
    let closes = |value: &[u8]| value.windows(5).any(|word| word.eq_ignore_ascii_case(b"close"));
    link.persists = head.version >= 11 && !headers.values(b"connection").any(closes);
    let no_body = exchange.request.method() == b"HEAD" || matches!(head.status, 204 | 304);
    link.framing = Framing::of(headers, no_body);
    Ok(())
}
