//! An upstream's answer as the client gets it, beside its body: the head, the trailers, and what else came in the body.

use super::framing::{Framing, Note, length};
use super::link::Link;
use super::say::{READING_BODY, say_of};
use super::speaks;
use crate::exchange::Exchange;
use crate::exchange::answer::{Ranges, Treatment};
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::reply::place_redirect;
use crate::serve::state::Worker;

/// The head of the answer.
pub fn make_answer(worker: &Worker, flight: &mut Flight, link: &Link) {
    let Flight { answer, exchange, upstream_head, status_line, .. } = flight;
    answer.clear();
    let Some(treatments) = speaks::treatments(worker, exchange) else { return };
    answer.status = exchange.route.outcome(exchange.status);
    if answer.status == upstream_head.status {
        answer.status_line.extend_from_slice(status_line);
    }
    answer.of_upstream = true;
    if worker.terms(exchange).heads.force_ranges {
        answer.ranges = Ranges::Single;
    }
    let rewritten = match worker.http(exchange) {
        Some(http) => http.rewrites.run(&worker.generation.site, exchange, treatments),
        None => Vec::new(),
    };
    exchange.write_cookies(&mut answer.list);
    answer.take(&exchange.upstream_headers, treatments, exchange.request.version() >= 20, &rewritten);
    if !answer.location.is_empty() {
        let path = std::mem::take(&mut answer.location);
        place_redirect(worker, exchange, &path, answer);
    }
    answer.header_only = exchange.request.method() == b"HEAD" || matches!(answer.status, 204 | 304);
    answer.length = promised(exchange, link);
}

/// The length that the head tells.
pub fn promised(exchange: &Exchange, link: &Link) -> Option<u64> {
    if matches!(link.framing, Framing::Chunked(_)) { None } else { length(&exchange.upstream_headers) }
}

/// Takes over the headers that came after the body.
pub fn take_trailers(worker: &Worker, flight: &mut Flight, link: &Link) {
    let Some(http2) = &link.http2 else { return };
    let Some(http) = worker.http(&flight.exchange).filter(|http| http.pass_trailers) else { return };
    for (name, value) in http2.trailers.iter() {
        if http.treatments.of(name) != Some(Treatment::Hide) {
            flight.answer.trailers.push(name, value);
        }
    }
}

/// What a piece of the body has besides content.
#[cold]
pub fn note(worker: &Worker, flight: &Flight, link: &mut Link, note: &Note, input: &[u8]) {
    match note {
        Note::None => {}
        Note::Stderr(text) => {
            let text = speaks::sent_in_stderr(&input[text.clone()]);
            say_of(worker, flight, Level::Error, &text, READING_BODY);
        }
        Note::Closes => link.persists = false,
        Note::Warns(text) => {
            link.persists = false;
            say_of(worker, flight, Level::Warn, text.as_bytes(), READING_BODY);
        }
        Note::Fails(text) => {
            link.persists = false;
            say_of(worker, flight, Level::Error, text.as_bytes(), READING_BODY);
        }
    }
}
