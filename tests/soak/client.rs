//! A client that asks, reads every byte of what comes back, and remembers how it ended.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Far longer than the proxy may take with all its tries.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub method: &'static str,
    /// Whether it keeps its connection.
    pub keep: bool,
}

/// How a request ended.
#[derive(Debug)]
pub enum End {
    /// A whole answer of that status, and it is ours.
    Answer(u16),
    /// An answer that broke off.
    Short,
    /// The connection was closed before a byte of an answer.
    Raced,
    /// Anything else: no connection, no answer in time, another's answer, more than an answer.
    #[allow(dead_code, reason = "its Debug is shown")]
    Wrong(String),
}

/// One request and what became of it.
#[derive(Debug)]
pub struct Asked {
    pub id: u64,
    pub kind: Kind,
    /// Whether an answer had come over its connection before.
    pub reused: bool,
    pub from: Instant,
    pub to: Instant,
    pub end: End,
}

pub struct Client {
    kind: Kind,
    port: u16,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    pub fn new(kind: Kind, port: u16) -> Client {
        Client { kind, port, connection: None }
    }

    /// Asks until it is over.
    pub fn run(mut self, next: &AtomicU64, over: &AtomicBool) -> Vec<Asked> {
        let mut all = Vec::new();
        while !over.load(Ordering::Relaxed) {
            all.push(self.ask(next.fetch_add(1, Ordering::Relaxed)));
            thread::sleep(PAUSE);
        }
        all
    }

    #[allow(clippy::disallowed_methods, reason = "the time of a soak is real")]
    pub fn ask(&mut self, id: u64) -> Asked {
        let from = Instant::now();
        let kept = self.connection.take();
        let reused = kept.is_some();
        let end = match kept.map_or_else(|| self.connect(), Ok) {
            Ok(connection) => self.exchange(connection, id),
            Err(error) => End::Wrong(format!("no connection: {error}")),
        };
        Asked { id, kind: self.kind, reused, from, to: Instant::now(), end }
    }

    fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }

    fn exchange(&mut self, mut connection: BufReader<TcpStream>, id: u64) -> End {
        let Kind { method, keep } = self.kind;
        let body = if method == "POST" { "twelve bytes" } else { "" };
        let request = format!(
            "{method} /r/{id} HTTP/1.1\r\nHost: soak\r\nX-Id: {id}\r\nContent-Length: {}\r\nConnection: {}\r\n\r\n{body}",
            body.len(),
            if keep { "keep-alive" } else { "close" }
        );
        if connection.get_mut().write_all(request.as_bytes()).is_err() {
            return End::Raced;
        }
        match connection.fill_buf() {
            Ok([]) => return End::Raced,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return End::Raced,
            Err(error) => return End::Wrong(format!("no answer: {error}")),
        }
        let answer = match Answer::read(&mut connection) {
            Ok(answer) => answer,
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
                return End::Short;
            }
            Err(error) => return End::Wrong(format!("the answer: {error}")),
        };
        // nginx's own answers tell no request.
        if answer.status == 200 && !answer.body.contains(&format!("\n{method} /r/{id} HTTP/1.1\n")) {
            return End::Wrong(format!("an answer of another request: {}", answer.body));
        }
        if !keep && !answer.closes {
            return End::Wrong("the connection stays open".to_owned());
        }
        if answer.closes {
            let mut more = String::new();
            match connection.read_to_string(&mut more) {
                Ok(_) if more.is_empty() => {}
                found => return End::Wrong(format!("after the answer: {found:?} {more}")),
            }
        } else if connection.buffer().is_empty() {
            self.connection = Some(connection);
        } else {
            return End::Wrong("more than an answer".to_owned());
        }
        End::Answer(answer.status)
    }
}

struct Answer {
    status: u16,
    body: String,
    closes: bool,
}

impl Answer {
    /// Reads a whole answer; one that breaks off is an unexpected end.
    fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Answer> {
        let status_line = line(connection)?;
        let invalid = || io::Error::new(ErrorKind::InvalidData, status_line.clone());
        let status =
            status_line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).ok_or_else(invalid)?;
        let (mut length, mut chunked, mut closes) = (None, false, false);
        loop {
            let field = line(connection)?.to_ascii_lowercase();
            match field.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = Some(value.parse().map_err(io::Error::other)?),
                Some(("transfer-encoding", value)) => chunked = value == "chunked",
                Some(("connection", value)) => closes = value == "close",
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        match (length, chunked) {
            (Some(length), false) => take(connection, length, &mut body)?,
            (None, true) => loop {
                let size = usize::from_str_radix(&line(connection)?, 16).map_err(io::Error::other)?;
                take(connection, size, &mut body)?;
                if !line(connection)?.is_empty() {
                    return Err(io::Error::new(ErrorKind::InvalidData, "a chunk that is longer than it said"));
                }
                if size == 0 {
                    break;
                }
            },
            _ => return Err(io::Error::new(ErrorKind::InvalidData, "neither a length nor chunks, or both")),
        }
        Ok(Answer { status, body: String::from_utf8(body).map_err(io::Error::other)?, closes })
    }
}

/// One line, without its end.
fn line(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    line.strip_suffix("\r\n").map(str::to_owned).ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

fn take(connection: &mut BufReader<TcpStream>, length: usize, body: &mut Vec<u8>) -> io::Result<()> {
    let from = body.len();
    body.resize(from + length, 0);
    connection.read_exact(&mut body[from..])
}
