//! Answers on their way out: `ngx_http_v2_filter_module.c`. Frames are put together in the session's buffer, as far as the
//! windows allow and while not too much waits there.

use std::io;
use std::task::{Context, Poll};

use super::session::Session;
use super::stream::Http2;
use crate::exchange::answer::{Answer, number};
use crate::exchange::{Headers, http_time};
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::{self, index};

/// Bytes that wait for the socket before streams wait, too.
pub const BACKLOG: usize = 64 << 10;

impl Http2 {
    /// The head of the answer.
    pub(super) fn send_head(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool) {
        let Flight { answer, exchange, room, .. } = flight;
        let terms = worker.terms(exchange);
        self.chunk = terms.http2_chunk.max(1) as usize;
        room.clear();
        let mut session = self.session.borrow_mut();
        if std::mem::take(&mut session.table_changed) {
            hpack::write_no_table(room);
        }
        worker.with_date(|date| write_head(answer, &terms.signature, date, room));
        let ends = !has_body || (answer.length == Some(0) && !answer.expects_trailers);
        let block = session.send_headers(self.id, room, ends);
        (self.sent, self.overhead) = (self.sent + block, self.overhead + block);
    }

    /// Early hints.
    pub(super) fn send_hints(&mut self, headers: &Headers) {
        let mut block = Vec::new();
        let mut session = self.session.borrow_mut();
        if std::mem::take(&mut session.table_changed) {
            hpack::write_no_table(&mut block);
        }
        hpack::write_status(&mut block, 103);
        for (name, value) in headers.iter() {
            hpack::write_field(&mut block, name, value);
        }
        let sent = session.send_headers(self.id, &block, false);
        (self.sent, self.overhead) = (self.sent + sent, self.overhead + sent);
    }

    pub(super) fn poll_data(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        let mut session = self.session.borrow_mut();
        let session = &mut *session;
        let backlog = session.waiting_bytes();
        // What was begun is taken whole.
        let is_full = backlog >= BACKLOG;
        while !body.is_empty() {
            let frame_size = session.frame_size as usize;
            let (connection, position) = (session.send_window, session.position());
            let Some(open) = session.streams.get_mut(&self.id).filter(|open| !open.is_reset) else { return gone() };
            if open.out_closed {
                return gone();
            }
            if open.send_window <= 0 || connection == 0 || is_full {
                open.is_exhausted = open.send_window <= 0;
                open.waker = Some(cx.waker().clone());
                if open.send_window > 0 && connection == 0 {
                    session.wait_for_window(self.id);
                }
                session.wake();
                return Poll::Pending;
            }
            let room = (open.send_window as u64).min(u64::from(connection)) as usize;
            let most = self.chunk.min(frame_size);
            let joined = open.last_data.filter(|_| open.mark == position).unwrap_or(position);
            let (joined, free) = session.room_in(joined, most);
            let count = body.len().min(free).min(room);
            let Some(open) = session.streams.get_mut(&self.id) else { return gone() };
            open.send_window -= count as i64;
            session.send_window -= count as u32;
            let (piece, rest) = body.split_at(count);
            *body = rest;
            let written = match joined {
                Some(frame) => session.extend_data(self.id, frame, piece),
                None => session.send_data(self.id, piece, 0),
            };
            self.sent += written;
            self.overhead += written - count as u64;
        }
        session.wake();
        Poll::Ready(Ok(()))
    }

    /// The body is complete: trailers, or the mark on the last frame, if that still waits, or an empty one.
    pub(super) fn send_end(&mut self) {
        let mut session = self.session.borrow_mut();
        let session = &mut *session;
        let Some(open) = session.streams.get_mut(&self.id).filter(|open| !open.is_reset && !open.out_closed) else {
            return;
        };
        if !self.trailers.is_empty() {
            let block = session.send_headers(self.id, &self.trailers, true);
            (self.sent, self.overhead) = (self.sent + block, self.overhead + block);
            return;
        }
        open.out_closed = true;
        let flags = open.last_data.and_then(|at| session.byte_at(at + 4));
        if let Some(flags) = flags {
            *flags |= frame::END_STREAM;
        } else {
            let head = session.send_data(self.id, b"", frame::END_STREAM);
            (self.sent, self.overhead) = (self.sent + head, self.overhead + head);
        }
        session.wake();
    }

