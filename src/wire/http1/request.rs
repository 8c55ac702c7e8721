//! The head of a request: nginx's `ngx_http_parse_request_line`, and the header lines after it.
//!
//! Left to others: the decoding of the target, the host's validity, what the headers mean, the limits of buffers.

use super::Piece;
use super::bad::Bad;
use super::classes::{self, DIGIT, HOST, LITERAL, METHOD, SCHEME, TARGET};
use super::lines::{Field, From, Lines};

/// What is being read. If `start` is the length of what was given, nothing of it came yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The request line, from its first byte; empty lines before it do not count.
    Line {
        /// Where it begins.
        start: usize,
    },
    /// A header line.
    Header {
        /// Where it begins.
        start: usize,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Blank,
    Method,
    BeforeTarget,
    Scheme,
    /// The `//` after a scheme.
    Slashes,
    BeforeHost,
    HostStart,
    Host,
    Literal,
    HostEnd,
    Port,
    Target,
    BeforeProtocol,
    /// `HTTP/`.
    Protocol,
    Major,
    MajorEnd,
    MinorStart,
    Minor,
    Trailing,
    LineFeed,
    Fields,
}

/// A request's head. One value serves many requests: [`RequestHead::clear`] keeps what is allocated.
#[derive(Debug, Default)]
pub struct RequestHead {
    /// The method.
    pub method: Piece,
    /// `$request_uri`: path and arguments as they were sent. Of an absolute form, what stands after the host: a `/` if that
    /// is nothing, from the `?` on if there is no path. Of CONNECT, a `/`.
    pub target: Piece,
    /// The scheme of an absolute form.
    pub scheme: Option<Piece>,
    /// The host, and the port if there is one, of an absolute form or of CONNECT.
    pub host: Option<Piece>,
    /// 9, 10, 11; above that, 12 to 19 stand for HTTP/1.2 and more.
    pub version: u8,
    /// `$server_protocol`: from `HTTP` to the line's end, spaces before it too. Empty for HTTP/0.9.
    pub protocol: Piece,
    /// `$request`: the request line without its end.
    pub line: Piece,
    /// The header lines that are complete, in order. They are here as soon as they are read, even if a later one is refused.
    pub fields: Vec<Field>,
    at: usize,
    part: Part,
    connect: bool,
    get: bool,
    /// Where the line begins.
    start: usize,
    /// Where the part of the line begins that is being read.
    mark: usize,
    minor: u16,
    lines: Lines,
}

impl RequestHead {
    /// Makes it ready for the next request.
    pub fn clear(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { fields, ..Self::default() };
    }

