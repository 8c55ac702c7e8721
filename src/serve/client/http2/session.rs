//! What the tasks of one HTTP/2 connection share: its streams, windows, and the bytes that wait to be sent.

use std::io;
use std::task::{Context, Poll, Waker};

use rustc_hash::FxHashMap;

use super::head::Reading;
use super::priority::Priorities;
use super::receive::Part;
use crate::balance::Millis;
use crate::exchange::{Connection, Lingering, ListenerId};
use crate::serve::client::arrival::Known;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::serve::stream::Stream;
use crate::wire::http2::{Code, DEFAULT_FRAME, DEFAULT_WINDOW, MAX_FRAME, MAX_WINDOW, frame, hpack};

/// What holds for a connection: the settings of its default server.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Streams at the same time.
    pub streams: u32,
    /// The window of new streams.
    pub preread: u32,
    /// Longest text of a header, and of all together.
    pub field: usize,
    pub fields: usize,
    /// Headers at most.
    pub headers: u64,
    pub header_timeout: u64,
    pub send_timeout: u64,
    pub keepalive_timeout: u64,
    pub keepalive_requests: u64,
    pub keepalive_time: u64,
    pub lingering: Lingering,
}

/// How the body of a stream's request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// Not yet: what comes within the window is kept.
    NotYet,
    /// As fast as it comes.
    All,
    /// No more than a buffer of this size at a time.
    Pieces(u32),
    /// It is thrown away.
    Nothing,
}

/// A stream whose request is served.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "states of the protocol, each of its own")]
pub struct Open {
    pub waker: Option<Waker>,
    /// What came of the body and was not taken.
    pub body: Vec<u8>,
    pub taking: Taking,
    pub recv_window: u32,
    pub send_window: i64,
    /// The client sends no more, this side sends no more.
    pub in_closed: bool,
    pub out_closed: bool,
    /// The stream was reset, by the client or by this side.
    pub is_reset: bool,
    pub rst_sent: bool,
    /// Where its last DATA frame begins, among all bytes ever sent.
    pub last_data: Option<u64>,
    /// Up to where its frames reach, among all bytes ever sent.
    pub mark: u64,
    /// It has something to send and waits for its own window, or for the connection's.
    pub is_exhausted: bool,
    pub waits: bool,
}

