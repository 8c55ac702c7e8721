//! What a trace tells of a request. The texts of many requests stand in one buffer, so that reading allocates little.

use std::net::IpAddr;
use std::ops::Range;

use crate::balance::Millis;

/// A piece of a [`Batch`]'s bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slice {
    /// The first byte.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// How a request is called in `--picks` and `--why`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// A number: the trace's own, or the line's.
    Number(u64),
    /// The trace's own text.
    Text(Slice),
}

/// A header of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its name, in lower case.
    pub name: Slice,
    /// Its value.
    pub value: Slice,
}

/// One request. Times are milliseconds from the trace's zero, which is a whole second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its line in the file, from 1 (0: it was never written down).
    pub line: u64,
    /// How it is called.
    pub id: Id,
    /// When it arrives.
    pub time: Millis,
    /// `$remote_addr`; `None` for a client of a UNIX domain socket.
    pub client: Option<IpAddr>,
    /// The method, `GET` where the trace does not say.
    pub method: Slice,
    /// The `Host` header, without it empty.
    pub host: Slice,
    /// The request target as it was sent: path and arguments, or a whole URL.
    pub uri: Slice,
    /// HTTP's version times ten: 9, 10, 11, 20.
    pub version: u8,
    /// The other headers: indices into the batch's.
    pub headers: Range<u32>,
    /// It came over TLS, if that is known.
    pub tls: Option<bool>,
    /// The port it came to, if that is known.
    pub port: Option<u16>,
    /// How long the backend takes until its answer's header (milliseconds), if that is known.
    pub service: Option<u64>,
    /// How long production took until its answer had ended (`$request_time`, milliseconds), if that is known.
    pub took: Option<u32>,
    /// The browser it belongs to: its requests share cookies.
    pub session: Option<Slice>,
    /// What production answered.
    pub status: Option<u16>,
    /// `$upstream_addr` in production, as logged.
    pub upstream_addr: Option<Slice>,
    /// `$upstream_status` in production, as logged.
    pub upstream_status: Option<Slice>,
}

impl Record {
    /// A request of which only the method and the target are known, at time 0.
    #[must_use]
    pub fn new(line: u64, method: Slice, uri: Slice) -> Record {
        Record {
            line,
            id: Id::Number(line),
            time: Millis(0),
            client: None,
            method,
            host: Slice::default(),
            uri,
            version: 11,
            headers: 0..0,
            tls: None,
            port: None,
            service: None,
            took: None,
            session: None,
            status: None,
            upstream_addr: None,
            upstream_status: None,
        }
    }
}

/// A line that could not be read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line, from 1.
    pub line: u64,
    /// Bytes of the line that are at fault, from its start.
    pub span: Range<u32>,
    /// What is wrong with it.
    pub message: String,
    /// The line itself, cut to what fits a screen.
    pub text: String,
}

/// Requests that were read together.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Their texts.
    pub bytes: Vec<u8>,
    /// The requests, in order of arrival.
    pub records: Vec<Record>,
    /// Their headers.
    pub headers: Vec<Header>,
    /// The lines that gave none.
    pub complaints: Vec<Complaint>,
}

impl Batch {
    /// Takes everything out, and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.headers.clear();
        self.complaints.clear();
    }

    /// The bytes of a piece.
    #[must_use]
    pub fn get(&self, slice: Slice) -> &[u8] {
        &self.bytes[slice.start as usize..(slice.start + slice.len) as usize]
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Slice {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Slice { start, len: bytes.len() as u32 }
    }

    /// Adds a record of another batch, with its texts.
    pub fn copy(&mut self, from: &Batch, record: &Record) {
        let mut text = |slice: Slice| self.push(from.get(slice));
        let mut copied = Record {
            id: match record.id {
                Id::Number(number) => Id::Number(number),
                Id::Text(slice) => Id::Text(text(slice)),
            },
            method: text(record.method),
            host: text(record.host),
            uri: text(record.uri),
            session: record.session.map(&mut text),
            upstream_addr: record.upstream_addr.map(&mut text),
            upstream_status: record.upstream_status.map(&mut text),
            ..record.clone()
        };
        copied.headers.start = self.headers.len() as u32;
        for header in from.headers(record) {
            let header = Header { name: self.push(from.get(header.name)), value: self.push(from.get(header.value)) };
            self.headers.push(header);
        }
        copied.headers.end = self.headers.len() as u32;
        self.records.push(copied);
    }

    /// The headers of a record.
    #[must_use]
    pub fn headers(&self, record: &Record) -> &[Header] {
        &self.headers[record.headers.start as usize..record.headers.end as usize]
    }
}
