//! Messages about a request: what was being done, and for whom (`ngx_http_log_error`, `ngx_http_log_error_handler`).

use std::fmt::Arguments;

use super::Level;
use crate::config::ip_text;
use crate::exchange::{Attempt, Exchange, Note};
use crate::modules::shared::pass::Protocol;
use crate::serve::client::{BodyFault, Client};
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::syntax::encode;

/// What is being done: nginx's `action` of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Nothing that has a name.
    #[default]
    None,
    /// The first byte of a request is waited for.
    WaitingForRequest,
    /// The request's first line.
    RequestLine,
    /// The request's headers.
    RequestHeaders,
    /// The request's body.
    RequestBody,
    /// The connection is kept for another request.
    Keepalive,
    /// A connection to a peer.
    Connecting,
    /// TLS with a peer.
    Handshaking,
    /// The request goes to a peer.
    SendingRequest,
    /// The head of a peer's answer.
    ReadingHead,
    /// The body of a peer's answer.
    ReadingBody,
    /// The answer goes to the client.
    SendingToClient,
    /// The access log.
    Logging,
}

impl Stage {
    /// nginx's words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Stage::None => "",
            Stage::WaitingForRequest => "while waiting for request",
            Stage::RequestLine => "while reading client request line",
            Stage::RequestHeaders => "while reading client request headers",
            Stage::RequestBody => "while reading client request body",
            Stage::Keepalive => "while keepalive",
            Stage::Connecting => "while connecting to upstream",
            Stage::Handshaking => "while SSL handshaking to upstream",
            Stage::SendingRequest => "while sending request to upstream",
            Stage::ReadingHead => "while reading response header from upstream",
            Stage::ReadingBody => "while reading upstream",
            Stage::SendingToClient => "while sending to client",
            Stage::Logging => "while logging request",
        }
    }
}

impl Worker {
    /// Writes a message about a request to the logs of where it is.
    pub fn report(&self, exchange: &Exchange, level: Level, stage: Stage, message: Arguments<'_>) {
        if self.reports(exchange, level) {
            self.report_bytes(exchange, level, stage.words(), &encode(&message.to_string()));
        }
    }

    /// Whether a message of this level about a request would be written.
    pub fn reports(&self, exchange: &Exchange, level: Level) -> bool {
        self.logs.enabled(self.logs.of(self.terms(exchange).scope), level)
    }

    /// [`Worker::report`] of any bytes.
    pub fn report_bytes(&self, exchange: &Exchange, level: Level, about: &str, message: &[u8]) {
        self.report_attempt(exchange, exchange.attempts.last(), level, about, message);
    }

    /// The same, about this try and not the last one.
    pub fn report_attempt(
        &self,
        exchange: &Exchange,
        attempt: Option<&Attempt>,
        level: Level,
        about: &str,
        message: &[u8],
    ) {
        let log = self.logs.of(self.terms(exchange).scope);
        if !self.logs.enabled(log, level) {
            return;
        }
        let mut text = message.to_vec();
        if !about.is_empty() {
            text.push(b' ');
            text.extend_from_slice(about.as_bytes());
        }
        self.write_request(exchange, attempt, &mut text);
        self.logs.error_bytes(log, level, Some(exchange.request.connection().number), &text);
    }

    /// Says why the body of a request cannot be read, and gives the status.
    #[cold]
    pub fn report_body(&self, exchange: &Exchange, fault: BodyFault) -> u16 {
        let (level, words, status) = match fault {
            BodyFault::Gone => (Level::Info, "client prematurely closed connection", 400),
            BodyFault::Bad(408) => (Level::Info, "client timed out (110: Connection timed out)", 408),
            BodyFault::Bad(status) => (Level::Error, "client sent invalid chunked body", status),
        };
        let stage = if level == Level::Info { Stage::RequestBody } else { Stage::None };
        self.report(exchange, level, stage, format_args!("{words}"));
        status
    }

