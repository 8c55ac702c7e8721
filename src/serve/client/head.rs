//! Reading the head of a request: `ngx_http_process_request_line`, `ngx_http_process_request_headers`.

use std::future::poll_fn;
use std::task::{Context, Poll};

use super::http1::Http1;
use super::incoming::Incoming;
use crate::config::ip_text;
use crate::exchange::{Exchange, Line};
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, Stage as Doing};
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
    /// Not enough, and the client is gone or late: there is only the log to tell, with this status.
    Broken(u16),
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
            let read = self.stream.poll_read(cx, &mut scratch);
            let count = match read {
                Poll::Ready(Ok(0) | Err(_)) => {
                    if matches!(read, Poll::Ready(Ok(0))) {
                        self.note_closed(worker);
                    }
                    return Poll::Ready(self.break_off(worker, flight, b"client prematurely closed connection", 400));
                }
                Poll::Ready(Ok(count)) => count,
                Poll::Pending if self.timer.poll(cx).is_ready() => {
                    let words = b"client timed out (110: Connection timed out)";
                    return Poll::Ready(self.break_off(worker, flight, words, 408));
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
                Ok(length)
            }
            Ok(None) => match self.limit(worker, &flight.head, bytes.len()) {
                Some(status) => {
                    let words: &[u8] =
                        if status == 414 { b"client sent too long URI" } else { b"client sent too large request" };
                    Err((status, words.to_vec()))
                }
                None => return None,
            },
            Err(bad) => {
                let mut words = Vec::new();
                bad.write(bytes, &mut words);
                Err((bad.status(), words))
            }
        };
        let head = &flight.head;
        let target = raw_target(head, bytes);
        let version = if head.version == 0 { 10 } else { head.version };
        self.begin_anew_of(worker, &mut flight.exchange, head.method.of(bytes), target, version);
        let line = head.shown_line(bytes).of(bytes);
        flight.exchange.request.keep_line(line, head.protocol.of(bytes).trim_ascii_start());
        let stage = match head.stage() {
            Stage::Line { .. } => Doing::RequestLine,
            Stage::Header { .. } => Doing::RequestHeaders,
        };
        let Err((status, words)) = complete.map(|length| {
            let start = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            flight.exchange.facts.request_length = (length - start) as u64;
        }) else {
            let most = self.server(worker).max_headers as usize;
            if head.fields.len() > most {
                self.persists = false;
                flight.complaint = Some((Doing::RequestHeaders, b"client sent too many header lines".to_vec()));
                return Some(Read::Refused(400));
            }
            self.note_headers(flight, bytes);
            return Some(Read::Request);
        };
        self.persists = false;
        keep_headers(flight, bytes);
        flight.complaint = Some((stage, words));
        Some(Read::Refused(status))
    }

    /// The client ended the connection between two requests.
    fn note_closed(&self, worker: &Worker) {
        if self.requests > 0 && self.rest.is_empty() {
            let client = self.connection.client.map_or_else(|| "unix:".to_owned(), ip_text);
            let message = format_args!("client {client} closed keepalive connection");
            worker.logs.error(self.log, Level::Info, Some(self.connection.number), message);
        }
    }

    /// There will be no more of the head.
    fn break_off(&mut self, worker: &Worker, flight: &mut Flight, words: &[u8], status: u16) -> Read {
        self.persists = false;
        let bytes = std::mem::take(&mut self.rest);
        if bytes.is_empty() {
            return Read::Nothing;
        }
        let head = &flight.head;
        let (method, target) = (head.method.of(&bytes), raw_target(head, &bytes));
        let version = if head.version == 0 { 10 } else { head.version };
        self.begin_anew_of(worker, &mut flight.exchange, method, target, version);
        let line = head.shown_line(&bytes).of(&bytes);
        flight.exchange.request.keep_line(line, head.protocol.of(&bytes).trim_ascii_start());
        let stage = match head.stage() {
            Stage::Line { .. } => Doing::RequestLine,
            Stage::Header { .. } => Doing::RequestHeaders,
        };
        keep_headers(flight, &bytes);
        flight.complaint = Some((stage, words.to_vec()));
        Read::Broken(status)
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

    fn begin_anew_of(&mut self, worker: &Worker, exchange: &mut Exchange, method: &[u8], target: &[u8], version: u8) {
        exchange.epoch = clock::epoch();
        exchange.start(&self.connection, Line { method, target, version }, clock::now());
        let facts = &mut exchange.facts;
        (facts.requests, facts.opened, facts.chance) = (self.requests + 1, self.opened, self.chance);
        facts.is_pipelined = self.is_pipelined;
        (facts.pid, facts.zone) = (worker.pid, worker.zone());
        self.known.tell(exchange);
        self.incoming = Incoming::None;
        self.received = 0;
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

/// Gives the headers of a head that is refused to the exchange, for its logs.
fn keep_headers(flight: &mut Flight, bytes: &[u8]) {
    let Flight { head, exchange, .. } = flight;
    for field in &head.fields {
        exchange.request.header(field.name.of(bytes), field.value.of(bytes));
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
