//! A block of lines while it is read: what a line's reader is given, and where it puts what it found.
//!
//! Texts stay where they were read. Only what has to be made anew (unescaped, put together) is written behind the block.

use std::ops::Range;

use super::{Batch, Complaint, Header, Record, Slice};

/// Bytes of a line that a [`Complaint`] repeats.
const SHOWN: usize = 240;

/// Lines that end where the block ends, and then the requests that they tell of.
#[derive(Debug, Default)]
pub struct Block {
    /// The lines are its bytes; the requests are added.
    pub batch: Batch,
    /// The first line's number, from 1.
    pub line: u64,
    /// What was counted while reading it.
    pub tally: Tally,
}

/// How many requests told of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests.
    pub requests: u64,
    /// Those with a client.
    pub clients: u64,
    /// Those with a host.
    pub hosts: u64,
    /// Those with a service time.
    pub services: u64,
    /// Lines of connections that sent no request.
    pub silent: u64,
}

impl Tally {
    /// Counts what another counted.
    pub fn add(&mut self, other: Tally) {
        self.requests += other.requests;
        self.clients += other.clients;
        self.hosts += other.hosts;
        self.services += other.services;
        self.silent += other.silent;
    }

    fn count(&mut self, record: &Record) {
        self.requests += 1;
        self.clients += u64::from(record.client.is_some());
        self.hosts += u64::from(record.host.len > 0);
        self.services += u64::from(record.service.is_some());
    }
}

/// What is wrong with a line, and which of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Bytes from the line's start.
    pub span: Range<usize>,
    /// In words.
    pub message: String,
}

/// A way to read lines. It may keep what makes the next line cheaper, but nothing that changes what it means.
pub trait Lines {
    /// Before a block's first line: what all its lines share can be written down here.
    fn begin(&mut self, page: &mut Page<'_>);

    /// Reads a line without its end; adds at most one record.
    ///
    /// # Errors
    /// What is wrong with it.
    fn line<'a>(&mut self, number: u64, line: &'a [u8], page: &mut Page<'a>) -> Result<(), Wrong>;
}

/// A block's texts and what they turn into.
#[derive(Debug)]
pub struct Page<'a> {
    block: &'a [u8],
    /// What stands behind the block.
    behind: &'a mut Vec<u8>,
    /// Headers of the requests so far; a reader adds those of its line before it adds the request.
    pub headers: &'a mut Vec<Header>,
    records: &'a mut Vec<Record>,
    /// Counts.
    pub tally: &'a mut Tally,
}

impl Page<'_> {
    /// Where a text stands; one that is not of the block is written behind it.
    pub fn text(&mut self, text: &[u8]) -> Slice {
        let start = (text.as_ptr() as usize).wrapping_sub(self.block.as_ptr() as usize);
        if start < self.block.len() && start + text.len() <= self.block.len() {
            return Slice { start: start as u32, len: text.len() as u32 };
        }
        let start = (self.block.len() + self.behind.len()) as u32;
        self.behind.extend_from_slice(text);
        Slice { start, len: text.len() as u32 }
    }

    /// A header; its name in lower case.
    pub fn header(&mut self, name: &[u8], value: &[u8]) {
        let lower = name.iter().any(u8::is_ascii_uppercase).then(|| name.to_ascii_lowercase());
        let name = self.text(lower.as_deref().unwrap_or(name));
        let value = self.text(value);
        self.headers.push(Header { name, value });
    }

    /// A request, with the headers from `first` on.
    pub fn record(&mut self, mut record: Record, first: usize) {
        record.headers = first as u32..self.headers.len() as u32;
        self.tally.count(&record);
        self.records.push(record);
    }
}

/// Reads a block's lines. `behind` is room to write in.
pub fn read(lines: &mut impl Lines, block: &mut Block, behind: &mut Vec<u8>) {
    behind.clear();
    let Block { batch, line: number, tally } = block;
    let Batch { bytes, records, headers, complaints } = batch;
    let mut page = Page { block: bytes, behind, headers, records, tally };
    lines.begin(&mut page);
    let mut number = *number;
    let mut rest = page.block;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
        if !line.trim_ascii().is_empty() {
            let headers = page.headers.len();
            if let Err(wrong) = lines.line(number, line, &mut page) {
                page.headers.truncate(headers);
                complaints.push(complaint(number, line, wrong));
            }
        }
        number += 1;
    }
    bytes.append(behind);
}

/// What is said of a line that gave no request.
#[must_use]
pub fn complaint(number: u64, line: &[u8], wrong: Wrong) -> Complaint {
    let span = wrong.span.start as u32..wrong.span.end as u32;
    Complaint { line: number, span, message: wrong.message, text: shown(&line[..line.len().min(SHOWN)]) }
}

/// Text for people: what cannot be shown is a question mark for each of its bytes, so that places stay right.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(std::iter::repeat_n('?', character.len_utf8()));
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// A value as messages quote it.
#[must_use]
pub fn quoted(value: &[u8]) -> String {
    const LONGEST: usize = 60;
    let cut = if value.len() > LONGEST { "..." } else { "" };
    format!("\"{}{cut}\"", shown(&value[..value.len().min(LONGEST)]))
}
