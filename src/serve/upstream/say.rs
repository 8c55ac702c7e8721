//! What the error log is told of upstreams: nginx's message, what nginx was about, and the request with its upstream.

use std::io;

use crate::exchange::{Event, Exchange};
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::state::Worker;

/// What nginx is about.
pub const CONNECTING: &str = "while connecting to upstream";
/// The same, once TCP stands.
pub const HANDSHAKING: &str = "while SSL handshaking to upstream";
/// The same, before all of the request was sent.
pub const SENDING: &str = "while sending request to upstream";
/// The same, until the head of the answer is there.
pub const READING_HEAD: &str = "while reading response header from upstream";
/// The same, after the head.
pub const READING_BODY: &str = "while reading upstream";

/// nginx's words where time ran out.
pub const TIMED_OUT: &[u8] = b"upstream timed out (110: Connection timed out)";
/// nginx's words for a peer that failed too often.
const DISABLED: &[u8] = b"upstream server temporarily disabled";
/// nginx's words for a client that does not wait for the answer.
pub const CLIENT_GONE: &[u8] =
    b"epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too";
/// nginx's words for a connection that ended too soon.
pub const CLOSED: &[u8] = b"upstream prematurely closed connection";

/// Logs a message about a request and its upstream; nothing where nginx has no words.
#[cold]
pub fn say(worker: &Worker, exchange: &Exchange, level: Level, message: &[u8], about: &str) {
    if !message.is_empty() {
        worker.report_bytes(exchange, level, about, message);
    }
}

/// The same, for a whole flight.
pub fn say_of(worker: &Worker, flight: &Flight, level: Level, message: &[u8], about: &str) {
    say(worker, &flight.exchange, level, message, about);
}

/// Logs what nginx says of a try that failed only once the balancer knows of it: `tried` of the attempts, which need not be
/// the last any more.
pub fn say_judged(worker: &Worker, flight: &Flight, tried: usize, event: Event) {
    let exchange = &flight.exchange;
    let Some(attempt) = exchange.attempts.get(tried) else { return };
    if attempt.unavailable_until.is_some() {
        worker.report_attempt(exchange, Some(attempt), Level::Warn, flight.about, DISABLED);
    }
    if matches!(event, Event::ConnectTimeout | Event::ReadTimeout) {
        worker.report_attempt(exchange, Some(attempt), Level::Error, flight.about, TIMED_OUT);
    }
}

/// Logs what the system says of a call.
pub fn say_failed(worker: &Worker, flight: &Flight, call: &str, error: &io::Error, about: &str) {
    let message = format!("{call} failed ({})", refusal(error));
    say_of(worker, flight, level_of(error), message.as_bytes(), about);
}

/// The call that there is no connection by: nginx names the address where it knew at once.
pub fn connect_call(addr: &str, error: &io::Error) -> String {
    let knew = addr.starts_with("unix:") || error.kind() == io::ErrorKind::NetworkUnreachable;
    if knew { format!("connect() to {addr}") } else { "connect()".to_owned() }
}

/// `ngx_connection_error`, and what `ngx_event_connect_peer` makes of errors.
pub fn level_of(error: &io::Error) -> Level {
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
