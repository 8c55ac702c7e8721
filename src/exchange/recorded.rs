//! A request that was served, as a line of a trace that the simulator reads: an object of JSON with the fields of
//! [`names`].

use std::fmt::Write as _;

use super::site::Site;
use super::state::Exchange;

/// The names of a trace's fields.
pub mod names {
    /// Unix time of arrival, in seconds.
    pub const TIME: &str = "t";
    /// The method.
    pub const METHOD: &str = "method";
    /// The address that the connection came from.
    pub const CLIENT: &str = "client";
    /// The `Host` header.
    pub const HOST: &str = "host";
    /// Path and arguments, as they were sent.
    pub const URI: &str = "uri";
    /// All other headers.
    pub const HEADERS: &str = "headers";
    /// How long the upstream took, in seconds.
    pub const SERVICE: &str = "service";
    /// HTTP's version.
    pub const VERSION: &str = "version";
    /// The port that the request came to.
    pub const PORT: &str = "port";
    /// Whether it came by TLS.
    pub const TLS: &str = "tls";
    /// The status of the answer.
    pub const STATUS: &str = "status";
    /// `$upstream_addr`
    pub const UPSTREAM_ADDR: &str = "upstream_addr";
    /// `$upstream_status`
    pub const UPSTREAM_STATUS: &str = "upstream_status";
}

/// Headers that tell secrets: a trace needs none of them to be replayed.
const SECRET: &[&[u8]] = &[b"authorization", b"proxy-authorization"];

/// Appends the line of a request that is over, with its line feed.
pub fn record(site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
    let mut line = String::with_capacity(512);
    let started = exchange.epoch + exchange.started.0;
    // A string takes all that is written.
    let _ = write!(line, "{{\"{}\": {}.{:03}", names::TIME, started / 1000, started % 1000);
    let request = &exchange.request;
    text(&mut line, names::METHOD, request.get(request.sent_method));
    let client = request.original.map_or(request.connection.client, |(client, _)| client);
    let client = client.map_or_else(|| "unix:".to_owned(), crate::config::ip_text);
    text(&mut line, names::CLIENT, client.as_bytes());
    if let Some(host) = request.known.host {
        text(&mut line, names::HOST, request.get(host));
    }
    text(&mut line, names::URI, request.request_uri());
    headers(&mut line, exchange);
    if let Some(taken) = exchange.attempts.last().and_then(|attempt| attempt.response_time) {
        let _ = write!(line, ", \"{}\": {}.{:03}", names::SERVICE, taken / 1000, taken % 1000);
    }
    let version = request.version();
    let _ = write!(line, ", \"{}\": {}.{}", names::VERSION, version / 10, version % 10);
    if let Some(server) = request.connection.server {
        let _ = write!(line, ", \"{}\": {}", names::PORT, server.port());
    }
    let _ = write!(line, ", \"{}\": {}", names::TLS, request.connection.tls);
    let status = exchange.route.outcome(exchange.status);
    if status > 0 {
        let _ = write!(line, ", \"{}\": {status}", names::STATUS);
    }
    for (name, value) in [
        (names::UPSTREAM_ADDR, super::value::upstream_addr(exchange)),
        (names::UPSTREAM_STATUS, super::value::upstream_status(exchange)),
    ] {
        if let Some(value) = value {
            text(&mut line, name, exchange.text(site, value));
        }
    }
    line.push_str("}\n");
    out.extend_from_slice(line.as_bytes());
}

/// Headers but `Host`; of one name there may be several.
fn headers(line: &mut String, exchange: &Exchange) {
    let wanted = |name: &[u8]| {
        !name.eq_ignore_ascii_case(b"host") && !SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret))
    };
    let all: Vec<(&[u8], &[u8])> = exchange.request.headers().filter(|(name, _)| wanted(name)).collect();
    if all.is_empty() {
        return;
    }
    let _ = write!(line, ", \"{}\": {{", names::HEADERS);
    let mut is_first = true;
    for (at, (name, _)) in all.iter().enumerate() {
        let same = |(other, _): &&(&[u8], &[u8])| other.eq_ignore_ascii_case(name);
        if all[..at].iter().any(|header| same(&header)) {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            line.push_str(", ");
        }
        string(line, &name.to_ascii_lowercase());
        line.push_str(": ");
        let values: Vec<&[u8]> = all[at..].iter().filter(same).map(|(_, value)| *value).collect();
        if let [value] = *values {
            string(line, value);
            continue;
        }
        for (n, value) in values.iter().enumerate() {
            line.push_str(if n == 0 { "[" } else { ", " });
            string(line, value);
        }
        line.push(']');
    }
    line.push('}');
}

fn text(line: &mut String, name: &str, value: &[u8]) {
    let _ = write!(line, ", \"{name}\": ");
    string(line, value);
}

/// JSON has no way to write bytes that are not UTF-8: each becomes the replacement character.
fn string(line: &mut String, value: &[u8]) {
    line.push('"');
    for letter in String::from_utf8_lossy(value).chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => drop(write!(line, "\\u{:04x}", u32::from(letter))),
            _ => line.push(letter),
        }
    }
    line.push('"');
}