    /// Whose request it is, and where it went.
    fn write_request(&self, exchange: &Exchange, attempt: Option<&Attempt>, text: &mut Vec<u8>) {
        let request = &exchange.request;
        text.extend_from_slice(b", client: ");
        let client = request.client().map_or_else(|| "unix:".to_owned(), ip_text);
        text.extend_from_slice(client.as_bytes());
        text.extend_from_slice(b", server: ");
        text.extend_from_slice(exchange.server_name(&self.generation.site));
        if !request.line().is_empty() {
            quoted(text, ", request: ", &[request.line()]);
        }
        if exchange.is_sub {
            quoted(text, ", subrequest: ", &[request.uri()]);
        }
        if let Some(attempt) = attempt {
            let scheme = scheme(exchange.protocol, exchange.tls);
            let colon: &[u8] = if attempt.addr.starts_with("unix:") { b":" } else { b"" };
            // nginx knows what it asked for only where it speaks HTTP/1.
            let mut uri = Vec::new();
            if exchange.protocol == Protocol::Http {
                match self.http(exchange) {
                    Some(http) if http.is_http2() => {}
                    Some(http) => http.write_uri(&self.generation.site, exchange, &mut uri),
                    None => uri.extend_from_slice(request.uri()),
                }
            }
            quoted(text, ", upstream: ", &[scheme.as_bytes(), attempt.addr.as_bytes(), colon, &uri]);
        }
        for (name, header) in [(", host: ", &b"host"[..]), (", referrer: ", b"referer")] {
            if let Some((_, value)) = request.headers().find(|(known, _)| known.eq_ignore_ascii_case(header)) {
                quoted(text, name, &[value]);
            }
        }
    }

    /// Writes what the exchange has noted.
    #[inline]
    pub fn report_notes(&self, exchange: &mut Exchange) {
        if !exchange.notes.is_empty() {
            self.write_notes(exchange);
        }
    }

    #[cold]
    fn write_notes(&self, exchange: &mut Exchange) {
        let mut notes = std::mem::take(&mut exchange.notes);
        for note in notes.drain(..) {
            let level = Level::at(note.importance() as u8);
            if self.reports(exchange, level) {
                let message = note.message(&self.generation.site, &self.generation.plan, exchange);
                let stage = match note {
                    Note::NoLive => Stage::Connecting,
                    Note::BadLine(_) => Stage::RequestLine,
                    note if note.is_of_headers() => Stage::RequestHeaders,
                    _ => Stage::None,
                };
                self.report_bytes(exchange, level, stage.words(), &message);
            }
        }
        exchange.notes = notes;
    }

    /// Writes a request that is over to its access logs, and to the trace.
    pub fn log_request<C: Client>(&self, client: &C, flight: &mut Flight, is_readable: bool) {
        let terms = self.terms(&flight.exchange);
        if !self.access.want(terms) {
            return;
        }
        let site = &self.generation.site;
        let mut complaints = Vec::new();
        {
            let exchange = &mut flight.exchange;
            exchange.now = crate::serve::clock::now();
            exchange.facts.bytes_sent = client.sent();
            exchange.facts.request_length += client.received();
            exchange.with_answer(&mut flight.answer, |exchange| {
                let logs = (&*terms.access_logs, terms.log_cache.as_ref());
                self.access.log(site, exchange, logs, &mut |level, message| complaints.push((level, message)));
                if is_readable {
                    self.access.record(site, exchange);
                }
            });
        }
        for (level, message) in complaints {
            self.report(&flight.exchange, level, Stage::Logging, format_args!("{message}"));
        }
    }
}

fn quoted(text: &mut Vec<u8>, name: &str, values: &[&[u8]]) {
    text.extend_from_slice(name.as_bytes());
    text.push(b'"');
    for value in values {
        text.extend_from_slice(value);
    }
    text.push(b'"');
}

fn scheme(protocol: Protocol, tls: bool) -> &'static str {
    match (protocol, tls) {
        (Protocol::Http, false) => "http://",
        (Protocol::Http, true) => "https://",
        (Protocol::Fastcgi, _) => "fastcgi://",
        (Protocol::Scgi, _) => "scgi://",
        (Protocol::Uwsgi, false) => "uwsgi://",
        (Protocol::Uwsgi, true) => "suwsgi://",
        (Protocol::Grpc, false) => "grpc://",
        (Protocol::Grpc, true) => "grpcs://",
        (Protocol::Memcached, _) => "memcached://",
        (Protocol::Tunnel | Protocol::Stream, _) => "",
    }
}
