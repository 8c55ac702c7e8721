//! Reading the head of a request: `ngx_http_process_request_line`, `ngx_http_process_request_headers`.

use std::future::poll_fn;
use std::task::{Context, Poll};

use super::http1::Http1;
use super::incoming::Incoming;
use crate::exchange::{Exchange, Line};
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::wire::http1::{RequestHead, Stage};

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Nothing, or not enough in time.
    Nothing,
    /// A head.
    Request,
    /// Something that is answered with this status.
    Refused(u16),
}

/// nginx's own status for headers that are too large.
const HEADER_TOO_LARGE: u16 = 494;

impl Http1 {
    /// Reads a head and begins the exchange with it.
    pub(super) async fn read_head(&mut self, worker: &Worker, flight: &mut Flight) -> Read {
        self.timer.set_after(self.server(worker).header_timeout);
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            if let Some(read) = self.take(worker, flight, &rest) {
                self.timer.clear();
                return read;
            }
            self.rest = rest;
        }
        let read = poll_fn(|cx| self.poll_head(cx, worker, flight)).await;
        self.timer.clear();
        read
    }

    fn poll_head(&mut self, cx: &mut Context, worker: &Worker, flight: &mut Flight) -> Poll<Read> {
        loop {
            let mut scratch = worker.scratch.borrow_mut();
            let count = match self.stream.poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Read::Nothing),
                Poll::Ready(Ok(count)) => count,
                Poll::Pending if self.timer.poll(cx).is_ready() => {
                    self.persists = false;
                    self.begin_anew(flight, b"", b"", 10);
                    return Poll::Ready(if self.rest.is_empty() { Read::Nothing } else { Read::Refused(408) });
                }
                Poll::Pending => return Poll::Pending,
            };
            let read = if self.rest.is_empty() {
                self.take(worker, flight, &scratch[..count])
            } else {
                self.rest.extend_from_slice(&scratch[..count]);
                let all = std::mem::take(&mut self.rest);
                let read = self.take(worker, flight, &all);
                if read.is_none() {
                    self.rest = all;
                }
                read
            };
            match read {
                Some(read) => return Poll::Ready(read),
                None if self.rest.is_empty() => self.rest.extend_from_slice(&scratch[..count]),
                None => {}
            }
        }
    }

    /// Takes a head off these bytes, if it is complete; the rest of them is kept.
    fn take(&mut self, worker: &Worker, flight: &mut Flight, bytes: &[u8]) -> Option<Read> {
        let read = flight.head.read(bytes);
        let complete = match read {
            Ok(Some(length)) => {
                self.rest.extend_from_slice(&bytes[length..]);
                Ok(())
            }
            Ok(None) => match self.limit(worker, &flight.head, bytes.len()) {
                Some(status) => Err(status),
                None => return None,
            },
            Err(bad) => Err(bad.status()),
        };
        let head = &flight.head;
        let target = raw_target(head, bytes);
        self.begin_anew_of(
            &mut flight.exchange,
            head.method.of(bytes),
            target,
            if head.version == 0 { 10 } else { head.version },
        );
        let Err(status) = complete else {
            let most = self.server(worker).max_headers as usize;
            if head.fields.len() > most {
                self.persists = false;
                return Some(Read::Refused(400));
            }
            self.note_headers(flight, bytes);
            return Some(Read::Request);
        };
        self.persists = false;
        Some(Read::Refused(status))
    }

    /// What holds until the request says for whom it is.
    pub(super) fn server<'w>(&self, worker: &'w Worker) -> &'w crate::exchange::ServerTerms {
        let handshake = self.connection.handshake;
        let first = handshake
            .map_or_else(|| worker.generation.site.listener(self.listener).default, |handshake| handshake.server);
        worker.generation.terms.server(first)
    }

    /// The status for a line or headers that outgrow nginx's buffers.
    fn limit(&self, worker: &Worker, head: &RequestHead, length: usize) -> Option<u16> {
        let server = self.server(worker);
        let (count, size) = server.large_buffers;
        let one = size.max(server.header_buffer) as usize;
        match head.stage() {
            Stage::Line { start } => (length - start >= one).then_some(414),
            Stage::Header { start } => {
                let all = (server.header_buffer + count * size) as usize;
                (length - start >= one || length >= all).then_some(HEADER_TOO_LARGE)
            }
        }
    }

    fn begin_anew(&mut self, flight: &mut Flight, method: &[u8], target: &[u8], version: u8) {
        self.begin_anew_of(&mut flight.exchange, method, target, version);
    }

    fn begin_anew_of(&mut self, exchange: &mut Exchange, method: &[u8], target: &[u8], version: u8) {
        exchange.epoch = clock::epoch();
        exchange.start(&self.connection, Line { method, target, version }, clock::now());
        self.known.tell(exchange);
        self.incoming = Incoming::None;
        self.persists = version >= 11;
        (self.expects, self.lingers) = (false, false);
        self.outgoing.take_sent();
    }

    /// Gives the headers to the exchange, and takes from them what the connection itself needs.
    fn note_headers(&mut self, flight: &mut Flight, bytes: &[u8]) {
        let Flight { head, exchange, .. } = flight;
        for field in &head.fields {
            let (name, value) = (field.name.of(bytes), field.value.of(bytes));
            match name.len() {
                10 if name.eq_ignore_ascii_case(b"connection") => self.note_connection(value),
                6 if name.eq_ignore_ascii_case(b"expect") && head.version >= 11 => {
                    self.expects = value.eq_ignore_ascii_case(b"100-continue");
                }
                _ => {}
            }
            exchange.request.header(name, value);
        }
        if exchange.request.has_body() {
            self.incoming = Incoming::of(exchange);
        }
    }

    fn note_connection(&mut self, value: &[u8]) {
        let has = |word: &[u8]| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        if has(b"close") {
            self.persists = false;
        } else if has(b"keep-alive") {
            self.persists = true;
        }
    }
}

/// The target as the client sent it, with scheme and host where it has them.
fn raw_target<'b>(head: &RequestHead, bytes: &'b [u8]) -> &'b [u8] {
    match (head.scheme, head.host) {
        (Some(scheme), host) => {
            let end = head.target.end().max(host.map_or(0, crate::wire::http1::Piece::end));
            &bytes[scheme.start as usize..end]
        }
        (None, Some(host)) => host.of(bytes),
        (None, None) => head.target.of(bytes),
    }
}
