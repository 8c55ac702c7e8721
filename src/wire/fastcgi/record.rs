//! Reads records, wherever they are cut.

use std::fmt;
use std::ops::Range;

use super::{END_REQUEST, ID, STDERR, STDOUT, VERSION};

/// What comes next. Ranges are of the bytes that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Bytes of the answer.
    Stdout(Range<usize>),
    /// The answer ends: an empty record.
    StdoutEnd,
    /// Bytes for the log: a record, or as much of one as is there.
    Stderr(Range<usize>),
    /// The record that ends the request begins.
    EndBegins,
    /// The record that ends the request is whole, with its padding.
    Ended,
}

/// Not a record of this request; displayed as nginx logs it. Each with the byte that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRecord {
    /// Another version.
    Version(u8),
    /// No type that a server sends.
    Type(u8),
    /// Another request.
    IdHigh(u8),
    /// Another request.
    IdLow(u8),
}

impl fmt::Display for BadRecord {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            BadRecord::Version(byte) => write!(f, "upstream sent unsupported FastCGI protocol version: {byte}"),
            BadRecord::Type(byte) => write!(f, "upstream sent invalid FastCGI record type: {byte}"),
            BadRecord::IdHigh(byte) => write!(f, "upstream sent unexpected FastCGI request id high byte: {byte}"),
            BadRecord::IdLow(byte) => write!(f, "upstream sent unexpected FastCGI request id low byte: {byte}"),
        }
    }
}

/// Reads records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader {
    /// How many bytes of a record's header were read; 8 inside a record.
    header: u8,
    kind: u8,
    length: u16,
    padding: u8,
}

/// A record's header is whole.
const WHOLE: u8 = 8;

impl Reader {
    /// Takes bytes from the front, which begins at `at`, up to the next event; none if more is needed.
    ///
    /// # Errors
    /// nginx gives the connection up.
    pub fn next(&mut self, bytes: &[u8], at: &mut usize) -> Result<Option<Event>, BadRecord> {
        while *at < bytes.len() || self.header == WHOLE {
            if self.header < WHOLE {
                self.byte(bytes[*at])?;
                *at += 1;
                match self.kind {
                    STDOUT if self.header == WHOLE && self.length == 0 => return Ok(Some(Event::StdoutEnd)),
                    END_REQUEST if self.header == WHOLE => return Ok(Some(Event::EndBegins)),
                    _ => continue,
                }
            }
            let left = bytes.len().saturating_sub(*at);
            if self.length > 0 {
                let taken = left.min(usize::from(self.length));
                if taken == 0 {
                    return Ok(None);
                }
                let range = *at..*at + taken;
                self.length -= taken as u16;
                *at = range.end;
                match self.kind {
                    STDOUT => return Ok(Some(Event::Stdout(range))),
                    STDERR => return Ok(Some(Event::Stderr(range))),
                    _ => continue,
                }
            }
            let taken = left.min(usize::from(self.padding));
            self.padding -= taken as u8;
            *at += taken;
            if self.padding > 0 {
                return Ok(None);
            }
            self.header = 0;
            if self.kind == END_REQUEST {
                return Ok(Some(Event::Ended));
            }
        }
        Ok(None)
    }

    /// Reads a byte of a record's header.
    fn byte(&mut self, byte: u8) -> Result<(), BadRecord> {
        match self.header {
            0 if byte != VERSION => return Err(BadRecord::Version(byte)),
            1 if !matches!(byte, STDOUT | STDERR | END_REQUEST) => return Err(BadRecord::Type(byte)),
            1 => self.kind = byte,
            2 if byte != 0 => return Err(BadRecord::IdHigh(byte)),
            3 if byte != ID => return Err(BadRecord::IdLow(byte)),
            4 => self.length = u16::from(byte) << 8,
            5 => self.length |= u16::from(byte),
            6 => self.padding = byte,
            _ => {}
        }
        self.header += 1;
        Ok(())
    }
}
