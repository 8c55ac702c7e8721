//! The client of a play: one request, one connection, from the address that the request names.

#![allow(clippy::disallowed_methods, reason = "how long an answer takes is part of what is observed")]

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::backend::{Backends, NAME};
use crate::case::{Observed, Request};
use crate::message::Reader;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long something may be on its way to a backend.
const SETTLING: Duration = Duration::from_millis(50);

/// Headers of an answer that are framing, or each program's own, or say whose answer it is.
const FRAMING: &[&str] =
    &["connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "x-peer"];

/// Sends a request and says what came of it; `backends` saw nothing else in the meantime.
pub fn send(request: &Request, backends: &Backends) -> Observed {
    backends.seen();
    let begun = Instant::now();
    let mut observed = answer(request).unwrap_or_default();
    observed.took = begun.elapsed().as_millis() as u64;
    if observed.peer.is_none() && !request.body.is_empty() {
        // A backend may still read the beginning of a body that its proxy then refused.
        thread::sleep(SETTLING);
    }
    observed.tries = backends.seen();
    observed
}

/// None where the connection ends without an answer.
fn answer(request: &Request) -> Option<Observed> {
    let mut stream = connect(request.source, request.port).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A proxy that refuses a body may close before it has all of it; its answer is there nevertheless.
    let _ = stream.write_all(&request.bytes());
    let mut reader = Reader::new(stream);
    let head = loop {
        let head = reader.head().ok()??;
        if head.line.split(' ').nth(1) != Some("100") {
            break head;
        }
    };
    let status = head.line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let bodiless = request.method == "HEAD" || matches!(status, 204 | 304);
    let body = if bodiless { Vec::new() } else { reader.answer_body(&head).unwrap_or_default() };
    let peer = head.header(NAME).map(str::to_owned);
    let headers = head.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    let headers = headers.filter(|(name, _)| !FRAMING.contains(&&**name)).collect();
    Some(Observed { status, peer, headers, body: String::from_utf8_lossy(&body).into_owned(), ..Observed::default() })
}

fn connect(source: Ipv4Addr, port: u16) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((source, 0)).into())?;
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Ok(stream)
}