impl Open {
    pub fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A request whose head is complete.
pub struct Begun {
    pub id: u32,
    pub flight: Box<Flight>,
    /// It is refused with this status.
    pub refused: Option<u16>,
}

/// Something that ends the connection.
#[derive(Debug)]
pub struct Broken {
    pub code: Code,
    pub says: String,
}

/// A connection.
#[expect(clippy::struct_excessive_bools, reason = "states of the protocol, each of its own")]
pub struct Session {
    pub settings: Settings,
    pub listener: ListenerId,
    pub connection: Connection,
    /// What came before requests said of it.
    pub(super) known: Known,
    pub opened: Millis,
    /// Chance that tells its requests apart.
    pub(super) chance: [u64; 2],
    /// Requests whose heads are complete, to be started.
    pub begun: Vec<Begun>,
    pub(super) part: Part,
    /// What was read of something that is not whole.
    pub(super) rest: Vec<u8>,
    /// What was read of a header field that is not whole.
    pub(super) block: Vec<u8>,
    pub(super) decoder: hpack::Decoder,
    pub(super) reading: Option<Box<Reading>>,
    pub(super) field_room: usize,
    pub(super) streams: FxHashMap<u32, Open>,
    pub(super) priorities: Priorities,
    /// Streams that wait for the connection's window, the most important first.
    pub(super) waiting: Vec<u32>,
    pub(super) last_id: u32,
    pub(super) requests: u64,
    pub(super) refused: u32,
    /// Streams since bytes were last read.
    pub(super) new_streams: u32,
    pub(super) is_acknowledged: bool,
    pub(super) send_window: u32,
    pub(super) recv_window: u32,
    pub(super) init_window: u32,
    pub(super) frame_size: u32,
    pub(super) table_changed: bool,
    /// All bytes, and those of content, for the detection of floods.
    pub(super) total_bytes: u64,
    pub(super) payload_bytes: u64,
    out: Vec<u8>,
    at: usize,
    /// Bytes ever taken off `out`.
    gone: u64,
    has_written: bool,
    task: Option<Waker>,
    is_going: bool,
    is_broken: bool,
    /// A request with a body has begun: its task goes first, and what follows waits in `rest`.
    pub is_paused: bool,
}

impl Session {
    pub fn new(worker: &Worker, listener: ListenerId, connection: Connection, known: Known) -> Session {
        let generation = &worker.generation;
        let default = generation.site.listener(listener).default;
        let server = generation.terms.server(default);
        let location = generation.terms.location(generation.site.server(default).location);
        let (count, size) = server.large_buffers;
        let settings = Settings {
            streams: server.http2_streams.min(u64::from(u32::MAX)) as u32,
            preread: server.http2_preread.min(u64::from(MAX_WINDOW)) as u32,
            field: size as usize,
            fields: (count * size) as usize,
            headers: server.max_headers,
            header_timeout: server.header_timeout,
            send_timeout: location.send_timeout,
            keepalive_timeout: location.keepalive_timeout,
            keepalive_requests: location.keepalive_requests,
            keepalive_time: location.keepalive_time,
            lingering: location.lingering,
        };
        let mut out = Vec::new();
        let own = [
            (frame::SET_STREAMS, settings.streams),
            (frame::SET_WINDOW, settings.preread),
            (frame::SET_FRAME, MAX_FRAME),
        ];
        frame::settings(&mut out, &own);
        frame::window(&mut out, 0, MAX_WINDOW - DEFAULT_WINDOW);
        Session {
            settings,
            listener,
            connection,
            known,
            opened: clock::now(),
            chance: worker.draw(),
            begun: Vec::new(),
            part: Part::Preface,
            rest: Vec::new(),
            block: Vec::new(),
            decoder: hpack::Decoder::new(hpack::TABLE),
            reading: None,
            field_room: 0,
            streams: FxHashMap::default(),
            priorities: Priorities::new(settings.streams),
            waiting: Vec::new(),
            last_id: 0,
            requests: 0,
            refused: 0,
            new_streams: 0,
            is_acknowledged: false,
            send_window: DEFAULT_WINDOW,
            recv_window: MAX_WINDOW,
            init_window: DEFAULT_WINDOW,
            frame_size: DEFAULT_FRAME,
            table_changed: false,
            total_bytes: 0,
            payload_bytes: 0,
            out,
            at: 0,
            gone: 0,
            has_written: false,
            task: None,
            is_going: false,
            is_broken: false,
            is_paused: false,
        }
    }

    /// The task that has the socket is this one.
    pub fn watch(&mut self, cx: &Context) {
        if self.task.as_ref().is_none_or(|known| !known.will_wake(cx.waker())) {
            self.task = Some(cx.waker().clone());
        }
    }

    /// Wakes the task that has the socket.
    pub fn wake(&self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }

    /// Where frames are written.
    pub fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// The place of the next byte among all ever sent.
    pub fn position(&self) -> u64 {
        self.gone + self.out.len() as u64
    }

    /// Bytes that were ever taken by the socket.
    pub fn written(&self) -> u64 {
        self.gone + self.at as u64
    }

    /// A byte that still waits to be sent.
    pub fn byte_at(&mut self, position: u64) -> Option<&mut u8> {
        let at = position.checked_sub(self.gone)? as usize;
        self.out.get_mut(at).filter(|_| at >= self.at)
    }

    pub fn waiting_bytes(&self) -> usize {
        self.out.len() - self.at
    }

    /// Whether the socket has taken something since this was asked last.
    pub fn has_written(&mut self) -> bool {
        std::mem::take(&mut self.has_written)
    }

    /// Streams that are served, or whose head is being read.
    pub fn processing(&self) -> usize {
        self.streams.len()
    }

