//! Answers that nginx makes itself: pages for its statuses, the texts of `return`, redirects.

use std::rc::Rc;

use super::client::Client;
use super::flight::Flight;
use super::send::{Source, filter, send, send_filtered};
use super::state::Worker;
use crate::exchange::answer::{Answer, Refused, write_page, write_refresh};
use crate::exchange::{Exchange, Reply, TermsOf};

/// Statuses with which nginx closes the connection without a word.
const SILENT: &[u16] = &[408, 444, 499];

/// Sends the answer.
pub async fn answer<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight) {
    let status = flight.exchange.status;
    if SILENT.contains(&status) {
        client.fail();
        return;
    }
    let Some(reply) = flight.exchange.reply else { return };
    if flight.stub.is_some() && reply.body.is_none_or(crate::exchange::Slice::is_empty) {
        // What is no error has begun already, as an answer without content and thus no page.
        return stub(worker, client, flight, status >= 300).await;
    }
    let reply = match reply.body.map(|_| client.discard_body()) {
        Some(Err(status)) => Reply { status, ..Reply::default() },
        _ => reply,
    };
    let body = prepare(worker, flight, reply);
    if let Err(Refused { status, keeps_headers }) = send(worker, client, flight, &Source::Memory(body)).await {
        if !keeps_headers {
            flight.answer.clear();
        }
        let body = prepare(worker, flight, Reply { status, ..Reply::default() });
        send_filtered(worker, client, flight, &Source::Memory(body)).await;
    }
}

/// Sends what is to stand in the place of an answer without content; it may be a page itself.
pub async fn stub<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, may_be_page: bool) {
    let Some((content, content_type)) = flight.stub.take() else { return };
    flight.answer.restart();
    flight.answer.status = 200;
    flight.answer.set_type(&content_type);
    // No filter of subrequests takes another answer in its place.
    if may_be_page && filter(worker, flight).is_err() {
        return;
    }
    send_filtered(worker, client, flight, &Source::Memory(content)).await;
}

/// Makes head and body.
fn prepare(worker: &Worker, flight: &mut Flight, reply: Reply) -> Vec<u8> {
    let terms = worker.terms(&flight.exchange);
    let Flight { answer, exchange, .. } = flight;
    let site = &worker.generation.site;
    answer.restart();
    answer.status = reply.status;
    exchange.write_cookies(&mut answer.list);
    answer.header_only = exchange.request.method() == b"HEAD";
    let mut body = Vec::new();
    match reply.body {
        Some(text) => {
            body.extend_from_slice(exchange.text(site, text));
            answer.set_type(terms.heads.content_type(exchange.request.uri()));
        }
        None if terms.refreshes && matches!(reply.status, 301 | 302) && exchange.request.is_msie() => {
            let to = reply.location.map(|location| exchange.text(site, location)).unwrap_or_default();
            write_refresh(to, &mut body);
            answer.status = 200;
            answer.set_type(b"text/html");
            answer.length = Some(body.len() as u64);
            return body;
        }
        None => {
            let padded = terms.padding && exchange.request.version() >= 10 && exchange.request.wants_padding();
            let page = exchange.route.page(reply.status);
            if write_page(page, &terms.signature, padded, &mut body) {
                answer.set_type(b"text/html");
            }
        }
    }
    answer.length = Some(body.len() as u64);
    if let Some(location) = reply.location {
        let location = exchange.text(site, location);
        answer.list.remove(b"Location");
        place_redirect(worker, exchange, location, answer);
    }
    body
}

/// Puts a redirect of nginx's own where it belongs: a path is made a whole URL, unless `absolute_redirect` is off.
pub fn place_redirect(worker: &Worker, exchange: &Exchange, location: &[u8], answer: &mut Answer) {
    let terms = worker.terms(exchange);
    if location.first() == Some(&b'/') && terms.absolute_redirect {
        write_absolute(worker, exchange, terms, location, &mut answer.location);
    } else if !location.is_empty() {
        answer.list.push(b"Location", location);
    }
}

/// A redirect as a whole URL.
fn write_absolute(worker: &Worker, exchange: &Exchange, terms: &TermsOf, path: &[u8], out: &mut Vec<u8>) {
    let connection = exchange.request.connection();
    out.extend_from_slice(if connection.tls { b"https://" } else { b"http://" });
    let host = exchange.request.host();
    if terms.server_name_in_redirect {
        out.extend_from_slice(exchange.server_name(&worker.generation.site));
    } else if host.is_empty() {
        let address = connection.server.map(|server| crate::config::ip_text(server.ip())).unwrap_or_default();
        out.extend_from_slice(address.as_bytes());
    } else {
        out.extend_from_slice(host);
    }
    let port = connection.server.map_or(0, |server| server.port());
    let default = if connection.tls { 443 } else { 80 };
    if terms.port_in_redirect && port != 0 && port != default {
        out.extend_from_slice(format!(":{port}").as_bytes());
    }
    out.extend_from_slice(path);
}