    /// Reads on in `bytes`, all that came of this request so far, from where it stopped.
    ///
    /// `Ok(None)`: more is needed. `Ok(Some(n))`: the head is complete and takes `n` bytes; of HTTP/0.9 that is the line.
    ///
    /// # Errors
    /// What nginx refuses, at the byte at which it does.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<usize>, Bad> {
        if self.part != Part::Fields && !self.read_line(bytes)? {
            return Ok(None);
        }
        if self.version == 9 {
            return Ok(Some(self.at));
        }
        self.lines.read(bytes, From::Client, &mut self.fields).map_err(Bad::Header)
    }

    /// What is being read, for nginx's limits of buffers: 414 for a line, 494 for headers.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.part {
            Part::Fields => Stage::Header { start: self.lines.start() },
            Part::Blank => Stage::Line { start: self.at },
            _ => Stage::Line { start: self.start },
        }
    }

    /// What nginx's error log shows as the request: the line, or what came of it if it is not complete or was refused.
    #[must_use]
    pub fn shown_line(&self, bytes: &[u8]) -> Piece {
        let start = match self.stage() {
            Stage::Header { .. } => return self.line,
            Stage::Line { start } => start,
        };
        let rest = bytes.get(start..).unwrap_or_default();
        Piece::between(start, start + memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len()))
    }

    /// Whether the line is complete.
    fn read_line(&mut self, bytes: &[u8]) -> Result<bool, Bad> {
        while let Some(&byte) = bytes.get(self.at) {
            match self.part {
                Part::Blank | Part::Method => self.read_method(bytes, byte)?,
                Part::BeforeTarget | Part::Scheme | Part::Slashes => self.read_scheme(bytes, byte)?,
                Part::BeforeHost | Part::HostStart | Part::Host | Part::Literal | Part::HostEnd | Part::Port => {
                    self.read_host(bytes, byte)?;
                }
                Part::Target => self.read_target(bytes)?,
                Part::BeforeProtocol | Part::Protocol | Part::Trailing => self.read_protocol(bytes, byte)?,
                Part::Major | Part::MajorEnd | Part::MinorStart | Part::Minor => self.read_version(byte)?,
                Part::LineFeed if byte == b'\n' => self.end_line(self.at - 1)?,
                Part::LineFeed => return Err(Bad::Line),
                Part::Fields => break,
            }
        }
        Ok(self.part == Part::Fields)
    }

    fn go(&mut self, at: usize, part: Part) {
        self.at = at;
        self.part = part;
    }

    fn read_method(&mut self, bytes: &[u8], byte: u8) -> Result<(), Bad> {
        if self.part == Part::Blank {
            if matches!(byte, b'\r' | b'\n') {
                self.at += 1;
                return Ok(());
            }
            if classes::of(byte) & METHOD == 0 {
                return Err(Bad::Method);
            }
            self.start = self.at;
            self.part = Part::Method;
        }
        self.at = classes::run(bytes, self.at, METHOD);
        match bytes.get(self.at) {
            None => Ok(()),
            Some(b' ') => {
                self.method = Piece::between(self.start, self.at);
                self.connect = self.method.of(bytes) == b"CONNECT";
                self.get = self.method.of(bytes) == b"GET";
                self.go(self.at + 1, if self.connect { Part::BeforeHost } else { Part::BeforeTarget });
                Ok(())
            }
            Some(_) => Err(Bad::Method),
        }
    }

    fn read_scheme(&mut self, bytes: &[u8], byte: u8) -> Result<(), Bad> {
        match (self.part, byte) {
            (Part::BeforeTarget, b' ') => self.at += 1,
            (Part::BeforeTarget, b'/') => {
                self.mark = self.at;
                self.part = Part::Target;
            }
            (Part::BeforeTarget, _) if byte.is_ascii_alphabetic() => {
                self.mark = self.at;
                self.part = Part::Scheme;
            }
            (Part::Scheme, _) => {
                self.at = classes::run(bytes, self.at, SCHEME);
                match bytes.get(self.at) {
                    None => {}
                    Some(b':') => {
                        self.scheme = Some(Piece::between(self.mark, self.at));
                        self.mark = self.at + 1;
                        self.go(self.mark, Part::Slashes);
                    }
                    Some(_) => return Err(Bad::Line),
                }
            }
            (Part::Slashes, b'/') if self.at == self.mark => self.at += 1,
            (Part::Slashes, b'/') => self.go(self.at + 1, Part::HostStart),
            _ => return Err(Bad::Line),
        }
        Ok(())
    }

    fn read_host(&mut self, bytes: &[u8], byte: u8) -> Result<(), Bad> {
        match self.part {
            Part::BeforeHost if byte == b' ' => self.at += 1,
            Part::BeforeHost | Part::HostStart => {
                self.host = Some(Piece::between(self.at, self.at));
                if byte == b'[' {
                    self.go(self.at + 1, Part::Literal);
                } else {
                    self.part = Part::Host;
                }
            }
            Part::Literal => {
                self.at = classes::run(bytes, self.at, LITERAL);
                match bytes.get(self.at) {
                    None => {}
                    Some(b']') => self.go(self.at + 1, Part::HostEnd),
                    Some(_) => return Err(Bad::Line),
                }
            }
            Part::Host => {
                self.at = classes::run(bytes, self.at, HOST);
                if self.at < bytes.len() {
                    self.part = Part::HostEnd;
                }
            }
            Part::HostEnd if byte == b':' => {
                self.mark = self.at + 1;
                self.go(self.mark, Part::Port);
            }
            Part::HostEnd if self.connect => return Err(Bad::Line),
            Part::Port => {
                self.at = classes::run(bytes, self.at, DIGIT);
                match bytes.get(self.at) {
                    None => {}
                    Some(&byte) if self.connect => self.end_connect(byte)?,
                    Some(&byte) => self.end_host(byte)?,
                }
            }
            _ => self.end_host(byte)?,
        }
        Ok(())
    }

    fn close_host(&mut self) {
        self.host = self.host.map(|host| Piece::between(host.start as usize, self.at));
    }

    fn end_connect(&mut self, byte: u8) -> Result<(), Bad> {
        if byte != b' ' || self.at == self.mark {
            return Err(Bad::Line);
        }
        self.close_host();
        self.go(self.at + 1, Part::BeforeProtocol);
        Ok(())
    }

    fn end_host(&mut self, byte: u8) -> Result<(), Bad> {
        self.close_host();
        match byte {
            b'/' | b'?' => {
                self.mark = self.at;
                self.part = Part::Target;
            }
            b' ' => {
                let slash = self.scheme.map_or(0, Piece::end) + 1;
                self.target = Piece::between(slash, slash + 1);
                self.go(self.at + 1, Part::BeforeProtocol);
            }
            _ => return Err(Bad::Line),
        }
        Ok(())
    }

    fn read_target(&mut self, bytes: &[u8]) -> Result<(), Bad> {
        self.at = classes::run(bytes, self.at, TARGET);
        let Some(&byte) = bytes.get(self.at) else { return Ok(()) };
        self.target = Piece::between(self.mark, self.at);
        match byte {
            b' ' => self.go(self.at + 1, Part::BeforeProtocol),
            b'\r' | b'\n' => return self.end_of_old(byte),
            _ => return Err(Bad::Line),
        }
        Ok(())
    }

    /// The line ends without a version: HTTP/0.9.
    fn end_of_old(&mut self, byte: u8) -> Result<(), Bad> {
        self.version = 9;
        if byte == b'\n' {
            return self.end_line(self.at);
        }
        self.go(self.at + 1, Part::LineFeed);
        Ok(())
    }

    fn read_protocol(&mut self, bytes: &[u8], byte: u8) -> Result<(), Bad> {
        const NAME: &[u8] = b"HTTP/";
        match (self.part, byte) {
            (Part::BeforeProtocol | Part::Trailing, b' ') => self.at += 1,
            (Part::BeforeProtocol, b'\r' | b'\n') => return self.end_of_old(byte),
            (Part::BeforeProtocol, b'H') => {
                self.mark = self.at;
                if bytes[self.at..].starts_with(b"HTTP/1.1\r") {
                    self.minor = 1;
                    self.at += NAME.len() - 1;
                    self.end_protocol_name();
                    self.go(self.mark + NAME.len() + 3, Part::Minor);
                } else {
                    self.part = Part::Protocol;
                }
            }
            (Part::Protocol, _) => {
                let done = self.at - self.mark;
                if NAME.get(done) != Some(&byte) {
                    return Err(Bad::Line);
                }
                if done + 1 == NAME.len() {
                    self.end_protocol_name();
                    self.part = Part::Major;
                }
                self.at += 1;
            }
            (Part::Trailing, b'\r' | b'\n') => return self.end_version(byte),
            _ => return Err(Bad::Line),
        }
        Ok(())
    }

    /// The `/` of `HTTP/`, which is the target of a CONNECT.
    fn end_protocol_name(&mut self) {
        if self.connect {
            self.target = Piece::between(self.at, self.at + 1);
        }
    }

    fn read_version(&mut self, byte: u8) -> Result<(), Bad> {
        let digit = byte.wrapping_sub(b'0');
        match (self.part, byte) {
            (Part::Major, b'1') => self.part = Part::MajorEnd,
            (Part::MajorEnd, b'.') => self.part = Part::MinorStart,
            (Part::Major, b'2'..=b'9') | (Part::MajorEnd, b'0'..=b'9') => return Err(Bad::Version),
            (Part::MinorStart, b'0'..=b'9') => {
                self.minor = u16::from(digit);
                self.part = Part::Minor;
            }
            (Part::Minor, b'0'..=b'9') if self.minor <= 99 => self.minor = self.minor * 10 + u16::from(digit),
            (Part::Minor, b' ') => self.part = Part::Trailing,
            (Part::Minor, b'\r' | b'\n') => return self.end_version(byte),
            _ => return Err(Bad::Line),
        }
        self.at += 1;
        Ok(())
    }

    fn end_version(&mut self, byte: u8) -> Result<(), Bad> {
        self.version = 10 + self.minor.min(9) as u8;
        if byte == b'\n' {
            return self.end_line(self.at);
        }
        self.go(self.at + 1, Part::LineFeed);
        Ok(())
    }

    /// At the LF of the request line, whose text ends at `end`.
    fn end_line(&mut self, end: usize) -> Result<(), Bad> {
        if self.version == 9 && !self.get {
            return Err(Bad::Method09);
        }
        self.line = Piece::between(self.start, end);
        if self.version > 9 {
            self.protocol = Piece::between(self.mark, end);
        }
        self.go(self.at + 1, Part::Fields);
        self.lines = Lines::starting(self.at);
        Ok(())
    }
}
