//! The head of an upstream's response: nginx's `ngx_http_parse_status_line`, and the header lines after it.
//!
//! A head with a status of 1xx reads like any other; that another follows is the caller's affair.

use super::Piece;
use super::bad::BadResponse;
use super::lines::{Field, From, Lines};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// `HTTP/`.
    #[default]
    Protocol,
    MajorStart,
    Major,
    MinorStart,
    Minor,
    Status,
    AfterStatus,
    Text,
    LineFeed,
    Fields,
}

/// A response's head. One value serves many responses: [`ResponseHead::clear`] keeps what is allocated.
#[derive(Debug, Default)]
pub struct ResponseHead {
    /// 10, 11; 12 to 19 stand for HTTP/1.2 and more, 20 for HTTP/2 and more.
    pub version: u8,
    /// The status, three digits of any kind: 0 to 999.
    pub status: u16,
    /// Status and text as nginx passes them on: `200 OK`.
    pub status_line: Piece,
    /// The header lines that are complete, in order. nginx does not look at [`Field::odd`] here.
    pub fields: Vec<Field>,
    at: usize,
    part: Part,
    major: u16,
    minor: u16,
    /// How many digits of the status were read.
    digits: u8,
    lines: Lines,
}

impl ResponseHead {
    /// Makes it ready for the next response.
    pub fn clear(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { fields, ..Self::default() };
    }

    /// Reads on in `bytes`, all that came of this response so far, from where it stopped.
    ///
    /// `Ok(None)`: more is needed. `Ok(Some(n))`: the head is complete and takes `n` bytes.
    ///
    /// # Errors
    /// What nginx refuses, at the byte at which it does.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<usize>, BadResponse> {
        if self.part != Part::Fields && !self.read_line(bytes)? {
            return Ok(None);
        }
        if self.status == 103 && self.version < 11 {
            return Err(BadResponse::EarlyHints);
        }
        self.lines.read(bytes, From::Upstream, &mut self.fields).map_err(BadResponse::Header)
    }

    /// Whether the status line is complete, that is, whether the header lines are being read.
    #[must_use]
    pub fn has_status(&self) -> bool {
        self.part == Part::Fields
    }

    /// Whether the line is complete.
    fn read_line(&mut self, bytes: &[u8]) -> Result<bool, BadResponse> {
        while let Some(&byte) = bytes.get(self.at) {
            match self.part {
                Part::Protocol => self.read_protocol(bytes, byte)?,
                Part::MajorStart | Part::Major | Part::MinorStart | Part::Minor => self.read_version(byte)?,
                Part::Status => self.read_status(byte)?,
                Part::AfterStatus => match byte {
                    b' ' | b'.' => self.go(Part::Text),
                    b'\r' | b'\n' => self.end_text(byte),
                    _ => return Err(BadResponse::NotHttp),
                },
                Part::Text => {
                    let rest = &bytes[self.at..];
                    match memchr::memchr2(b'\r', b'\n', rest) {
                        Some(more) => {
                            self.at += more;
                            self.end_text(rest[more]);
                        }
                        None => self.at = bytes.len(),
                    }
                }
                Part::LineFeed if byte == b'\n' => self.end_line(self.at - 1),
                Part::LineFeed => return Err(BadResponse::NotHttp),
                Part::Fields => break,
            }
        }
        Ok(self.part == Part::Fields)
    }

    fn go(&mut self, part: Part) {
        self.at += 1;
        self.part = part;
    }

    fn read_protocol(&mut self, bytes: &[u8], byte: u8) -> Result<(), BadResponse> {
        const NAME: &[u8] = b"HTTP/";
        const USUAL: &[u8] = b"HTTP/1.1 ";
        if self.at == 0 && bytes.starts_with(USUAL) {
            (self.major, self.minor) = (1, 1);
            self.at = USUAL.len();
            self.part = Part::Status;
        } else if NAME.get(self.at) != Some(&byte) {
            return Err(BadResponse::NotHttp);
        } else if self.at + 1 == NAME.len() {
            self.go(Part::MajorStart);
        } else {
            self.at += 1;
        }
        Ok(())
    }

    fn read_version(&mut self, byte: u8) -> Result<(), BadResponse> {
        let digit = u16::from(byte.wrapping_sub(b'0'));
        match (self.part, byte) {
            (Part::MajorStart, b'1'..=b'9') => {
                self.major = digit;
                self.part = Part::Major;
            }
            (Part::Major, b'.') => self.part = Part::MinorStart,
            (Part::Major, b'0'..=b'9') if self.major <= 99 => self.major = self.major * 10 + digit,
            (Part::MinorStart, b'0'..=b'9') => {
                self.minor = digit;
                self.part = Part::Minor;
            }
            (Part::Minor, b' ') => self.part = Part::Status,
            (Part::Minor, b'0'..=b'9') if self.minor <= 99 => self.minor = self.minor * 10 + digit,
            _ => return Err(BadResponse::NotHttp),
        }
        self.at += 1;
        Ok(())
    }

    /// Spaces may stand before the status, and even within it; its line begins two bytes before its last digit all the same.
    fn read_status(&mut self, byte: u8) -> Result<(), BadResponse> {
        match byte {
            b' ' => {}
            b'0'..=b'9' => {
                self.status = self.status * 10 + u16::from(byte - b'0');
                self.digits += 1;
                if self.digits == 3 {
                    self.status_line = Piece::between(self.at - 2, self.at + 1);
                    self.part = Part::AfterStatus;
                }
            }
            _ => return Err(BadResponse::NotHttp),
        }
        self.at += 1;
        Ok(())
    }

    /// At the CR or LF that ends the text.
    fn end_text(&mut self, byte: u8) {
        if byte == b'\n' {
            self.end_line(self.at);
        } else {
            self.go(Part::LineFeed);
        }
    }

    /// At the LF of the line, whose text ends at `end`.
    fn end_line(&mut self, end: usize) {
        self.status_line = Piece::between(self.status_line.start as usize, end);
        self.version = if self.major == 1 { 10 + self.minor.min(9) as u8 } else { 20 };
        self.go(Part::Fields);
        self.lines = Lines::starting(self.at);
    }
}
