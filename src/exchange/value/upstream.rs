//! `$upstream_addr` and its kin: one value for each attempt. Attempts are set apart by `, `; nginx's ` : ` stands between
//! the groups that one request went through by internal redirects.

use super::format::print;
use crate::exchange::attempt::Attempt;
use crate::exchange::request::{Request, Slice, set_cookie};
use crate::exchange::state::Exchange;

/// The values of all attempts.
pub fn list(exchange: &mut Exchange, write: fn(&mut Request, &Attempt)) -> Option<Slice> {
    let Exchange { request, attempts, route, .. } = exchange;
    let start = request.bytes.len();
    for (n, attempt) in attempts.iter().enumerate() {
        if n > 0 {
            let next_group = route.groups.contains(&(n as u32));
            request.bytes.extend_from_slice(if next_group { b" : " } else { b", " });
        }
        write(request, attempt);
    }
    (!attempts.is_empty()).then(|| request.since(start))
}

/// `$upstream_addr`
pub fn addr(request: &mut Request, attempt: &Attempt) {
    request.push(attempt.addr.as_bytes());
}

/// `$upstream_status`
pub fn status(request: &mut Request, attempt: &Attempt) {
    match attempt.status {
        0 => request.bytes.push(b'-'),
        status => drop(print(request, format_args!("{status}"))),
    }
}

/// `$upstream_connect_time`
pub fn connect_time(request: &mut Request, attempt: &Attempt) {
    time(request, attempt.connect_time);
}

/// `$upstream_header_time`
pub fn header_time(request: &mut Request, attempt: &Attempt) {
    time(request, attempt.header_time);
}

/// `$upstream_response_time`
pub fn response_time(request: &mut Request, attempt: &Attempt) {
    time(request, attempt.response_time);
}

/// `$upstream_bytes_received`
pub fn bytes_received(request: &mut Request, attempt: &Attempt) {
    print(request, format_args!("{}", attempt.bytes_received));
}

/// `$upstream_bytes_sent`
pub fn bytes_sent(request: &mut Request, attempt: &Attempt) {
    print(request, format_args!("{}", attempt.bytes_sent));
}

/// `$upstream_response_length`
pub fn response_length(request: &mut Request, attempt: &Attempt) {
    print(request, format_args!("{}", attempt.response_length));
}

fn time(request: &mut Request, milliseconds: Option<u64>) {
    match milliseconds {
        None => request.bytes.push(b'-'),
        Some(milliseconds) => drop(super::format::seconds(request, milliseconds)),
    }
}

/// `$upstream_http_NAME`
pub fn header(exchange: &mut Exchange, name: &[u8]) -> Option<Slice> {
    let Exchange { request, upstream_headers, .. } = exchange;
    let start = request.bytes.len();
    let mut found = false;
    for value in upstream_headers.values_of_variable(name) {
        if found {
            request.bytes.extend_from_slice(b", ");
        }
        request.bytes.extend_from_slice(value);
        found = true;
    }
    found.then(|| request.since(start))
}

/// `$upstream_cookie_NAME`
pub fn cookie(exchange: &mut Exchange, name: &[u8]) -> Option<Slice> {
    let Exchange { request, upstream_headers, .. } = exchange;
    let value = upstream_headers.values(b"set-cookie").find_map(|line| {
        let (from, length) = set_cookie(line, name)?;
        line.get(from..from + length)
    })?;
    Some(request.push(value))
}
