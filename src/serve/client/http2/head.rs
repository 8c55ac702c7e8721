//! The head of a request as it comes out of header blocks: `ngx_http_v2_state_process_header`, `ngx_http_v2_run_request`.
//! Whatever is wrong with it is answered with a status, and the rest of the block is read for the sake of its table.

use super::session::{Begun, Settings};
use crate::exchange::{Connection, Line};
use crate::serve::clock;
use crate::serve::flight::Flight;

/// A head that is being read.
pub struct Reading {
    pub id: u32,
    /// Bytes of the header block.
    pub block_length: u64,
    flight: Box<Flight>,
    refused: Option<u16>,
    /// The request line is made: what follows are headers.
    is_started: bool,
    method: Vec<u8>,
    scheme: Vec<u8>,
    path: Vec<u8>,
    authority: Option<Vec<u8>>,
    cookie: Vec<u8>,
    count: u64,
    host: Option<Vec<u8>>,
    length: Option<u64>,
    te: u32,
}

/// nginx's own status for headers that are too large.
const HEADER_TOO_LARGE: u16 = 494;
const BAD: u16 = 400;

impl Reading {
    pub fn new(id: u32, flight: Box<Flight>) -> Reading {
        Reading {
            id,
            block_length: 0,
            flight,
            refused: None,
            is_started: false,
            method: Vec::new(),
            scheme: Vec::new(),
            path: Vec::new(),
            authority: None,
            cookie: Vec::new(),
            count: 0,
            host: None,
            length: None,
            te: 0,
        }
    }

    /// The next field of the block.
    pub fn field(&mut self, connection: &Connection, settings: &Settings, name: &[u8], value: &[u8]) {
        if self.refused.is_some() {
            return;
        }
        if let Err(status) = self.take(connection, settings, name, value) {
            self.refused = Some(status);
        }
    }

    fn take(&mut self, connection: &Connection, settings: &Settings, name: &[u8], value: &[u8]) -> Result<(), u16> {
        let bare = name.strip_prefix(b":").unwrap_or(name);
        let is_bad = |byte: &u8| *byte <= b' ' || matches!(*byte, 0x7f | b':' | b'A'..=b'Z');
        if bare.iter().any(is_bad) || value.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r')) {
            return Err(BAD);
        }
        if name.len() > bare.len() {
            return if self.is_started { Err(BAD) } else { self.pseudo(bare, value) };
        }
        self.start(connection)?;
        match name {
            b"cookie" => {
                if !self.cookie.is_empty() {
                    self.cookie.extend_from_slice(b"; ");
                }
                self.cookie.extend_from_slice(value);
                return Ok(());
            }
            b"connection" | b"keep-alive" | b"transfer-encoding" | b"upgrade" => return Err(BAD),
            b"te" => {
                self.te += 1;
                if self.te > 1 || !value.eq_ignore_ascii_case(b"trailers") {
                    return Err(BAD);
                }
            }
            b"host" => self.host = Some(value.to_vec()),
            b"content-length" => {
                let digits =
                    std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                self.length = Some(digits.and_then(|digits| digits.parse().ok()).ok_or(BAD)?);
            }
            _ => {}
        }
        self.count += 1;
        if self.count > settings.headers {
            return Err(HEADER_TOO_LARGE);
        }
        self.flight.exchange.request.header(name, value);
        Ok(())
    }

    fn pseudo(&mut self, name: &[u8], value: &[u8]) -> Result<(), u16> {
        let place = match name {
            b"method" => &mut self.method,
            b"scheme" => &mut self.scheme,
            b"path" => &mut self.path,
            b"authority" if self.authority.is_none() => {
                self.authority = Some(value.to_vec());
                return Ok(());
            }
            _ => return Err(BAD),
        };
        if !place.is_empty() || value.is_empty() {
            return Err(BAD);
        }
        place.extend_from_slice(value);
        let scheme = |(at, byte): (usize, &u8)| {
            byte.is_ascii_alphabetic() || (at > 0 && (byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')))
        };
        let is_good = match name {
            b"method" => value.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-')),
            b"scheme" => value.iter().enumerate().all(scheme),
            _ => value[0] == b'/' && value.iter().all(|byte| *byte > b' ' && *byte != 0x7f),
        };
        if is_good { Ok(()) } else { Err(BAD) }
    }

    /// The first line is complete.
    fn start(&mut self, connection: &Connection) -> Result<(), u16> {
        if self.is_started {
            return Ok(());
        }
        self.begin(connection);
        if self.has_line() { Ok(()) } else { Err(BAD) }
    }

    fn begin(&mut self, connection: &Connection) {
        self.is_started = true;
        let exchange = &mut self.flight.exchange;
        exchange.epoch = clock::epoch();
        let line = Line { method: &self.method, target: &self.path, version: 20 };
        exchange.start(connection, line, clock::now());
        // A line is made of what came in time to be one, and only of all its parts.
        let line = match self.refused {
            None if self.has_line() => [&self.method[..], b" ", &self.path, b" HTTP/2.0"].concat(),
            _ => Vec::new(),
        };
        self.flight.exchange.request.keep_line(&line, b"HTTP/2.0");
    }

    fn has_line(&self) -> bool {
        ![&self.method, &self.scheme, &self.path].into_iter().any(Vec::is_empty)
    }

    /// The block is complete; `ends` if no body follows.
    pub fn finish(mut self, connection: &Connection, ends: bool) -> Begun {
        if self.refused.is_none() {
            self.refused = self.complete(connection, ends).err();
        }
        if !self.is_started {
            self.begin(connection);
        }
        self.flight.exchange.facts.request_length = self.block_length;
        Begun { id: self.id, flight: self.flight, refused: self.refused }
    }

    fn complete(&mut self, connection: &Connection, ends: bool) -> Result<(), u16> {
        self.start(connection)?;
        let request = &mut self.flight.exchange.request;
        if !self.cookie.is_empty() {
            request.header(b"cookie", &self.cookie);
        }
        match (&self.authority, &self.host) {
            (Some(authority), Some(host)) if authority != host => return Err(BAD),
            (Some(authority), None) => request.header(b"host", authority),
            (None, None) => return Err(BAD),
            _ => {}
        }
        match self.length {
            Some(length) if length > 0 && ends => return Err(BAD),
            Some(0) if !ends => request.expect_late_end(),
            None if !ends => request.expect_unsized_body(),
            _ => {}
        }
        Ok(())
    }
}
