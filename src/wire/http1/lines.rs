//! The header lines of a head or a trailer: nginx's `ngx_http_parse_header_line`.
//!
//! A bare LF ends a line, several CRs may stand before it, a line may do without a colon. A line that begins with a blank
//! (a folded one too), a blank or a control character in a name, NUL anywhere and a CR within a line are refused.

use super::Piece;
use super::bad::BadLine;
use super::classes;

/// One header line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name as it was sent.
    pub name: Piece,
    /// The value, without spaces around it; tabs stay.
    pub value: Piece,
    /// The name has other bytes than letters, digits, `-` and `_`: invalid to `ignore_invalid_headers`.
    pub odd: bool,
    /// The name has a `_`: invalid, too, unless `underscores_in_headers`.
    pub underscore: bool,
}

impl Field {
    /// The line up to the value's end, as nginx shows it in "client sent invalid header line".
    #[must_use]
    pub fn line(&self) -> Piece {
        Piece::between(self.name.start as usize, self.value.end())
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Start,
    Name,
    BeforeValue,
    Value,
    /// CRs and the LF of a line.
    LineEnd,
    /// A line that is passed over.
    Ignored,
    /// The LF of the empty line.
    HeadEnd,
}

/// Whose lines they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) enum From {
    Client,
    /// nginx passes over lines that begin with `HTTP/`: IIS may send its status line twice.
    Upstream,
}

/// How far the lines are read.
#[derive(Debug, Default)]
pub(in crate::wire) struct Lines {
    at: usize,
    part: Part,
    /// Where the line begins that is being read.
    start: usize,
    name_end: usize,
    value: usize,
    value_end: usize,
    /// The classes of the name's bytes that are not plain.
    odd: bool,
    underscore: bool,
}

impl Lines {
    /// To read from `at` on.
    pub fn starting(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// Where the line begins that is being read.
    pub fn start(&self) -> usize {
        if self.part == Part::Start { self.at } else { self.start }
    }

    /// Adds the lines that are complete to `fields`. `Ok(Some(n))`: the empty line ends before byte `n`.
    pub fn read(&mut self, bytes: &[u8], from: From, fields: &mut Vec<Field>) -> Result<Option<usize>, BadLine> {
        while let Some(&byte) = bytes.get(self.at) {
            match self.part {
                Part::Start => {
                    self.start = self.at;
                    (self.odd, self.underscore) = (false, false);
                    match byte {
                        b'\n' => return Ok(Some(self.at + 1)),
                        b'\r' => {
                            self.at += 1;
                            self.part = Part::HeadEnd;
                        }
                        _ => self.part = Part::Name,
                    }
                }
                Part::Name => self.name(bytes, from)?,
                Part::BeforeValue => self.before_value(bytes)?,
                Part::Value => self.value(bytes)?,
                Part::LineEnd => match byte {
                    b'\n' => fields.push(self.end_line()),
                    b'\r' => self.at += 1,
                    _ => return Err(self.bad(bytes, self.value_end)),
                },
                Part::Ignored => match memchr::memchr(b'\n', &bytes[self.at..]) {
                    Some(more) => {
                        self.at += more + 1;
                        self.part = Part::Start;
                    }
                    None => self.at = bytes.len(),
                },
                Part::HeadEnd if byte == b'\n' => return Ok(Some(self.at + 1)),
                Part::HeadEnd => return Err(self.bad(bytes, self.start)),
            }
        }
        Ok(None)
    }

    fn name(&mut self, bytes: &[u8], from: From) -> Result<(), BadLine> {
        let rest = &bytes[self.at..];
        let mut seen = 0;
        let mut length = rest.len();
        for (at, &byte) in rest.iter().enumerate() {
            let class = classes::of(byte);
            if class & classes::NAME == 0 {
                length = at;
                break;
            }
            seen |= class;
            self.underscore |= byte == b'_';
        }
        self.odd |= seen & classes::ODD != 0;
        self.at += length;
        if from == From::Upstream && self.odd && bytes[self.start..].starts_with(b"HTTP/") {
            self.part = Part::Ignored;
            return Ok(());
        }
        match bytes.get(self.at) {
            None => {}
            Some(b':') if self.at > self.start => {
                self.name_end = self.at;
                self.at += 1;
                self.part = Part::BeforeValue;
            }
            Some(b'\r' | b'\n') => {
                self.name_end = self.at;
                self.empty_value();
            }
            Some(_) => return Err(self.bad(bytes, self.at)),
        }
        Ok(())
    }

    fn before_value(&mut self, bytes: &[u8]) -> Result<(), BadLine> {
        self.at = classes::spaces(bytes, self.at);
        match bytes.get(self.at) {
            None => {}
            Some(b'\r' | b'\n') => self.empty_value(),
            Some(0) => return Err(self.bad(bytes, self.at)),
            Some(_) => {
                self.value = self.at;
                self.part = Part::Value;
            }
        }
        Ok(())
    }

    fn empty_value(&mut self) {
        (self.value, self.value_end) = (self.at, self.at);
        self.part = Part::LineEnd;
    }

    fn value(&mut self, bytes: &[u8]) -> Result<(), BadLine> {
        let Some(more) = memchr::memchr3(b'\n', b'\r', 0, &bytes[self.at..]) else {
            self.at = bytes.len();
            return Ok(());
        };
        self.at += more;
        if bytes[self.at] == 0 {
            return Err(self.bad(bytes, self.at));
        }
        let blanks = bytes[self.value..self.at].iter().rev().take_while(|byte| **byte == b' ').count();
        self.value_end = self.at - blanks;
        self.part = Part::LineEnd;
        Ok(())
    }

    fn end_line(&mut self) -> Field {
        self.at += 1;
        self.part = Part::Start;
        Field {
            name: Piece::between(self.start, self.name_end),
            value: Piece::between(self.value, self.value_end),
            odd: self.odd,
            underscore: self.underscore,
        }
    }

    fn bad(&self, bytes: &[u8], end: usize) -> BadLine {
        BadLine { line: Piece::between(self.start, end), byte: bytes.get(end).copied().unwrap_or_default() }
    }
}
