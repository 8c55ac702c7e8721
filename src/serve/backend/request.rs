//! What a backend reads of a request: enough to find its end, to tell it, and to know whether the connection stays.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// A request head that is longer is refused, by closing.
const MAX_HEAD: u64 = 64 << 10;

/// A request without its body.
pub struct Request {
    pub method: String,
    pub path: String,
    /// Of HTTP/1.0.
    pub old: bool,
    /// Its lines as they came, their ends made `\n`.
    pub head: String,
}

impl Request {
    /// The next one, none at the end.
    pub async fn read<R: AsyncBufRead + Unpin>(read: &mut R) -> io::Result<Option<Request>> {
        let mut head = String::new();
        let mut read = read.take(MAX_HEAD);
        loop {
            let mut line = Vec::new();
            if read.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&line);
            match line.trim_end_matches(['\r', '\n']) {
                "" if head.is_empty() => {}
                "" => break,
                line => {
                    head.push_str(line);
                    head.push('\n');
                }
            }
        }
        let mut words = head.lines().next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let old = words.next().is_none_or(|version| version == "HTTP/1.0");
        Ok(Some(Request { method, path, old, head }))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub fn has(&self, name: &str, word: &str) -> bool {
        self.header(name).is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
    }

    /// Whether the connection stays open behind it.
    pub fn stays(&self) -> bool {
        if self.old { self.has("connection", "keep-alive") } else { !self.has("connection", "close") }
    }

    pub async fn skip_body<R: AsyncBufRead + Unpin>(&self, read: &mut R) -> io::Result<()> {
        if !self.has("transfer-encoding", "chunked") {
            let length = self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            return skip(read, length).await;
        }
        loop {
            let line = short_line(read).await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            if size == 0 {
                while !short_line(read).await?.trim().is_empty() {}
                return Ok(());
            }
            skip(read, size + 2).await?;
        }
    }
}

async fn short_line<R: AsyncBufRead + Unpin>(read: &mut R) -> io::Result<String> {
    let mut line = String::new();
    match read.take(MAX_HEAD).read_line(&mut line).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// Reads `length` bytes away.
async fn skip<R: AsyncBufRead + Unpin>(read: &mut R, length: u64) -> io::Result<()> {
    match tokio::io::copy(&mut read.take(length), &mut tokio::io::sink()).await? {
        read if read == length => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
