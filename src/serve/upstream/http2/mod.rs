//! A connection to a peer that speaks HTTP/2: `ngx_http_proxy_v2_module.c` and `ngx_http_grpc_module.c`. As in nginx, it
//! has one request at a time, and more of them one after the other. It takes bytes and gives events and bytes; sockets and
//! time are others'. Frames are taken whole, but for the content of DATA.

mod block;
mod control;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::framing::{BadBody, Note, Piece};
use crate::exchange::Headers;
use crate::wire::http1::Field;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::Decoder;
use crate::wire::http2::{DEFAULT_FRAME, DEFAULT_WINDOW, MAX_WINDOW, PREFACE};

/// Where the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Head,
    Body,
    Done,
}

/// The content of a DATA frame that is still to come.
#[derive(Debug, Clone, Copy)]
struct Data {
    left: u32,
    padding: u32,
    ends: bool,
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// All of it was taken.
    Nothing,
    /// A head: its status.
    Head(u16),
    /// Content.
    Data(Range<usize>),
}

/// A connection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "states of the protocol, each of its own")]
pub struct Http2 {
    /// Bytes to be sent, from `at` on.
    pub out: Vec<u8>,
    pub at: usize,
    /// The request was sent up to its end.
    pub output_closed: bool,
    /// The fields of the head, whose texts stand in `texts`.
    pub fields: Vec<Field>,
    pub texts: Vec<u8>,
    /// Headers after the body.
    pub trailers: Headers,
    decoder: Decoder,
    id: u32,
    send_window: i64,
    stream_window: i64,
    init_window: u32,
    recv_window: u32,
    stream_recv_window: u32,
    settings: u32,
    pings: u32,
    goes_away: bool,
    was_reset: bool,
    phase: Phase,
    status: u16,
    ends: bool,
    /// What is missing of the body, if a header says how long it is.
    length: Option<u64>,
    data: Option<Data>,
    rest: Vec<u8>,
    block: Vec<u8>,
    in_block: bool,
    head_room: usize,
}

type Bad = Vec<u8>;

fn bad<T>(words: impl Into<String>) -> Result<T, Bad> {
    Err(words.into().into_bytes())
}

impl Http2 {
    /// A connection that was just made.
    pub fn new() -> Http2 {
        let mut out = PREFACE.to_vec();
        frame::settings(&mut out, &[(frame::SET_TABLE, 0), (frame::SET_PUSH, 0), (frame::SET_WINDOW, MAX_WINDOW)]);
        frame::window(&mut out, 0, MAX_WINDOW - DEFAULT_WINDOW);
        Http2 {
            out,
            at: 0,
            output_closed: false,
            fields: Vec::new(),
            texts: Vec::new(),
            trailers: Headers::default(),
            decoder: Decoder::new(0),
            id: 0,
            send_window: i64::from(DEFAULT_WINDOW),
            stream_window: 0,
            init_window: DEFAULT_WINDOW,
            recv_window: MAX_WINDOW,
            stream_recv_window: MAX_WINDOW,
            settings: 0,
            pings: 0,
            goes_away: false,
            was_reset: false,
            phase: Phase::Done,
            status: 0,
            ends: false,
            length: None,
            data: None,
            rest: Vec::new(),
            block: Vec::new(),
            in_block: false,
            head_room: 0,
        }
    }

    /// A request begins with this header block; nothing follows if it `ends`. The answer's head may have `head_room` bytes.
    pub fn start(&mut self, block: &[u8], ends: bool, head_room: usize) {
        self.id = if self.id == 0 { 1 } else { self.id + 2 };
        frame::headers(&mut self.out, self.id, block, ends, DEFAULT_FRAME);
        self.output_closed = ends;
        self.stream_window = i64::from(self.init_window);
        self.stream_recv_window = MAX_WINDOW;
        self.fields.clear();
        self.texts.clear();
        self.trailers.clear();
        (self.phase, self.status, self.ends, self.length) = (Phase::Head, 0, false, None);
        (self.data, self.was_reset, self.in_block, self.head_room) = (None, false, false, head_room);
    }

