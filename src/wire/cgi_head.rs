//! The head that CGI-like servers answer with: header lines up to an empty one, where `Status` says what HTTP's first line
//! would. SCGI and uwsgi servers may begin with such a line all the same. What the headers mean is left to others.

use super::http1::{BadLine, BadResponse, Field, From, Lines, Piece, ResponseHead};

/// Whether the first line of HTTP may come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// It may: SCGI, uwsgi.
    StatusLine,
    /// Only headers; a line that begins with `HTTP/` is passed over: FastCGI.
    Headers,
}

/// Reads a head while its bytes come in.
#[derive(Debug)]
pub struct Reader(Part);

#[derive(Debug)]
enum Part {
    /// It may be HTTP's.
    Http(ResponseHead),
    /// What the first line said, if there was one, and the headers so far.
    Headers(Option<(u16, Piece)>, Lines, Vec<Field>),
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

/// Not a head.
#[derive(Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A line has a byte that it may not have; nginx's words for it.
    Header(Vec<u8>),
    /// `Status` is no number.
    Status(Vec<u8>),
}

impl Invalid {
    /// What nginx logs.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        match self {
            Invalid::Header(message) => message.clone(),
            Invalid::Status(value) => [b"upstream sent invalid status \"", &value[..], b"\""].concat(),
        }
    }
}

impl Reader {
    /// A reader at the beginning.
    #[must_use]
    pub fn new(first: First) -> Reader {
        Reader(match first {
            First::StatusLine => Part::Http(ResponseHead::default()),
            First::Headers => headers(None, 0),
        })
    }

    /// Reads on: `bytes` is everything from the beginning, those of earlier calls included. None if more is needed.
    ///
    /// # Errors
    /// What nginx calls an invalid header.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<Head>, Invalid> {
        let invalid = |bad: BadLine| {
            let mut message = Vec::new();
            bad.write("upstream sent invalid header", bytes, &mut message);
            Invalid::Header(message)
        };
        if let Part::Http(http) = &mut self.0 {
            match http.read(bytes) {
                Ok(None) => return Ok(None),
                Ok(Some(len)) => {
                    let fields = std::mem::take(&mut http.fields);
                    return head(bytes, Some((http.status, http.status_line)), fields, len).map(Some);
                }
                Err(BadResponse::Header(bad)) => return Err(invalid(bad)),
                Err(BadResponse::NotHttp) => self.0 = headers(None, 0),
                // Here they are an answer like any other.
                Err(BadResponse::EarlyHints) => {
                    let line = http.status_line;
                    let rest = &bytes[line.end()..];
                    let next = line.end() + if rest.starts_with(b"\r") { 2 } else { 1 };
                    self.0 = headers(Some((http.status, line)), next);
                }
            }
        }
        let Part::Headers(line, lines, fields) = &mut self.0 else { return Ok(None) };
        let Some(len) = lines.read(bytes, From::Upstream, fields).map_err(invalid)? else { return Ok(None) };
        head(bytes, *line, std::mem::take(fields), len).map(Some)
    }
}

fn headers(line: Option<(u16, Piece)>, at: usize) -> Part {
    Part::Headers(line, Lines::starting(at), Vec::new())
}

/// Finds the status: of the first line, else of `Status`, else by whether there is a `Location`.
fn head(bytes: &[u8], line: Option<(u16, Piece)>, fields: Vec<Field>, len: usize) -> Result<Head, Invalid> {
    let named = |name: &[u8]| {
        let field = fields.iter().find(|field| field.name.of(bytes).eq_ignore_ascii_case(name));
        field.map(|field| field.value)
    };
    let (status, reason) = match (line, named(b"status")) {
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

#[cfg(test)]
pub(in crate::wire) mod tests;
