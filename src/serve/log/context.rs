//! Messages about a request: what was being done, and for whom (`ngx_http_log_error`, `ngx_http_log_error_handler`).

use std::fmt::Arguments;

use super::Level;
use crate::config::ip_text;
use crate::exchange::{Connection, Exchange, Note};
use crate::modules::shared::pass::Protocol;
use crate::serve::client::Client;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::upstream::prepare_request;
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
            Stage::WaitingForRequest => "waiting for request",
            Stage::RequestLine => "reading client request line",
            Stage::RequestHeaders => "reading client request headers",
            Stage::RequestBody => "reading client request body",
            Stage::Keepalive => "keepalive",
            Stage::Connecting => "connecting to upstream",
            Stage::Handshaking => "SSL handshaking to upstream",
            Stage::SendingRequest => "sending request to upstream",
            Stage::ReadingHead => "reading response header from upstream",
            Stage::ReadingBody => "reading upstream",
            Stage::SendingToClient => "sending to client",
            Stage::Logging => "logging request",
        }
    }
}

impl Worker {
    /// Writes a message about a request to the logs of where it is.
    pub fn report(&self, flight: &mut Flight, level: Level, stage: Stage, message: Arguments<'_>) {
        if self.reports(&flight.exchange, level) {
            self.report_bytes(flight, level, stage, &encode(&message.to_string()));
        }
    }

    /// Whether a message of this level about a request would be written.
    pub fn reports(&self, exchange: &Exchange, level: Level) -> bool {
        self.logs.enabled(self.logs.of(self.terms(exchange).scope), level)
    }

    /// [`Worker::report`] of any bytes.
    pub fn report_bytes(&self, flight: &mut Flight, level: Level, stage: Stage, message: &[u8]) {
        let log = self.logs.of(self.terms(&flight.exchange).scope);
        if !self.logs.enabled(log, level) {
            return;
        }
        let has_upstream = !flight.exchange.attempts.is_empty();
        if has_upstream && flight.exchange.protocol == Protocol::Http {
            // The path that is asked for is part of the message.
            prepare_request(self, flight);
        }
        let mut text = message.to_vec();
        write_client(&mut text, stage, flight.exchange.request.connection());
        write_request(&mut text, self, flight);
        let number = flight.exchange.request.connection().number;
        self.logs.error_bytes(log, level, Some(number), &text);
    }

    /// Writes a message about a connection without a request.
    pub fn report_connection(&self, connection: &Connection, level: Level, stage: Stage, message: &str) {
        if !self.logs.enabled(super::MAIN, level) {
            return;
        }
        let mut text = message.as_bytes().to_vec();
        write_client(&mut text, stage, connection);
        let server = connection.server.map_or_else(|| "unix:".to_owned(), |server| server.to_string());
        text.extend_from_slice(format!(", server: {server}").as_bytes());
        self.logs.error_bytes(super::MAIN, level, Some(connection.number), &text);
    }

    /// Writes what the exchange has noted.
    #[inline]
    pub fn report_notes(&self, flight: &mut Flight) {
        if !flight.exchange.notes.is_empty() {
            self.write_notes(flight);
        }
    }

    #[cold]
    fn write_notes(&self, flight: &mut Flight) {
        let notes = std::mem::take(&mut flight.exchange.notes);
        for note in &notes {
            let level = Level::at(note.importance() as u8);
            if self.reports(&flight.exchange, level) {
                let message = note.message(&self.generation.site, &self.generation.plan, &flight.exchange);
                let stage = match note {
                    Note::NoLive => Stage::Connecting,
                    note if note.is_of_head() => Stage::RequestHeaders,
                    _ => Stage::None,
                };
                self.report_bytes(flight, level, stage, &message);
            }
        }
        flight.exchange.notes = notes;
        flight.exchange.notes.clear();
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
            std::mem::swap(&mut flight.answer, &mut exchange.answer);
            self.access.log(site, exchange, terms, &mut |level, message| complaints.push((level, message)));
            if is_readable {
                self.access.record(site, exchange);
            }
            std::mem::swap(&mut flight.answer, &mut exchange.answer);
        }
        for (level, message) in complaints {
            self.report(flight, level, Stage::Logging, format_args!("{message}"));
        }
    }
}

/// What is done, and the client.
fn write_client(text: &mut Vec<u8>, stage: Stage, connection: &Connection) {
    if stage != Stage::None {
        text.extend_from_slice(b" while ");
        text.extend_from_slice(stage.words().as_bytes());
    }
    text.extend_from_slice(b", client: ");
    let client = connection.client.map_or_else(|| "unix:".to_owned(), ip_text);
    text.extend_from_slice(client.as_bytes());
}

fn write_request(text: &mut Vec<u8>, worker: &Worker, flight: &Flight) {
    let exchange = &flight.exchange;
    let request = &exchange.request;
    text.extend_from_slice(b", server: ");
    text.extend_from_slice(exchange.server_name(&worker.generation.site));
    if !request.line().is_empty() {
        quoted(text, ", request: ", &[request.line()]);
    }
    if let Some(attempt) = exchange.attempts.last() {
        let scheme = scheme(exchange.protocol, exchange.tls);
        let colon: &[u8] = if attempt.addr.starts_with("unix:") { b":" } else { b"" };
        let uri = match exchange.protocol {
            Protocol::Http => asked(&flight.request),
            _ => request.uri(),
        };
        quoted(text, ", upstream: ", &[scheme.as_bytes(), attempt.addr.as_bytes(), colon, uri]);
    }
    for (name, header) in [(", host: ", &b"host"[..]), (", referrer: ", b"referer")] {
        if let Some((_, value)) = request.headers().find(|(known, _)| known.eq_ignore_ascii_case(header)) {
            quoted(text, name, &[value]);
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

/// The path in a request that was written.
fn asked(request: &[u8]) -> &[u8] {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let Some(start) = memchr::memchr(b' ', line) else { return b"" };
    let end = memchr::memrchr(b' ', line).unwrap_or(line.len());
    line.get(start + 1..end).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked() {
        assert_eq!(asked(b"GET /a?b HTTP/1.1\r\nHost: x y\r\n"), b"/a?b");
        assert_eq!(asked(b"GET /a b HTTP/1.0\r\n"), b"/a b");
        assert_eq!(asked(b""), b"");
    }

    #[test]
    fn clients() {
        let mut text = b"client timed out".to_vec();
        let client = Connection { client: Some([127, 0, 0, 1].into()), ..Connection::default() };
        write_client(&mut text, Stage::RequestHeaders, &client);
        assert_eq!(text, b"client timed out while reading client request headers, client: 127.0.0.1");
    }
}
