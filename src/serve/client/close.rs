//! The end of a request, and of a connection: what the client may still send is read and thrown away for a while, so that
//! it gets to read the answer (nginx's lingering close).

use std::future::poll_fn;
use std::task::Poll;

use super::http1::Http1;
use crate::exchange::Lingering;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::stream::Stream;
use crate::serve::timers::Timer;

/// How long nginx waits for room to say farewell in, in milliseconds.
const FAREWELL: u64 = 3000;

impl Http1 {
    /// Reads the rest of a body that nobody wanted; whether the connection can serve another request.
    pub(super) async fn drain(&mut self, worker: &Worker, flight: &mut Flight) -> bool {
        if self.incoming.is_done() {
            self.outgoing.exchange_room(&mut flight.out);
            return self.persists;
        }
        self.lingers = true;
        if !self.persists {
            return false;
        }
        let lingering = worker.terms(&flight.exchange).lingering;
        let until = clock::now().plus(lingering.time);
        let room = &mut flight.room;
        loop {
            room.clear();
            self.timer.set(clock::now().plus(lingering.timeout).min(until));
            let read = poll_fn(|cx| match self.poll_incoming(cx, worker, room) {
                Poll::Pending if self.timer.poll(cx).is_ready() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
                Poll::Ready(read) => Poll::Ready(read.ok()),
            })
            .await;
            self.timer.clear();
            match read {
                Some(true) => return true,
                Some(false) if clock::now() < until => {}
                _ => return false,
            }
        }
    }

    /// Closes the connection.
    pub(super) async fn close(&mut self, worker: &Worker, lingering: Lingering) {
        let lingers = match lingering.close {
            0 => false,
            1 => self.lingers,
            _ => true,
        };
        // A client that takes nothing any more does not get to read a farewell.
        self.timer.set_after(FAREWELL);
        poll_fn(|cx| match self.stream.poll_shutdown(cx) {
            Poll::Pending => self.timer.poll(cx),
            Poll::Ready(_) => Poll::Ready(()),
        })
        .await;
        self.timer.clear();
        if !lingers {
            return;
        }
        linger(worker, &mut self.stream, &self.timer, lingering).await;
    }
}

/// Reads what a client still sends and throws it away.
pub(super) async fn linger(worker: &Worker, stream: &mut Stream, timer: &Timer, lingering: Lingering) {
    let until = clock::now().plus(lingering.time);
    loop {
        timer.set(clock::now().plus(lingering.timeout).min(until));
        let more = poll_fn(|cx| {
            let mut scratch = worker.scratch.borrow_mut();
            match stream.poll_read(cx, &mut scratch) {
                Poll::Pending if timer.poll(cx).is_ready() => Poll::Ready(false),
                Poll::Pending => Poll::Pending,
                Poll::Ready(read) => Poll::Ready(matches!(read, Ok(count) if count > 0)),
            }
        })
        .await;
        if !more || clock::now() >= until {
            return;
        }
    }
}
