//! Bytes both ways: `ngx_stream_proxy_process`.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use super::Driver;
use crate::exchange::session::{Happened, Side};
use crate::serve::client::pace::Pace;
use crate::serve::log::Level;
use crate::serve::stream::Stream;

/// What one side has said and the other not yet taken.
#[derive(Debug, Default)]
pub struct Way {
    bytes: Vec<u8>,
    at: usize,
}

/// What became of one look at one way.
enum Looked {
    /// Nothing came and nothing went.
    Idle,
    /// Something did.
    Moved,
    /// The session is over.
    Over,
}

impl Way {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// So much of it was taken.
    fn taken(&mut self, count: usize) {
        self.at += count;
        if self.is_empty() {
            // A session that is idle keeps no room.
            *self = Way::default();
        }
    }

    /// Puts something before all else.
    pub fn put_first(&mut self, bytes: &[u8]) {
        let mut all = bytes.to_vec();
        all.extend_from_slice(self.rest());
        *self = Way { bytes: all, at: 0 };
    }
}

impl Driver<'_> {
    /// Passes bytes on until the session is over.
    pub(super) async fn relay(&mut self) -> Happened {
        let timeout = self.session.exchange.passing().read_timeout;
        self.timer.set_after(timeout);
        poll_fn(|cx| {
            let mut moved = false;
            // What the peer still says goes to the client before the client's end ends it all.
            for from in [Side::Peer, Side::Client] {
                match self.look(cx, from) {
                    Looked::Over => return Poll::Ready(()),
                    Looked::Moved => moved = true,
                    Looked::Idle => {}
                }
            }
            if self.paces.iter().flatten().any(Pace::waits) {
                // Who is slow because we are is not silent.
                self.timer.clear();
            } else if moved || !self.timer.is_set() {
                self.timer.set_after(timeout);
            }
            self.timer.poll(cx).map(|()| {
                self.say(Level::Info, "proxying connection", b"connection timed out (110: Connection timed out)");
            })
        })
        .await;
        Happened::Over
    }

    /// Passes on what one side says, as far as that goes now.
    fn look(&mut self, cx: &mut Context, from: Side) -> Looked {
        let mut moved = false;
        loop {
            match self.send(cx, from.other()) {
                Ok(sent) => moved |= sent,
                Err(()) => return Looked::Over,
            }
            match self.read(cx, from) {
                Poll::Ready(Ok(())) => moved = true,
                Poll::Ready(Err(())) => return Looked::Over,
                Poll::Pending => break,
            }
        }
        let behind = !self.way(from.other()).is_empty();
        self.ends.waits(from.other(), behind);
        if self.ends.are_over(self.terms.half_close) {
            self.say_disconnected(from);
            return Looked::Over;
        }
        if self.terms.half_close && self.ends.shuts(from) {
            // The system shuts one half of a socket at once, or it is shut already.
            let _ = self.stream(from.other()).map(|stream| stream.poll_shutdown(cx));
        }
        if moved { Looked::Moved } else { Looked::Idle }
    }

    /// What is on its way to a side.
    fn way(&mut self, to: Side) -> &mut Way {
        match to {
            Side::Client => &mut self.down,
            Side::Peer => &mut self.up,
        }
    }

    fn pace(&mut self, from: Side) -> &mut Option<Pace> {
        let [client, peer] = &mut self.paces;
        match from {
            Side::Client => client,
            Side::Peer => peer,
        }
    }

    fn stream(&mut self, side: Side) -> Option<&mut Stream> {
        match side {
            Side::Client => Some(&mut self.client),
            Side::Peer => self.peer.as_mut(),
        }
    }

    /// Sends what waits for a side; whether any of it went, or that the connection is broken.
    fn send(&mut self, cx: &mut Context, to: Side) -> Result<bool, ()> {
        let mut moved = false;
        while !self.way(to).is_empty() {
            let way = std::mem::take(self.way(to));
            let sent = self.send_some(cx, to, way.rest());
            *self.way(to) = way;
            let sent = sent?;
            if sent == 0 {
                break;
            }
            self.way(to).taken(sent);
            moved = true;
        }
        Ok(moved)
    }

    /// Sends some of these bytes to a side, none where it takes none now.
    fn send_some(&mut self, cx: &mut Context, to: Side, bytes: &[u8]) -> Result<usize, ()> {
        let Some(stream) = self.stream(to) else { return Ok(0) };
        match stream.poll_write(cx, bytes) {
            Poll::Pending => Ok(0),
            Poll::Ready(Ok(count)) => {
                self.count_sent(to, count as u64);
                Ok(count)
            }
            Poll::Ready(Err(error)) => {
                let doing = match to {
                    Side::Client => "proxying and sending to client",
                    Side::Peer => "proxying and sending to upstream",
                };
                self.say_failed(to, "writev()", &error, doing);
                Err(())
            }
        }
    }

    /// Reads some of what a side says, and passes it on or keeps it; nothing where there is no room. A connection that
    /// broke has ended; the error is the other side's.
    fn read(&mut self, cx: &mut Context, from: Side) -> Poll<Result<(), ()>> {
        let allowed = self.pace(from).as_mut().map_or(Poll::Ready(u64::MAX), |pace| pace.poll_allowance(cx));
        let room = self.terms.buffer.saturating_sub(self.way(from.other()).rest().len());
        if room == 0 || self.ends.has_ended(from) {
            return Poll::Pending;
        }
        let worker = self.worker;
        let mut scratch = worker.scratch.borrow_mut();
        let room = room.min(scratch.len()).min(usize::try_from(ready!(allowed)).unwrap_or(usize::MAX));
        let Some(stream) = self.stream(from) else { return Poll::Pending };
        let count = match ready!(stream.poll_read(cx, &mut scratch[..room])) {
            Ok(count) => count,
            Err(error) => {
                let doing = match from {
                    Side::Client => "proxying and reading from client",
                    Side::Peer => "proxying and reading from upstream",
                };
                self.say_failed(from, "recv()", &error, doing);
                0
            }
        };
        if count == 0 {
            self.ends.end(from);
        }
        if let Some(pace) = self.pace(from) {
            pace.went(count as u64);
        }
        self.count_received(from, count as u64);
        let mut bytes = &scratch[..count];
        if self.way(from.other()).is_empty() {
            let sent = self.send_some(cx, from.other(), bytes)?;
            bytes = &bytes[sent..];
        }
        self.way(from.other()).bytes.extend_from_slice(bytes);
        Poll::Ready(Ok(()))
    }

    /// Reads what the client says while there is no peer yet, so that nothing can fail but its own end.
    pub(super) fn read_ahead(&mut self, cx: &mut Context) {
        while self.read(cx, Side::Client).is_ready() {}
    }

    fn count_sent(&mut self, to: Side, count: u64) {
        let exchange = &mut self.session.exchange;
        match to {
            Side::Client => exchange.facts.bytes_sent += count,
            Side::Peer => {
                if let Some(attempt) = exchange.attempts.last_mut() {
                    attempt.bytes_sent += count;
                }
            }
        }
    }

    fn count_received(&mut self, from: Side, count: u64) {
        let exchange = &mut self.session.exchange;
        match (from, exchange.attempts.last_mut()) {
            (Side::Client, _) => exchange.facts.request_length += count,
            (Side::Peer, Some(attempt)) => {
                attempt.bytes_received += count;
                if attempt.header_time.is_none() {
                    // It goes on as before.
                    self.worker.tell_session(&mut self.session, Happened::FirstByte);
                }
            }
            (Side::Peer, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_stays_in_order() {
        let mut way = Way::default();
        way.bytes.extend_from_slice(b"hello");
        way.put_first(b"PROXY ");
        way.taken(4);
        assert_eq!(way.rest(), b"Y hello");
        way.taken(7);
        assert!(way.is_empty() && way.bytes.capacity() == 0);
    }
}
