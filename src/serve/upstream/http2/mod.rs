//! A connection to a peer that speaks HTTP/2: `ngx_http_proxy_v2_module.c` and `ngx_http_grpc_module.c`. As in nginx, it
//! has one request at a time, and more of them one after the other. It takes bytes and gives events and bytes; sockets and
//! time are others'. Frames are taken whole, but for the content of DATA.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::framing::{BadBody, Note, Piece};
use crate::exchange::Headers;
use crate::wire::http1::{self, Field};
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::{Decoder, Fault, Step};
use crate::wire::http2::{Code, DEFAULT_FRAME, DEFAULT_WINDOW, MAX_WINDOW, PREFACE};

/// SETTINGS and PING frames that are taken.
const MOST_CONTROLS: u32 = 1000;

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

    /// Reads on up to a head: its status, and how many bytes were taken.
    ///
    /// # Errors
    /// nginx's words.
    pub fn read_head(&mut self, input: &[u8]) -> Result<(usize, Option<u16>), Bad> {
        match self.read(input)? {
            (count, Found::Head(status)) => Ok((count, Some(status))),
            (count, _) => Ok((count, None)),
        }
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

    fn take_reset(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.length != 4 {
            return bad(format!("upstream sent rst stream frame with invalid length: {}", head.length));
        }
        let code = Code(frame::number(content));
        if self.phase != Phase::Done || code != Code::NO_ERROR {
            return bad(format!("upstream rejected request with error {}", code.0));
        }
        if std::mem::replace(&mut self.was_reset, true) {
            return bad(format!("upstream sent frame for closed stream {}", head.stream));
        }
        Ok(())
    }

    fn take_goaway(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent goaway frame with non-zero stream id: {}", head.stream));
        }
        if head.length < 8 {
            return bad(format!("upstream sent goaway frame with invalid length: {}", head.length));
        }
        if frame::number(content) & MAX_WINDOW < self.id {
            return bad(format!("upstream sent goaway with error {}", frame::number(&content[4..])));
        }
        self.goes_away = true;
        Ok(())
    }

    fn take_window(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.length != 4 {
            return bad(format!("upstream sent window update frame with invalid length: {}", head.length));
        }
        let increment = i64::from(frame::number(content) & MAX_WINDOW);
        if increment == 0 {
            return bad("upstream sent zero window update");
        }
        let window = if head.stream == 0 { &mut self.send_window } else { &mut self.stream_window };
        if increment > i64::from(MAX_WINDOW) - *window {
            return bad("upstream sent too large window update");
        }
        *window += increment;
        Ok(())
    }

    fn take_settings(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent settings frame with non-zero stream id: {}", head.stream));
        }
        if head.has(frame::ACK) {
            if head.length != 0 {
                let length = head.length;
                return bad(format!("upstream sent settings frame with ack flag and non-zero length: {length}"));
            }
            return Ok(());
        }
        if !head.length.is_multiple_of(6) {
            return bad(format!("upstream sent settings frame with invalid length: {}", head.length));
        }
        self.settings += 1;
        if self.settings > MOST_CONTROLS {
            return bad("upstream sent too many settings frames");
        }
        for setting in content.chunks_exact(6) {
            if u16::from_be_bytes([setting[0], setting[1]]) != frame::SET_WINDOW {
                continue;
            }
            let value = frame::number(&setting[2..]);
            let change = i64::from(value) - i64::from(self.init_window);
            let is_over = self.stream_window > 0 && change > i64::from(MAX_WINDOW) - self.stream_window;
            if value > MAX_WINDOW || is_over {
                return bad(format!("upstream sent settings frame with too large initial window size: {value}"));
            }
            self.init_window = value;
            self.stream_window += change;
        }
        frame::settings_ack(&mut self.out);
        Ok(())
    }

    fn take_ping(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent ping frame with non-zero stream id: {}", head.stream));
        }
        if head.length != 8 {
            return bad(format!("upstream sent ping frame with invalid length: {}", head.length));
        }
        if head.has(frame::ACK) {
            return bad("upstream sent ping frame with ack flag");
        }
        self.pings += 1;
        if self.pings > MOST_CONTROLS {
            return bad("upstream sent too many ping frames");
        }
        frame::pong(&mut self.out, content);
        Ok(())
    }

    /// A part of a header block; the status where it completes a head.
    fn take_block(&mut self, head: Head, mut content: &[u8]) -> Result<Option<u16>, Bad> {
        if head.kind == frame::HEADERS {
            let before = usize::from(head.has(frame::PADDED)) + if head.has(frame::HAS_PRIORITY) { 5 } else { 0 };
            if content.len() < before {
                return bad(format!("upstream sent headers frame with invalid length: {}", head.length));
            }
            let padding = if head.has(frame::PADDED) { usize::from(content[0]) } else { 0 };
            let left = content.len() - before;
            if padding > left {
                return bad(format!("upstream sent http2 frame with too long padding: {padding} in frame {left}"));
            }
            content = &content[before..before + left - padding];
            self.in_block = true;
            self.ends |= head.has(frame::END_STREAM);
            self.block.clear();
        }
        if self.block.len() + content.len() > self.head_room.saturating_mul(2) + DEFAULT_FRAME as usize {
            return bad("upstream sent too large http2 header");
        }
        self.block.extend_from_slice(content);
        if !head.has(frame::END_HEADERS) {
            return Ok(None);
        }
        self.in_block = false;
        let block = std::mem::take(&mut self.block);
        let decoded = self.decode(&block);
        self.block = block;
        decoded?;
        if self.phase == Phase::Body {
            if !self.ends {
                return bad("upstream sent trailer without end stream flag");
            }
            self.phase = Phase::Done;
            return Ok(None);
        }
        if self.status == EARLY_HINTS {
            if self.ends {
                return bad("upstream prematurely closed stream");
            }
            // Interim; the real one follows.
            self.status = 0;
            self.fields.clear();
            self.texts.clear();
            return Ok(None);
        }
        if self.status == 0 {
            return bad("upstream sent no :status header");
        }
        self.phase = Phase::Body;
        Ok(Some(self.status))
    }

    fn decode(&mut self, block: &[u8]) -> Result<(), Bad> {
        let (mut at, mut room) = (0, self.head_room);
        while at < block.len() {
            match self.decoder.read(&block[at..], usize::MAX >> 1).map_err(words)? {
                Step::More => return Err(words(Fault::Cut)),
                Step::Update(count) => at += count,
                Step::Field(count) => {
                    at += count;
                    let (name, value) = (self.decoder.name().to_vec(), self.decoder.value().to_vec());
                    check_field(&name, &value)?;
                    let length = name.len() + value.len();
                    if length > room {
                        return bad("upstream sent too large http2 header");
                    }
                    room -= length;
                    self.take_field(&name, &value)?;
                }
            }
        }
        Ok(())
    }

    fn take_field(&mut self, name: &[u8], value: &[u8]) -> Result<(), Bad> {
        let line = || [name, b": ", value].concat();
        if self.phase == Phase::Body {
            if name[0] == b':' {
                return Err([b"upstream sent invalid trailer \"", &line()[..], b"\""].concat());
            }
            self.trailers.push(name, value);
            return Ok(());
        }
        if name[0] == b':' {
            if name != b":status" {
                return Err([b"upstream sent invalid header \"", &line()[..], b"\""].concat());
            }
            if self.status != 0 {
                return bad("upstream sent duplicate :status header");
            }
            let status = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let Some(status) = status.filter(|text| text.len() == 3).and_then(|text| text.parse().ok()) else {
                return Err([b"upstream sent invalid :status \"", value, b"\""].concat());
            };
            if status < 200 && status != EARLY_HINTS {
                return Err([b"upstream sent unexpected :status \"", value, b"\""].concat());
            }
            self.status = status;
            return Ok(());
        }
        if self.status == 0 {
            return bad("upstream sent no :status header");
        }
        let start = self.texts.len();
        self.texts.extend_from_slice(name);
        let middle = self.texts.len();
        self.texts.extend_from_slice(value);
        self.fields.push(Field {
            name: http1::Piece::between(start, middle),
            value: http1::Piece::between(middle, self.texts.len()),
            odd: false,
            underscore: false,
        });
        Ok(())
    }
}

