//! The request on its way to a peer: its head, then the client's body, either all of it from where it waits or piece by
//! piece as the client sends it (`proxy_request_buffering off`).

use std::io;
use std::task::{Context, Poll, ready};

use super::link::Link;
use super::speaks;
use crate::serve::client::{BodyFault, Client};
use crate::serve::drive::keep_body;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;

/// How far a request was sent.
#[derive(Debug, Default)]
pub struct Sending {
    /// Bytes of the head.
    head: usize,
    /// Bytes of the body that are done with.
    body: u64,
    /// A piece of the body as the peer wants it, from `at` on.
    piece: Vec<u8>,
    at: usize,
    /// `piece` is the last one.
    pub is_last: bool,
    /// Nothing is left.
    pub is_done: bool,
}

impl Sending {
    /// What is left of the current piece.
    pub fn left(&self) -> &[u8] {
        self.piece.get(self.at..).unwrap_or_default()
    }

    /// So much of it was taken.
    pub fn took(&mut self, count: usize) {
        self.at += count;
    }

    /// All of the body.
    pub fn set(&mut self, body: &[u8]) {
        self.piece.clear();
        self.piece.extend_from_slice(body);
        (self.at, self.is_last) = (0, true);
    }
}

/// Why a request cannot be sent.
#[derive(Debug)]
pub enum Unsent {
    /// The peer does not take it.
    Peer(io::Error),
    /// The client does not send it.
    Client(BodyFault),
}

impl From<io::Error> for Unsent {
    fn from(error: io::Error) -> Unsent {
        Unsent::Peer(error)
    }
}

/// Bytes of a body that is not in memory that are read at once.
const PIECE: usize = 32 << 10;

/// Sends what is left; ready once all was taken.
pub fn poll_request<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Link,
) -> Poll<Result<(), Unsent>> {
    if link.http2.is_some() {
        return speaks::http2::poll_send(cx, worker, client, flight, link);
    }
    let sends_body = speaks::sends_body(worker, &flight.exchange) && flight.exchange.request.has_body();
    if link.sending.head == 0 && sends_body && goes_with_head(flight) {
        if let Poll::Ready(Err(fault)) = poll_piece(cx, worker, client, flight, &mut link.sending) {
            return Poll::Ready(Err(fault));
        }
        link.sending.piece.splice(..0, flight.request.iter().copied());
        link.sending.head = flight.request.len();
    }
    while link.sending.head < flight.request.len() {
        link.sending.head += ready!(link.stream.poll_write(cx, &flight.request[link.sending.head..]))?;
    }
    if sends_body {
        ready!(poll_body(cx, worker, client, flight, link))?;
    }
    ready!(link.stream.poll_flush(cx))?;
    link.sending.is_done = true;
    if let Some(attempt) = flight.exchange.attempts.last_mut() {
        attempt.bytes_sent = link.sending.head as u64 + link.sending.body;
    }
    Poll::Ready(Ok(()))
}

/// Whether the first piece of the body goes together with the head: what the client has sent already, what has a form of
/// its own, what is small. Peers may take what they read at once for all there is.
fn goes_with_head(flight: &Flight) -> bool {
    !flight.body_is_whole || flight.body.len() <= PIECE as u64 || speaks::frames(flight)
}

fn poll_body<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    link: &mut Link,
) -> Poll<Result<(), Unsent>> {
    loop {
        while link.sending.at < link.sending.piece.len() {
            link.sending.at += ready!(link.stream.poll_write(cx, &link.sending.piece[link.sending.at..]))?;
        }
        if link.sending.is_last {
            return Poll::Ready(Ok(()));
        }
        if flight.body_is_whole
            && !speaks::frames(flight)
            && let Some(body) = flight.body.in_memory()
        {
            while let Some(left) = body.get(link.sending.body as usize..).filter(|left| !left.is_empty()) {
                link.sending.body += ready!(link.stream.poll_write(cx, left))? as u64;
            }
            return Poll::Ready(Ok(()));
        }
        ready!(poll_piece(cx, worker, client, flight, &mut link.sending))?;
    }
}

/// Keeps what the client sends for `$request_body`, where that is asked for and as long as there is room.
fn note_body(worker: &Worker, flight: &mut Flight, sending: &Sending) {
    if worker.generation.site.asks().body && sending.body <= worker.terms(&flight.exchange).body_buffer {
        let Flight { body, room, .. } = flight;
        body.buffer().extend_from_slice(room);
        if sending.is_last {
            keep_body(worker, flight);
        }
    }
}

/// Makes the next piece.
pub fn poll_piece<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    flight: &mut Flight,
    sending: &mut Sending,
) -> Poll<Result<(), Unsent>> {
    if flight.body_is_whole {
        let Flight { body, room, .. } = flight;
        room.resize(PIECE, 0);
        let count = body.read_at(sending.body, room)?;
        room.truncate(count);
        sending.body += count as u64;
        sending.is_last = sending.body == body.len();
    } else {
        flight.room.clear();
        client.timer().set_after(worker.terms(&flight.exchange).body_timeout);
        let done = match client.poll_body(cx, worker, &mut flight.room) {
            Poll::Pending if client.timer().poll(cx).is_ready() => {
                return Poll::Ready(Err(Unsent::Client(BodyFault::Bad(408))));
            }
            Poll::Pending => return Poll::Pending,
            Poll::Ready(done) => done.map_err(Unsent::Client)?,
        };
        sending.body += flight.room.len() as u64;
        let most = flight.exchange.max_body(&worker.generation.site);
        if most > 0 && sending.body > most {
            return Poll::Ready(Err(Unsent::Client(BodyFault::Bad(413))));
        }
        sending.is_last = done;
        note_body(worker, flight, sending);
    }
    let room = std::mem::take(&mut flight.room);
    (sending.at, sending.is_last) = (0, sending.is_last);
    sending.piece.clear();
    speaks::frame(flight, &room, sending.is_last, &mut sending.piece);
    flight.room = room;
    Poll::Ready(Ok(()))
}
