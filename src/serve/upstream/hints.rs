//! Early hints on their way from an upstream to the client: `ngx_http_upstream_process_early_hints`. They go out at once,
//! with the headers that the location does not hide and no others.

use super::say::{READING_HEAD, say_of};
use super::speaks::treatments;
use crate::exchange::answer::Treatment;
use crate::exchange::{Exchange, Headers};
use crate::serve::client::Client;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::wire::http1::Field;

/// The status of early hints.
pub const EARLY_HINTS: u16 = 103;

/// Takes early hints of so many `length` bytes; what they say stands in `fields`, whose texts are `bytes`.
pub fn take(worker: &Worker, flight: &mut Flight, length: usize, fields: &[Field], bytes: &[u8]) {
    flight.hinted += length as u64;
    if flight.hinted > worker.terms(&flight.exchange).buffering.head {
        return say_of(worker, flight, Level::Info, b"upstream sent too big early hints", READING_HEAD);
    }
    if flight.exchange.is_sub || !are_wanted(worker, &mut flight.exchange) {
        return;
    }
    let treatments = treatments(worker, &flight.exchange);
    let mut headers = Headers::default();
    for field in fields {
        let name = field.name.of(bytes);
        if treatments.and_then(|treatments| treatments.of(name)) != Some(Treatment::Hide) {
            headers.push(name, field.value.of(bytes));
        }
    }
    if !headers.is_empty() {
        flight.hints.push(headers);
    }
}

/// `early_hints`
fn are_wanted(worker: &Worker, exchange: &mut Exchange) -> bool {
    let site = &worker.generation.site;
    worker.terms(exchange).early_hints.iter().any(|condition| {
        let value = condition.eval(site, exchange);
        !matches!(exchange.text(site, value), b"" | b"0")
    })
}

/// Hands over what was taken.
#[inline]
pub fn pass_on<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) {
    if flight.hints.is_empty() {
        return;
    }
    for headers in std::mem::take(&mut flight.hints) {
        client.hint(worker, flight, &headers);
    }
}
