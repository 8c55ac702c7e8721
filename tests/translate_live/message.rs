//! HTTP/1 messages as both sides of a play read them: a head, then a body by its framing. Strict about nothing.

use std::io::{self, Read};
use std::net::TcpStream;

/// A connection that is read message by message.
pub struct Reader {
    stream: TcpStream,
    ahead: Vec<u8>,
}

/// The head of a message.
#[derive(Debug, Default)]
pub struct Head {
    /// The request line or status line.
    pub line: String,
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The first value of a header, its name given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(at, _)| at.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    fn length(&self) -> Option<usize> {
        self.header("content-length").and_then(|value| value.parse().ok())
    }

    fn chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }
}

impl Reader {
    pub fn new(stream: TcpStream) -> Reader {
        Reader { stream, ahead: Vec::new() }
    }

    /// The next head; none where the connection ends before.
    pub fn head(&mut self) -> io::Result<Option<Head>> {
        let mut head = Head::default();
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            if line.is_empty() && !head.line.is_empty() {
                return Ok(Some(head));
            }
            if head.line.is_empty() {
                head.line = line;
            } else if let Some((name, value)) = line.split_once(':') {
                head.headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
    }

    /// The body that belongs to a request.
    pub fn request_body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        if head.chunked() { self.chunks() } else { self.take(head.length().unwrap_or(0)) }
    }

    /// The body that belongs to an answer that may have one: without a length it ends with the connection.
    pub fn answer_body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        if head.chunked() {
            return self.chunks();
        }
        if let Some(length) = head.length() {
            return self.take(length);
        }
        while self.more()? {}
        Ok(std::mem::take(&mut self.ahead))
    }

    /// Waits for so long, or until the other side closes or sends.
    pub fn wait(&mut self, time: std::time::Duration) {
        if self.ahead.is_empty() && self.stream.set_read_timeout(Some(time)).is_ok() {
            let _ = self.more();
            let _ = self.stream.set_read_timeout(None);
        }
    }

    fn more(&mut self) -> io::Result<bool> {
        let mut part = [0; 16384];
        let n = self.stream.read(&mut part)?;
        self.ahead.extend_from_slice(&part[..n]);
        Ok(n > 0)
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(at) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=at).collect();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// So many bytes, or what there was when the connection ended.
    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.ahead.len() < length && self.more()? {}
        Ok(self.ahead.drain(..length.min(self.ahead.len())).collect())
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(line) = self.line()? {
            let size = usize::from_str_radix(line.split(';').next().unwrap_or("").trim(), 16).unwrap_or(0);
            if size == 0 {
                while self.line()?.is_some_and(|line| !line.is_empty()) {}
                break;
            }
            body.extend(self.take(size)?);
            self.line()?;
        }
        Ok(body)
    }
}
