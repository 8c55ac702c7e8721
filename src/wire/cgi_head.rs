//! The head that CGI-like servers answer with: header lines up to an empty one, where `Status` says what HTTP's first line
//! would. SCGI and uwsgi servers may begin with such a line all the same. What the headers mean is left to others.

use std::fmt;

use memchr::memchr;

/// A part of the bytes that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Piece {
    /// Where it begins.
    pub start: u32,
    /// Its length.
    pub len: u32,
}

impl Piece {
    fn between(start: usize, end: usize) -> Piece {
        Piece { start: start as u32, len: (end - start) as u32 }
    }

    /// Its bytes; empty if they are not there.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        let start = self.start as usize;
        bytes.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// A header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// As it was sent.
    pub name: Piece,
    /// Without the spaces around it.
    pub value: Piece,
}

/// Whether the first line of HTTP may come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum First {
    /// It may: SCGI, uwsgi.
    #[default]
    StatusLine,
    /// Only headers; a line that begins with `HTTP/` is passed over: FastCGI.
    Headers,
}

/// Reads a head while its bytes come in.
#[derive(Debug, Default)]
pub struct Reader {
    first: First,
    at: usize,
    line: Option<(u16, Piece)>,
    fields: Vec<Field>,
}

/// A whole head.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// The body begins here.
    pub len: usize,
    /// The status.
    pub status: u16,
    /// Its text, with the number.
    pub reason: Reason,
    /// The headers in order, `Status` among them.
    pub fields: Vec<Field>,
}

/// What the first line to the client says after the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// As the server said it.
    Sent(Piece),
    /// nginx's own for the case.
    Own(&'static str),
    /// Whatever nginx says for the status.
    Usual,
}

/// Not a head; displayed as nginx logs it.
#[derive(Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A line has a byte that it may not have: the line so far, and the byte.
    Header(Vec<u8>, u8),
    /// `Status` is no number.
    Status(Vec<u8>),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Invalid::Header(line, byte) => {
                write!(f, "upstream sent invalid header: \"{}\\x{byte:02x}...\"", String::from_utf8_lossy(line))
            }
            Invalid::Status(value) => {
                write!(f, "upstream sent invalid status \"{}\"", String::from_utf8_lossy(value))
            }
        }
    }
}

impl Reader {
    /// A reader at the beginning.
    #[must_use]
    pub fn new(first: First) -> Reader {
        Reader { first, ..Reader::default() }
    }

    /// Reads on: `bytes` is everything from the beginning, those of earlier calls included. None if more is needed.
    ///
    /// # Errors
    /// What nginx calls an invalid header.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<Head>, Invalid> {
        if self.first == First::StatusLine {
            match status_line(bytes) {
                StatusLine::More => return Ok(None),
                StatusLine::None => {}
                StatusLine::Read(status, text, next) => (self.line, self.at) = (Some((status, text)), next),
            }
            self.first = First::Headers;
        }
        loop {
            match header_line(bytes, self.at) {
                Line::More => return Ok(None),
                Line::Ignored(next) => self.at = next,
                Line::Field(field, next) => {
                    self.fields.push(field);
                    self.at = next;
                }
                Line::End(next) => return self.end(bytes, next).map(Some),
                Line::Bad(end) => {
                    let byte = bytes.get(end).copied().unwrap_or_default();
                    return Err(Invalid::Header(bytes[self.at..end].to_vec(), byte));
                }
            }
        }
    }

    fn end(&mut self, bytes: &[u8], len: usize) -> Result<Head, Invalid> {
        let fields = std::mem::take(&mut self.fields);
        let named = |name: &[u8]| {
            let field = fields.iter().find(|field| field.name.of(bytes).eq_ignore_ascii_case(name));
            field.map(|field| field.value)
        };
        let (status, reason) = match (self.line, named(b"status")) {
            (Some((status, text)), _) => (status, Reason::Sent(text)),
            (None, Some(value)) => {
                let text = value.of(bytes);
                let number = text.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit));
                let digits = number.ok_or_else(|| Invalid::Status(text.to_vec()))?;
                let status = digits.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
                (status, if text.len() > 3 { Reason::Sent(value) } else { Reason::Usual })
            }
            (None, None) if named(b"location").is_some() => (302, Reason::Own("302 Moved Temporarily")),
            (None, None) => (200, Reason::Own("200 OK")),
        };
        Ok(Head { len, status, reason, fields })
    }
}

enum StatusLine {
    More,
    None,
    Read(u16, Piece, usize),
}