const EARLY_HINTS: u16 = 103;
const TOO_LONG: &str = "upstream sent response body larger than indicated content length";

fn check_field(name: &[u8], value: &[u8]) -> Result<(), Bad> {
    let is_bad = |(at, byte): (usize, &u8)| {
        (*byte == b':' && at > 0) || byte.is_ascii_uppercase() || *byte <= b' ' || *byte == 0x7f
    };
    if name.iter().enumerate().any(is_bad) || value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
        return Err([b"upstream sent invalid header: \"", name, b": ", value, b"\""].concat());
    }
    Ok(())
}

/// nginx's words for what is wrong with a header block.
fn words(fault: Fault) -> Bad {
    let says = match fault {
        Fault::NoIndex => "upstream sent invalid http2 table index: 0".into(),
        Fault::Index(index) => format!("upstream sent invalid http2 table index: {}", index + 62),
        Fault::Update(size) => format!("upstream sent invalid http2 dynamic table size update: {size}"),
        Fault::LongIndex => "upstream sent http2 table index with continuation flag".into(),
        Fault::LongUpdate => "upstream sent invalid http2 dynamic table size update".into(),
        Fault::LongLength | Fault::TooLarge => "upstream sent too large http2 header value length".into(),
        Fault::Huffman => "upstream sent invalid encoded header".into(),
        Fault::NoName => "upstream sent zero http2 header name length".into(),
        Fault::Cut => "upstream sent truncated http2 header".into(),
    };
    says.into_bytes()
}