    pub(super) fn poll_sent(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        let mut session = self.session.borrow_mut();
        let written = session.written();
        let is_broken = session.is_broken();
        match session.streams.get_mut(&self.id) {
            Some(open) if !is_broken && (!open.is_reset || open.mark <= written) => {
                open.waker = Some(cx.waker().clone());
                if open.mark <= written { Poll::Ready(Ok(())) } else { Poll::Pending }
            }
            _ => gone(),
        }
    }
}

fn gone() -> Poll<io::Result<()>> {
    Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
}

impl Session {
    /// Puts a header block on its way; how many bytes that are.
    fn send_headers(&mut self, id: u32, block: &[u8], ends: bool) -> u64 {
        let size = self.frame_size;
        let before = self.position();
        match self.streams.get_mut(&id) {
            Some(open) if !open.is_reset => open.out_closed |= ends,
            _ => return 0,
        }
        frame::headers(self.out(), id, block, ends, size);
        self.note_sent(id, before, block.len())
    }

    fn send_data(&mut self, id: u32, content: &[u8], flags: u8) -> u64 {
        let before = self.position();
        Head { length: content.len() as u32, kind: frame::DATA, flags, stream: id }.write(self.out());
        self.out().extend_from_slice(content);
        if let Some(open) = self.streams.get_mut(&id) {
            open.last_data = Some(before);
        }
        self.note_sent(id, before, content.len())
    }

    /// Where a DATA frame stands to which more can be added, and how much more fits; a new one has room for `most`.
    fn room_in(&mut self, at: u64, most: usize) -> (Option<u64>, usize) {
        let mut length = 0;
        for n in 0..3 {
            match self.byte_at(at + n) {
                Some(byte) => length = length << 8 | usize::from(*byte),
                None => return (None, most),
            }
        }
        if length < most { (Some(at), most - length) } else { (None, most) }
    }

    /// Adds to a DATA frame that is the last thing to be sent.
    fn extend_data(&mut self, id: u32, at: u64, content: &[u8]) -> u64 {
        let mut length = [0; 4];
        for (n, digit) in length[1..].iter_mut().enumerate() {
            *digit = self.byte_at(at + n as u64).map_or(0, |byte| *byte);
        }
        let length = (u32::from_be_bytes(length) + content.len() as u32).to_be_bytes();
        for (n, digit) in length[1..].iter().enumerate() {
            if let Some(byte) = self.byte_at(at + n as u64) {
                *byte = *digit;
            }
        }
        let before = self.position();
        self.out().extend_from_slice(content);
        self.note_sent(id, before, content.len())
    }

    fn note_sent(&mut self, id: u32, before: u64, content: usize) -> u64 {
        let mark = self.position();
        if let Some(open) = self.streams.get_mut(&id) {
            open.mark = mark;
        }
        self.total_bytes += mark - before;
        self.payload_bytes += content as u64;
        self.wake();
        mark - before
    }

    /// Bytes of a DATA frame of this stream that are still to come, though its window already counts them.
    pub(super) fn under_way(&self, id: u32) -> u32 {
        match self.part {
            super::receive::Part::Data { id: current, left, .. } if current == id => left,
            _ => 0,
        }
    }
}

/// The header block of an answer, in nginx's order.
fn write_head(answer: &Answer, server: &[u8], date: &[u8], out: &mut Vec<u8>) {
    hpack::write_status(out, answer.status);
    if !answer.has_server {
        hpack::write_named(out, index::SERVER, server, true);
    }
    if !answer.has_date {
        hpack::write_named(out, index::DATE, date, true);
    }
    if !answer.content_type.is_empty() {
        if !answer.charset.is_empty() && answer.essence == answer.content_type.len() {
            let whole = [&answer.content_type[..], b"; charset=", &answer.charset].concat();
            hpack::write_named(out, index::CONTENT_TYPE, &whole, true);
        } else {
            hpack::write_named(out, index::CONTENT_TYPE, &answer.content_type, true);
        }
    }
    if let Some(length) = answer.length {
        let mut digits = Vec::new();
        number(&mut digits, length);
        hpack::write_named(out, index::CONTENT_LENGTH, &digits, true);
    }
    if let Some(time) = answer.last_modified.filter(|_| !answer.lists_last_modified) {
        hpack::write_named(out, index::LAST_MODIFIED, http_time(time).as_bytes(), true);
    }
    if !answer.location.is_empty() {
        hpack::write_named(out, index::LOCATION, &answer.location, true);
    }
    if answer.gzip_vary {
        hpack::write_named(out, index::VARY, b"Accept-Encoding", true);
    }
    for (name, value) in answer.list.iter() {
        hpack::write_field(out, name, value);
    }
}