/// Reads the first line of an answer in HTTP: nginx's `ngx_http_parse_status_line`.
fn status_line(bytes: &[u8]) -> StatusLine {
    const START: &[u8] = b"HTTP/";
    if !START.iter().zip(bytes).all(|(wanted, byte)| wanted == byte) {
        return StatusLine::None;
    }
    let mut at = START.len();
    for (end, first) in [(b'.', b'1'), (b' ', b'0')] {
        match version_part(bytes, &mut at, end, first) {
            Some(true) => {}
            Some(false) => return StatusLine::None,
            None => return StatusLine::More,
        }
    }
    let (mut status, mut count) = (0, 0);
    while count < 3 {
        match bytes.get(at) {
            None => return StatusLine::More,
            // Spaces are passed over even among the digits.
            Some(b' ') => {}
            Some(digit @ b'0'..=b'9') => (status, count) = (status * 10 + u16::from(digit - b'0'), count + 1),
            Some(_) => return StatusLine::None,
        }
        at += 1;
    }
    let start = at - 3;
    match bytes.get(at) {
        None => return StatusLine::More,
        Some(b' ' | b'.' | b'\r' | b'\n') => {}
        Some(_) => return StatusLine::None,
    }
    let Some(stop) = memchr::memchr2(b'\r', b'\n', &bytes[at..]).map(|n| at + n) else { return StatusLine::More };
    let next = if bytes[stop] == b'\r' { stop + 1 } else { stop };
    match bytes.get(next) {
        None => StatusLine::More,
        Some(b'\n') => StatusLine::Read(status, Piece::between(start, stop), next + 1),
        Some(_) => StatusLine::None,
    }
}

/// Passes over one number of a version and the byte after it, which must be `end`; whether it is one, none if more is
/// needed. The first digit is at least `least`.
fn version_part(bytes: &[u8], at: &mut usize, end: u8, least: u8) -> Option<bool> {
    let first = *bytes.get(*at)?;
    let mut number = u32::from(first.wrapping_sub(b'0'));
    if !(least..=b'9').contains(&first) {
        return Some(false);
    }
    loop {
        *at += 1;
        let byte = *bytes.get(*at)?;
        if byte == end {
            *at += 1;
            return Some(true);
        }
        if !byte.is_ascii_digit() || number > 99 {
            return Some(false);
        }
        number = number * 10 + u32::from(byte - b'0');
    }
}

enum Line {
    More,
    /// A line that means nothing; the next one begins there.
    Ignored(usize),
    Field(Field, usize),
    /// The empty line; the body begins there.
    End(usize),
    /// The line is good up to there.
    Bad(usize),
}

/// Reads the line that begins there: nginx's `ngx_http_parse_header_line` for upstreams.
fn header_line(bytes: &[u8], start: usize) -> Line {
    match (bytes.get(start), bytes.get(start + 1)) {
        (None, _) | (Some(b'\r'), None) => return Line::More,
        (Some(b'\n'), _) => return Line::End(start + 1),
        (Some(b'\r'), Some(b'\n')) => return Line::End(start + 2),
        (Some(b':'), _) => return Line::Bad(start),
        _ => {}
    }
    let ends = |byte: &u8| *byte <= b' ' || *byte == b':' || *byte == 0x7f;
    let Some(end) = bytes[start..].iter().position(ends).map(|n| start + n) else {
        return if is_http(bytes, start, bytes.len()) { ignored(bytes, start) } else { Line::More };
    };
    if is_http(bytes, start, end) {
        return ignored(bytes, start);
    }
    let name = Piece::between(start, end);
    match bytes[end] {
        b':' => value(bytes, name, end + 1),
        b'\r' | b'\n' if end > start => finish(bytes, name, end, end, end),
        _ => Line::Bad(end),
    }
}

/// Whether the line is one of HTTP's first lines, which IIS may send among the headers.
fn is_http(bytes: &[u8], start: usize, end: usize) -> bool {
    bytes[start..end].starts_with(b"HTTP/")
}

fn ignored(bytes: &[u8], start: usize) -> Line {
    memchr(b'\n', &bytes[start..]).map_or(Line::More, |n| Line::Ignored(start + n + 1))
}

/// Reads what follows the colon.
fn value(bytes: &[u8], name: Piece, after_colon: usize) -> Line {
    let spaces = bytes[after_colon..].iter().take_while(|byte| **byte == b' ').count();
    let start = after_colon + spaces;
    let ends = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
    let Some(stop) = bytes[start..].iter().position(ends).map(|n| start + n) else { return Line::More };
    let trailing = bytes[start..stop].iter().rev().take_while(|byte| **byte == b' ').count();
    if bytes[stop] == 0 {
        return Line::Bad(stop);
    }
    finish(bytes, name, start, stop - trailing, stop)
}

/// Reads the end of a line at `stop`; several `\r` are as good as one.
fn finish(bytes: &[u8], name: Piece, start: usize, end: usize, stop: usize) -> Line {
    let returns = bytes[stop..].iter().take_while(|byte| **byte == b'\r').count();
    match bytes.get(stop + returns) {
        None => Line::More,
        Some(b'\n') => Line::Field(Field { name, value: Piece::between(start, end) }, stop + returns + 1),
        Some(_) => Line::Bad(end),
    }
}

#[cfg(test)]
pub(in crate::wire) mod tests;
