//! What the error log is told of upstreams: nginx's message, what nginx was about, and the request with its upstream.

use std::io;

use crate::exchange::Exchange;
use crate::modules::shared::pass::Protocol;
use crate::serve::flight::Flight;
use crate::serve::local::complain_of;
use crate::serve::log::{Level, refusal};
use crate::serve::state::Worker;

/// What nginx is about.
pub const CONNECTING: &str = "while connecting to upstream";
/// The same, before all of the request was sent.
pub const SENDING: &str = "while sending request to upstream";
/// The same, until the head of the answer is there.
pub const READING_HEAD: &str = "while reading response header from upstream";
/// The same, after the head.
pub const READING_BODY: &str = "while reading upstream";

/// nginx's words where time ran out.
pub const TIMED_OUT: &[u8] = b"upstream timed out (110: Connection timed out)";
/// nginx's words for a client that does not wait for the answer.
pub const CLIENT_GONE: &[u8] =
    b"epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too";
/// nginx's words for a connection that ended too soon.
pub const CLOSED: &[u8] = b"upstream prematurely closed connection";

/// Logs a message about a request and its upstream; nothing where nginx has no words. `written` is the request as it goes
/// to the upstream.
#[cold]
pub fn say(worker: &Worker, exchange: &Exchange, written: &[u8], level: Level, message: &[u8], about: &str) {
    if message.is_empty() {
        return;
    }
    let separator = if about.is_empty() { "" } else { " " };
    let message = [message, separator.as_bytes(), about.as_bytes()].concat();
    complain_of(worker, exchange, level, &message, &upstream(exchange, written));
}

/// The same, for a whole flight.
pub fn say_of(worker: &Worker, flight: &Flight, level: Level, message: &[u8], about: &str) {
    say(worker, &flight.exchange, &flight.request, level, message, about);
}

/// Logs what the system says of a call.
pub fn say_failed(worker: &Worker, flight: &Flight, call: &str, error: &io::Error, about: &str) {
    let message = format!("{call} failed ({})", refusal(error));
    say_of(worker, flight, level_of(error), message.as_bytes(), about);
}

/// `ngx_connection_error`, and what `ngx_event_connect_peer` makes of errors.
fn level_of(error: &io::Error) -> Level {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused
        | Kind::WouldBlock
        | Kind::ConnectionReset
        | Kind::BrokenPipe
        | Kind::NotConnected
        | Kind::TimedOut
        | Kind::NetworkDown
        | Kind::NetworkUnreachable
        | Kind::HostUnreachable => Level::Error,
        _ => Level::Crit,
    }
}

/// What nginx calls the upstream: scheme, address, and for HTTP what is asked for. Empty where there is none yet.
fn upstream(exchange: &Exchange, written: &[u8]) -> Vec<u8> {
    let Some(attempt) = exchange.attempts.last() else { return Vec::new() };
    let scheme = match (exchange.protocol, exchange.tls) {
        (Protocol::Http, false) => "http://",
        (Protocol::Http, true) => "https://",
        (Protocol::Uwsgi, true) => "suwsgi://",
        (Protocol::Grpc, true) => "grpcs://",
        (Protocol::Grpc, false) => "grpc://",
        (protocol, _) => &format!("{}://", protocol.prefix()),
    };
    let mut text = [scheme.as_bytes(), attempt.addr.as_bytes()].concat();
    if exchange.protocol == Protocol::Http {
        if attempt.addr.starts_with("unix:") {
            text.push(b':');
        }
        text.extend_from_slice(written.split(|byte| *byte == b' ').nth(1).unwrap_or_default());
    }
    text
}
