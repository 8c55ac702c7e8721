//! The head of an answer as HTTP/1 has it: `ngx_http_header_filter`.

use super::{Answer, reason};
use crate::exchange::value::http_time;

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It stays; the seconds that the client is told, 0 for none.
    KeepAlive(u64),
    /// It is closed.
    Close,
    /// Something else is spoken on it.
    Upgrade,
}

/// What the head says besides the answer.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// `nginx/1.31.5`
    pub server: &'a [u8],
    /// The time, as HTTP writes it.
    pub date: &'a [u8],
    /// The connection.
    pub persistence: Persistence,
    /// The body comes in chunks.
    pub chunked: bool,
}

impl Answer {
    /// Appends the head to `out`, up to its empty line.
    pub fn write_http1(&self, manner: &Manner, out: &mut Vec<u8>) {
        out.extend_from_slice(b"HTTP/1.1 ");
        self.write_status(out);
        if !self.has_server {
            line(out, b"\r\nServer: ", manner.server);
        }
        if !self.has_date {
            line(out, b"\r\nDate: ", manner.date);
        }
        if !self.content_type.is_empty() {
            out.extend_from_slice(b"\r\nContent-Type: ");
            self.write_type(out);
        }
        if let Some(length) = self.length {
            out.extend_from_slice(b"\r\nContent-Length: ");
            number(out, length);
        }
        if let Some(time) = self.last_modified.filter(|_| !self.lists_last_modified) {
            line(out, b"\r\nLast-Modified: ", http_time(time).as_bytes());
        }
        if !self.location.is_empty() {
            line(out, b"\r\nLocation: ", &self.location);
        }
        if manner.chunked {
            out.extend_from_slice(b"\r\nTransfer-Encoding: chunked");
        }
        match manner.persistence {
            Persistence::Upgrade => out.extend_from_slice(b"\r\nConnection: upgrade"),
            Persistence::Close => out.extend_from_slice(b"\r\nConnection: close"),
            Persistence::KeepAlive(seconds) => {
                out.extend_from_slice(b"\r\nConnection: keep-alive");
                if seconds > 0 {
                    out.extend_from_slice(b"\r\nKeep-Alive: timeout=");
                    number(out, seconds);
                }
            }
        }
        if self.gzip_vary {
            out.extend_from_slice(b"\r\nVary: Accept-Encoding");
        }
        for (name, value) in self.list.iter() {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(name);
            line(out, b": ", value);
        }
        out.extend_from_slice(b"\r\n\r\n");
    }

    fn write_status(&self, out: &mut Vec<u8>) {
        if !self.status_line.is_empty() {
            out.extend_from_slice(&self.status_line);
            return;
        }
        if self.status < 100 {
            out.extend_from_slice(&b"00"[..if self.status < 10 { 2 } else { 1 }]);
        }
        number(out, u64::from(self.status));
        out.push(b' ');
        out.extend_from_slice(reason(self.status).unwrap_or_default().as_bytes());
    }
}

fn line(out: &mut Vec<u8>, before: &[u8], value: &[u8]) {
    out.extend_from_slice(before);
    out.extend_from_slice(value);
}

/// Appends a number in decimal digits.
pub fn number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let mut answer = Answer { status: 200, length: Some(5), ..Answer::default() };
        answer.set_type(b"text/plain");
        answer.list.push(b"X-A", b"1");
        let manner = Manner { server: b"nginx", date: b"now", persistence: Persistence::KeepAlive(20), chunked: false };
        let mut out = Vec::new();
        answer.write_http1(&manner, &mut out);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\
             Connection: keep-alive\r\nKeep-Alive: timeout=20\r\nX-A: 1\r\n\r\n"
        );
        out.clear();
        let answer = Answer { status: 9, ..Answer::default() };
        answer.write_http1(&Manner { persistence: Persistence::Close, chunked: true, ..manner }, &mut out);
        assert!(out.starts_with(b"HTTP/1.1 009 \r\n") && out.ends_with(b"chunked\r\nConnection: close\r\n\r\n"));
    }
}
