//! Writes requests: the beginning, one record of parameters, the body in records.

use std::fmt;

use super::{BEGIN_REQUEST, ID, PARAMS, STDIN, VERSION};

/// A record's header.
const HEADER: usize = 8;
/// Most bytes of a body that nginx puts into one record.
pub const STDIN_MOST: usize = 32 * 1024;
/// The server answers the request, and nothing else.
const RESPONDER: u8 = 1;

/// More parameters than a record holds: their length. Displayed as nginx logs it; nginx answers 500.
#[derive(Debug, PartialEq, Eq)]
pub struct TooBig(pub usize);

impl fmt::Display for TooBig {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "fastcgi request record is too big: {}", self.0)
    }
}

/// The parameters of a request in the making. nginx writes all of them into one record.
#[derive(Debug)]
pub struct Params<'o> {
    out: &'o mut Vec<u8>,
    /// Where the request begins, and its parameters.
    start: usize,
    content: usize,
}

impl<'o> Params<'o> {
    /// Begins a request at the end of `out`; `keep` is `fastcgi_keep_conn`.
    pub fn begin(out: &'o mut Vec<u8>, keep: bool) -> Params<'o> {
        let start = out.len();
        out.extend_from_slice(&header(BEGIN_REQUEST, 8));
        out.extend_from_slice(&[0, RESPONDER, u8::from(keep), 0, 0, 0, 0, 0]);
        out.extend_from_slice(&header(PARAMS, 0));
        let content = out.len();
        Params { out, start, content }
    }

    /// Adds one.
    pub fn pair(&mut self, name: &[u8], value: &[u8]) {
        for text in [name, value] {
            match u8::try_from(text.len()) {
                Ok(short @ 0..=127) => self.out.push(short),
                _ => self.out.extend_from_slice(&(text.len() as u32 | 1 << 31).to_be_bytes()),
            }
        }
        self.out.extend_from_slice(name);
        self.out.extend_from_slice(value);
    }

    /// Closes the parameters; the body follows.
    ///
    /// # Errors
    /// They are too big; `out` is as it was before.
    pub fn finish(self) -> Result<(), TooBig> {
        let Params { out, start, content } = self;
        let length = out.len() - content;
        let Ok(short) = u16::try_from(length) else {
            out.truncate(start);
            return Err(TooBig(length));
        };
        out[content - HEADER..content].copy_from_slice(&header(PARAMS, short));
        out.resize(out.len() + padding(length), 0);
        out.extend_from_slice(&header(PARAMS, 0));
        Ok(())
    }
}

/// How many bytes follow a record's content so that the next record is aligned.
#[must_use]
pub fn padding(length: usize) -> usize {
    length.wrapping_neg() % 8
}

fn header(kind: u8, length: u16) -> [u8; HEADER] {
    let [high, low] = length.to_be_bytes();
    [VERSION, kind, 0, ID, high, low, padding(usize::from(length)) as u8, 0]
}

/// What stands before a part of a body of at most [`STDIN_MOST`] bytes; after it come [`padding`] zeros.
#[must_use]
pub fn stdin_header(length: usize) -> [u8; HEADER] {
    header(STDIN, length.min(STDIN_MOST) as u16)
}

/// Writes a part of a body; nothing if it is empty, which would be its end.
pub fn stdin(bytes: &[u8], out: &mut Vec<u8>) {
    for part in bytes.chunks(STDIN_MOST) {
        out.extend_from_slice(&stdin_header(part.len()));
        out.extend_from_slice(part);
        out.resize(out.len() + padding(part.len()), 0);
    }
}

/// Writes the end of the body.
pub fn stdin_end(out: &mut Vec<u8>) {
    out.extend_from_slice(&stdin_header(0));
}