    /// Takes some of the client's body, as much as the windows allow: how much. `is_last` if it is all that is left.
    pub fn send(&mut self, body: &[u8], is_last: bool) -> usize {
        let window = self.send_window.min(self.stream_window).max(0) as usize;
        let count = body.len().min(window).min(DEFAULT_FRAME as usize);
        let ends = is_last && count == body.len();
        if count == 0 && !ends {
            return 0;
        }
        let flags = if ends { frame::END_STREAM } else { 0 };
        Head { length: count as u32, kind: frame::DATA, flags, stream: self.id }.write(&mut self.out);
        self.out.extend_from_slice(&body[..count]);
        self.send_window -= count as i64;
        self.stream_window -= count as i64;
        self.output_closed = ends;
        count
    }

    /// Something waits to be sent.
    pub fn has_output(&self) -> bool {
        self.at < self.out.len()
    }

    /// The answer is whole.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Done && self.data.is_none()
    }

    /// The connection can take another request.
    pub fn may_persist(&self) -> bool {
        self.output_closed && !self.goes_away && self.rest.is_empty() && self.id < MAX_WINDOW - 2
    }

    /// Reads on up to a head, or early hints: its status, and how many bytes were taken.
    ///
    /// # Errors
    /// nginx's words.
    pub fn read_head(&mut self, input: &[u8]) -> Result<(usize, Option<u16>), Bad> {
        match self.read(input)? {
            (count, Found::Head(status)) => Ok((count, Some(status))),
            (count, _) => Ok((count, None)),
        }
    }

    /// The head was of early hints: another one follows.
    pub fn expect_head(&mut self) {
        self.status = 0;
        self.fields.clear();
        self.texts.clear();
    }

    /// The body may begin: how long it is, where the head says so.
    ///
    /// # Errors
    /// nginx's words.
    pub fn expect_body(&mut self, length: Option<u64>) -> Result<(), Bad> {
        self.length = length;
        if self.ends {
            self.phase = Phase::Done;
            return self.check_end();
        }
        Ok(())
    }

    /// Reads on to the next piece of the body.
    ///
    /// # Errors
    /// nginx's words.
    pub fn read_body(&mut self, input: &[u8]) -> Result<Piece, BadBody> {
        let (mut consumed, found) = self.read(input).map_err(BadBody)?;
        if self.is_over() && consumed < input.len() {
            // What follows at once may still spoil it.
            consumed += self.read(&input[consumed..]).map_err(BadBody)?.0;
        }
        let Found::Data(data) = found else {
            if self.is_over() {
                self.check_end().map_err(BadBody)?;
            }
            return Ok(Piece { consumed, data: 0..0, note: Note::None });
        };
        if let Some(left) = &mut self.length {
            match left.checked_sub(data.len() as u64) {
                Some(rest) => *left = rest,
                None => return Err(BadBody(TOO_LONG.as_bytes().to_vec())),
            }
        }
        if self.is_over() {
            self.check_end().map_err(BadBody)?;
        }
        Ok(Piece { consumed, data, note: Note::None })
    }

    fn check_end(&self) -> Result<(), Bad> {
        if self.length.is_some_and(|left| left > 0) { bad("upstream prematurely closed stream") } else { Ok(()) }
    }

    fn read(&mut self, input: &[u8]) -> Result<(usize, Found), Bad> {
        let mut at = 0;
        loop {
            let input = &input[at..];
            if let Some(data) = &mut self.data {
                if data.left + data.padding == 0 {
                    self.end_data();
                    continue;
                }
                if input.is_empty() {
                    return Ok((at, Found::Nothing));
                }
                if data.left == 0 {
                    let count = input.len().min(data.padding as usize);
                    data.padding -= count as u32;
                    at += count;
                    continue;
                }
                let count = input.len().min(data.left as usize);
                data.left -= count as u32;
                if data.left + data.padding == 0 {
                    self.end_data();
                }
                return Ok((at + count, Found::Data(at..at + count)));
            }
            let wanted = self.wanted()?;
            if self.rest.len() < wanted {
                let count = input.len().min(wanted - self.rest.len());
                self.rest.extend_from_slice(&input[..count]);
                at += count;
                if self.rest.len() < wanted {
                    return Ok((at, Found::Nothing));
                }
                if wanted == frame::HEAD {
                    continue;
                }
            }
            let whole = std::mem::take(&mut self.rest);
            let found = self.take(&whole);
            self.rest = whole;
            self.rest.clear();
            if let Some(status) = found? {
                return Ok((at, Found::Head(status)));
            }
        }
    }

    /// A DATA frame is complete.
    fn end_data(&mut self) {
        if self.data.take().is_some_and(|data| data.ends) {
            self.phase = Phase::Done;
        }
    }

    /// Bytes of the current frame that are taken at once.
    fn wanted(&self) -> Result<usize, Bad> {
        let Some(head) = Head::read(&self.rest) else { return Ok(frame::HEAD) };
        if head.length > DEFAULT_FRAME {
            return bad(format!("upstream sent too large http2 frame: {}", head.length));
        }
        Ok(frame::HEAD
            + match head.kind {
                frame::DATA => usize::from(head.has(frame::PADDED) && head.length > 0),
                _ => head.length as usize,
            })
    }

    /// Takes a frame; the status where it completes a head.
    fn take(&mut self, whole: &[u8]) -> Result<Option<u16>, Bad> {
        let Some(head) = Head::read(whole) else { return Ok(None) };
        let content = &whole[frame::HEAD..];
        self.check_order(head)?;
        match head.kind {
            frame::DATA => self.take_data(head, content)?,
            frame::RESET => self.take_reset(head, content)?,
            frame::GOAWAY => self.take_goaway(head, content)?,
            frame::WINDOW => self.take_window(head, content)?,
            frame::SETTINGS => self.take_settings(head, content)?,
            frame::PING => self.take_ping(head, content)?,
            frame::PUSH => return bad("upstream sent unexpected push promise frame"),
            frame::HEADERS | frame::CONTINUATION => return self.take_block(head, content),
            _ => {}
        }
        Ok(None)
    }

    fn check_order(&self, head: Head) -> Result<(), Bad> {
        let is_data = head.kind == frame::DATA;
        if (is_data && self.phase == Phase::Head) || (head.kind == frame::CONTINUATION) != self.in_block {
            return bad(format!("upstream sent unexpected http2 frame: {}", head.kind));
        }
        if is_data && head.stream != self.id {
            return bad(format!("upstream sent data frame for unknown stream {}", head.stream));
        }
        if head.stream != 0 && head.stream != self.id {
            return bad(format!("upstream sent frame for unknown stream {}", head.stream));
        }
        if head.stream != 0 && self.phase == Phase::Done && !matches!(head.kind, frame::RESET | frame::WINDOW) {
            return bad(format!("upstream sent frame for closed stream {}", head.stream));
        }
        Ok(())
    }

    fn take_data(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        let windows = [("stream", self.stream_recv_window), ("connection", self.recv_window)];
        for (whose, window) in windows {
            if head.length > window {
                return bad(format!(
                    "upstream violated {whose} flow control, received {} data frame with window {window}",
                    head.length
                ));
            }
        }
        self.stream_recv_window -= head.length;
        self.recv_window -= head.length;
        if self.recv_window.min(self.stream_recv_window) < MAX_WINDOW / 4 {
            frame::window(&mut self.out, 0, MAX_WINDOW - self.recv_window);
            frame::window(&mut self.out, self.id, MAX_WINDOW - self.stream_recv_window);
            (self.recv_window, self.stream_recv_window) = (MAX_WINDOW, MAX_WINDOW);
        }
        let (mut left, mut padding) = (head.length, 0);
        if head.has(frame::PADDED) {
            let Some(byte) = content.first() else { return bad("upstream sent too short http2 frame") };
            padding = u32::from(*byte);
            left -= 1;
            if padding > left {
                return bad(format!("upstream sent http2 frame with too long padding: {padding} in frame {left}"));
            }
            left -= padding;
        }
        self.data = Some(Data { left, padding, ends: head.has(frame::END_STREAM) });
        Ok(())
    }
}
const TOO_LONG: &str = "upstream sent response body larger than indicated content length";
