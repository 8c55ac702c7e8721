//! Judges what a server answers: its head, gathered from however many records, and where its body ends.

use std::ops::Range;

use super::END_REQUEST;
use super::record::{BadRecord, Event, Reader};
use crate::wire::cgi_head::{self, First, Invalid};

/// What is wrong with an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Bad {
    /// Not a record.
    Record(BadRecord),
    /// Not a head.
    Head(Invalid),
    /// The request ended before the head did.
    Unexpected,
    /// Less than was promised: the answer ended.
    StdoutEnded,
    /// Less than was promised: the request ended.
    RequestEnded,
    /// `fastcgi_catch_stderr` found its text; nginx says no more than that text was sent.
    Caught,
}

impl Bad {
    /// What nginx logs; empty if it logs nothing.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        match self {
            Bad::Record(bad) => bad.to_string().into_bytes(),
            Bad::Head(invalid) => invalid.message(),
            Bad::Unexpected => format!("upstream sent unexpected FastCGI record: {END_REQUEST}").into_bytes(),
            Bad::StdoutEnded => b"upstream prematurely closed FastCGI stdout".to_vec(),
            Bad::RequestEnded => b"upstream prematurely closed FastCGI request".to_vec(),
            Bad::Caught => Vec::new(),
        }
    }
}

/// What nginx logs, as a warning, of an answer that has more than it promised.
pub const MORE_THAN_PROMISED: &str = "upstream sent more data than specified in \"Content-Length\" header";

/// What nginx logs of a server's error text: without the line ends, dots and spaces after it. It stands in
/// `FastCGI sent in stderr: "..."`.
#[must_use]
pub fn stderr_text(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r' | b'.' | b' ')).unwrap_or(0);
    &bytes[..bytes.len().min(last + 1)]
}

/// Whether a text of `fastcgi_catch_stderr` is in what is logged, before any zero byte.
#[must_use]
pub fn catches(logged: &[u8], text: &[u8]) -> bool {
    let logged = logged.split(|byte| *byte == 0).next().unwrap_or_default();
    !text.is_empty() && memchr::memmem::find(logged, text).is_some()
}

/// An answer up to the end of its head.
#[derive(Debug)]
pub struct Head {
    records: Reader,
    reader: cgi_head::Reader,
    /// The answer's own bytes so far: spans of the head are of these.
    bytes: Vec<u8>,
}

/// A head is whole.
#[derive(Debug)]
pub struct Started {
    /// What it says.
    pub head: cgi_head::Head,
    /// The answer's own bytes: the head, then perhaps the beginning of the body.
    pub bytes: Vec<u8>,
    /// Reads what follows.
    pub records: Reader,
}

impl Default for Head {
    fn default() -> Head {
        Head { records: Reader::default(), reader: cgi_head::Reader::new(First::Headers), bytes: Vec::new() }
    }
}

impl Head {
    /// Takes what came in, from `at` on, to the end of the record in which the head ends; none if more is needed. Each
    /// part of the error text goes to `log` as nginx logs it; whether it is what `fastcgi_catch_stderr` looks for comes back.
    ///
    /// # Errors
    /// nginx tries another server.
    pub fn read(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        log: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Option<Started>, Bad> {
        while let Some(event) = self.records.next(bytes, at).map_err(Bad::Record)? {
            match event {
                Event::Stdout(range) => {
                    self.bytes.extend_from_slice(&bytes[range]);
                    if let Some(head) = self.reader.read(&self.bytes).map_err(Bad::Head)? {
                        let bytes = std::mem::take(&mut self.bytes);
                        return Ok(Some(Started { head, bytes, records: self.records }));
                    }
                }
                Event::Stderr(range) if log(stderr_text(&bytes[range.clone()])) => return Err(Bad::Caught),
                Event::Stderr(_) => {}
                Event::StdoutEnd => return Err(Bad::StdoutEnded),
                Event::EndBegins | Event::Ended => return Err(Bad::Unexpected),
            }
        }
        Ok(None)
    }

    /// How many bytes of the answer itself are kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.bytes.len()
    }
}

/// The body of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    records: Reader,
    /// Bytes still to come, if that is known.
    left: Option<u64>,
    keep: bool,
    buffered: bool,
    done: bool,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Pass these bytes on.
    Data(Range<usize>),
    /// Pass these bytes on, log [`MORE_THAN_PROMISED`], and take no more.
    Excess(Range<usize>),
    /// Log these bytes, as [`stderr_text`] cuts them.
    Stderr(Range<usize>),
    /// The answer is whole; whether the connection can be used again.
    Done(bool),
}

impl Body {
    /// What follows a head. Its end is that of the request or of the connection: a server that still has to write the end
    /// of the request must not find the connection closed. `length` is `Content-Length`, none for HEAD. `keep` is
    /// `fastcgi_keep_conn`, `buffered` whether the answer is buffered: then its end is judged as soon as it is announced.
    #[must_use]
    pub fn new(records: Reader, length: Option<u64>, keep: bool, buffered: bool) -> Body {
        Body { records, left: length, keep, buffered, done: false }
    }

    /// Counts bytes of the body that came together with the head; gives how many of them to pass on, and whether there
    /// were more than promised, after which no more is taken.
    pub fn begin(&mut self, length: usize) -> (usize, bool) {
        let taken = self.count(length);
        self.done |= taken < length;
        (taken, taken < length)
    }

    /// Takes what came in, from `at` on; none if more is needed.
    ///
    /// # Errors
    /// The answer is cut short.
    pub fn next(&mut self, bytes: &[u8], at: &mut usize) -> Result<Option<Step>, Bad> {
        while !self.done {
            let Some(event) = self.records.next(bytes, at).map_err(Bad::Record)? else { return Ok(None) };
            let short = self.left.is_some_and(|left| left > 0);
            match event {
                Event::Stdout(range) => {
                    let taken = self.count(range.len());
                    self.done = taken < range.len();
                    let passed = range.start..range.start + taken;
                    return Ok(Some(if self.done { Step::Excess(passed) } else { Step::Data(passed) }));
                }
                Event::Stderr(range) => return Ok(Some(Step::Stderr(range))),
                Event::StdoutEnd if self.buffered && short => return Err(Bad::StdoutEnded),
                Event::EndBegins if self.buffered && short => return Err(Bad::RequestEnded),
                Event::Ended if short => return Err(Bad::RequestEnded),
                Event::StdoutEnd | Event::EndBegins => {}
                Event::Ended => {
                    self.done = true;
                    return Ok(Some(Step::Done(*at == bytes.len() && self.is_kept())));
                }
            }
        }
        Ok(Some(Step::Done(false)))
    }

    /// Whether an answer that ends with its connection counts as whole. nginx does not look how much came, and so leaves a
    /// client waiting; here it is looked at.
    #[must_use]
    pub fn may_end(&self) -> bool {
        !(self.buffered && self.keep) && self.left.is_none_or(|left| left == 0)
    }

    /// nginx passes over `fastcgi_keep_conn` where it does not buffer.
    fn is_kept(&self) -> bool {
        self.keep || !self.buffered
    }

    fn count(&mut self, length: usize) -> usize {
        let Some(left) = &mut self.left else { return length };
        let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(length);
        *left -= taken as u64;
        taken
    }
}
