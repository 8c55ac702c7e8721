//! Answers that nginx makes itself: pages for its statuses, the texts of `return`, redirects.

use std::future::poll_fn;
use std::task::Poll;

use super::client::Client;
use super::flight::Flight;
use super::state::Worker;
use crate::exchange::answer::write_page;
use crate::exchange::{Exchange, Reply, TermsOf};

/// Statuses with which nginx closes the connection without a word.
const SILENT: &[u16] = &[408, 444, 499];

/// Sends the answer.
pub async fn answer<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) {
    let status = flight.exchange.status;
    if SILENT.contains(&status) {
        client.fail();
        return;
    }
    let Some(reply) = flight.exchange.reply else { return };
    prepare(worker, flight, reply);
    let body = std::mem::take(&mut flight.out);
    let has_body = !flight.answer.header_only;
    client.begin(worker, flight, has_body);
    client.timer().set_after(worker.terms(&flight.exchange).send_timeout);
    let mut left = if has_body { &body[..] } else { &[] };
    let mut is_ended = false;
    let sent = poll_fn(|cx| {
        if !left.is_empty() {
            match client.poll_send(cx, &mut left) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(false),
                Poll::Pending => return client.timer().poll(cx).map(|()| false),
            }
        }
        if !std::mem::replace(&mut is_ended, true) {
            client.end();
        }
        match client.poll_flush(cx) {
            Poll::Ready(sent) => Poll::Ready(sent.is_ok()),
            Poll::Pending => client.timer().poll(cx).map(|()| false),
        }
    })
    .await;
    client.timer().clear();
    if !sent {
        client.fail();
    }
    flight.out = body;
}

/// Makes head and body.
fn prepare(worker: &Worker, flight: &mut Flight, reply: Reply) {
    let terms = worker.terms(&flight.exchange);
    let Flight { answer, exchange, out, .. } = flight;
    let site = &worker.generation.site;
    answer.clear();
    answer.status = reply.status;
    out.clear();
    match reply.body {
        Some(body) => {
            out.extend_from_slice(exchange.text(site, body));
            answer.set_type(b"text/plain");
        }
        None => {
            if write_page(exchange.route.page(reply.status), &terms.signature, false, out) {
                answer.set_type(b"text/html");
            }
        }
    }
    answer.length = Some(out.len() as u64);
    if let Some(location) = reply.location {
        let location = exchange.text(site, location);
        if location.first() == Some(&b'/') && terms.absolute_redirect {
            write_absolute(worker, exchange, terms, location, &mut answer.location);
        } else {
            answer.list.push(b"Location", location);
        }
    }
    answer.header_only = exchange.request.method() == b"HEAD" || reply.status == 304;
    if reply.status == 204 {
        answer.header_only = true;
        answer.content_type.clear();
        answer.length = None;
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