    pub fn is_closing(&self) -> bool {
        self.is_going
    }

    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    pub fn has_served(&self) -> bool {
        self.requests > 0
    }

    /// Whether a frame is not whole.
    pub fn is_cut(&self) -> bool {
        !self.rest.is_empty() || !matches!(self.part, Part::Head)
    }

    /// Whether a request's head is not whole.
    pub fn head_is_cut(&self) -> bool {
        self.reading.is_some()
    }

    /// Gives up the room that streams needed.
    pub fn rest(&mut self) {
        if self.out.is_empty() {
            self.out = Vec::new();
        }
        self.streams.shrink_to_fit();
        self.block.shrink_to_fit();
        self.rest.shrink_to_fit();
    }

    /// Takes no more streams, once those that are there are done.
    pub fn go_away(&mut self) {
        if !std::mem::replace(&mut self.is_going, true) {
            let last = self.last_id;
            frame::goaway(&mut self.out, last, Code::NO_ERROR);
            self.wake();
        }
    }

    /// Ends the connection and all its streams.
    pub fn close(&mut self, code: Code) {
        if !std::mem::replace(&mut self.is_going, true) {
            let last = self.last_id;
            frame::goaway(&mut self.out, last, code);
        }
        self.kill();
    }

    /// Ends all streams: the client is gone.
    pub fn kill(&mut self) {
        self.is_broken = true;
        self.is_going = true;
        if let Some(reading) = self.reading.take() {
            self.streams.remove(&reading.id);
        }
        for open in self.streams.values_mut() {
            open.is_reset = true;
            open.wake();
        }
        self.wake();
    }

    /// Writes what waits; ready once nothing does.
    pub fn poll_write(&mut self, cx: &mut Context, stream: &mut Stream) -> Poll<io::Result<()>> {
        while self.at < self.out.len() {
            let count = match stream.poll_write(cx, &self.out[self.at..]) {
                Poll::Pending => {
                    self.settle();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(count) => count?,
            };
            self.at += count;
            self.has_written = true;
        }
        self.settle();
        stream.poll_flush(cx)
    }

    /// Bytes were sent: streams may go on.
    fn settle(&mut self) {
        /// Beyond this, room is given back.
        const KEPT: usize = 256 << 10;
        if self.at == self.out.len() && self.at > 0 {
            self.gone += self.at as u64;
            self.at = 0;
            self.out.clear();
            if self.out.capacity() > KEPT {
                self.out = Vec::new();
            }
        } else if self.at > KEPT {
            self.gone += self.at as u64;
            self.out.drain(..self.at);
            self.at = 0;
        } else if !self.has_written {
            return;
        }
        let (written, backlog) = (self.written(), self.waiting_bytes());
        for open in self.streams.values_mut() {
            if !open.waits && (open.mark <= written || backlog < super::respond::BACKLOG / 2) {
                open.wake();
            }
        }
    }

    /// Ends a stream, and tells the client why.
    pub fn reset(&mut self, id: u32, code: Code) {
        let Some(open) = self.streams.get_mut(&id) else { return };
        if std::mem::replace(&mut open.rst_sent, true) {
            return;
        }
        open.is_reset = true;
        open.taking = Taking::Nothing;
        open.wake();
        frame::reset(&mut self.out, id, code);
        self.wake();
    }

    /// A request is over.
    pub fn finish(&mut self, id: u32, timed_out: bool) {
        let Some(open) = self.streams.remove(&id) else { return };
        self.waiting.retain(|waiting| *waiting != id);
        self.priorities.close(id);
        if !open.rst_sent && !self.is_broken {
            if !open.out_closed {
                let code = if timed_out { Code::PROTOCOL } else { Code::INTERNAL };
                frame::reset(&mut self.out, id, code);
            } else if !open.in_closed {
                frame::reset(&mut self.out, id, Code::NO_ERROR);
            }
        }
        self.wake();
    }

    /// The rest of a head did not come in time.
    pub fn give_up_head(&mut self) {
        if let Some(reading) = self.reading.take() {
            self.finish(reading.id, true);
        }
    }
}
