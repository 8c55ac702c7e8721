//! Frames as they come in: the states of `ngx_http_v2.c`. Frames without content of variable length are taken whole, others
//! piece by piece. What is refused, how, and with which words is nginx's.

use super::session::{Broken, Session, Taking};
use crate::serve::state::Worker;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::{Code, DEFAULT_FRAME, MAX_FRAME, MAX_WINDOW, PREFACE};

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// What a client sends first.
    Preface,
    /// A frame.
    Head,
    /// The content of a frame that is taken whole.
    Content(Head),
    /// What stands before the content of a DATA or HEADERS frame.
    Start(Head),
    /// Content of a DATA frame, then padding.
    Data { id: u32, left: u32, padding: u32, ends: bool },
    /// A header block, then padding.
    Block { id: u32, left: u32, padding: u32, is_last: bool, ends: bool },
    /// A CONTINUATION frame.
    Continue { id: u32, ends: bool },
    /// Settings, and by how much windows change at their end.
    Settings { left: u32, delta: i64 },
    /// Bytes that do not matter.
    Skip(u32),
}

/// How many bytes were taken; nothing while some are missing.
pub(super) type Taken = Result<Option<usize>, Broken>;

pub(super) fn broken(code: Code, says: impl Into<String>) -> Broken {
    Broken { code, says: says.into() }
}

pub(super) fn protocol<T>(says: &str) -> Result<T, Broken> {
    Err(broken(Code::PROTOCOL, says))
}

impl Session {
    /// Takes what was read.
    ///
    /// # Errors
    /// The connection is of no more use.
    pub fn receive(&mut self, worker: &Worker, bytes: &[u8]) -> Result<(), Broken> {
        self.new_streams = 0;
        self.total_bytes += bytes.len() as u64;
        let mut all = std::mem::take(&mut self.rest);
        let input = if all.is_empty() {
            bytes
        } else {
            all.extend_from_slice(bytes);
            &all
        };
        let mut at = 0;
        self.is_paused = false;
        while let Some(count) = self.step(worker, &input[at..])? {
            at += count;
            if self.begun.last().is_some_and(|begun| begun.flight.exchange.request.has_body()) {
                // As in nginx, it may open its window before its body is judged by it.
                self.is_paused = at < input.len();
                break;
            }
        }
        self.rest.extend_from_slice(&input[at..]);
        if self.total_bytes / 8 > self.payload_bytes + (1 << 20) {
            return Err(broken(Code::NO_ERROR, "http2 flood detected"));
        }
        Ok(())
    }

    /// Takes the next part: how many bytes; nothing while some are missing.
    fn step(&mut self, worker: &Worker, bytes: &[u8]) -> Taken {
        match self.part {
            Part::Preface => self.preface(bytes),
            Part::Head => {
                let Some(head) = Head::read(bytes) else { return Ok(None) };
                self.begin(head)?;
                Ok(Some(frame::HEAD))
            }
            Part::Content(head) => {
                let length = head.length as usize;
                let Some(content) = bytes.get(..length) else { return Ok(None) };
                self.part = Part::Head;
                self.content(head, content)?;
                Ok(Some(length))
            }
            Part::Start(head) if head.kind == frame::DATA => self.start_data(head, bytes),
            Part::Start(head) => self.start_headers(worker, head, bytes),
            Part::Data { id, left, padding, ends } => {
                if bytes.is_empty() && left > 0 {
                    return Ok(None);
                }
                let count = (left as usize).min(bytes.len());
                let left = left - count as u32;
                self.data(id, &bytes[..count], ends && left == 0);
                self.part = if left > 0 { Part::Data { id, left, padding, ends } } else { Part::Skip(padding) };
                Ok(Some(count))
            }
            Part::Block { .. } => self.block(bytes),
            Part::Continue { id, ends } => {
                let Some(head) = Head::read(bytes) else { return Ok(None) };
                if head.kind != frame::CONTINUATION {
                    return protocol("client sent inappropriate frame while CONTINUATION was expected");
                }
                if head.stream != id {
                    return protocol("client sent CONTINUATION frame with incorrect identifier");
                }
                let is_last = head.has(frame::END_HEADERS);
                self.part = Part::Block { id, left: head.length, padding: 0, is_last, ends };
                Ok(Some(frame::HEAD))
            }
            Part::Settings { left, delta } => self.setting(bytes, left, delta),
            Part::Skip(0) => {
                self.part = Part::Head;
                Ok(Some(0))
            }
            Part::Skip(_) if bytes.is_empty() => Ok(None),
            Part::Skip(left) => {
                let count = (left as usize).min(bytes.len());
                self.part = Part::Skip(left - count as u32);
                Ok(Some(count))
            }
        }
    }

    fn preface(&mut self, bytes: &[u8]) -> Taken {
        let known = bytes.len().min(PREFACE.len());
        if bytes[..known] != PREFACE[..known] {
            return protocol("invalid connection preface");
        }
        if known < PREFACE.len() {
            return Ok(None);
        }
        self.part = Part::Head;
        Ok(Some(known))
    }

    /// A frame begins.
    fn begin(&mut self, head: Head) -> Result<(), Broken> {
        let length = head.length;
        let sized = |name: &str, good: bool| {
            if good {
                return Ok(());
            }
            Err(broken(Code::FRAME_SIZE, format!("client sent {name} frame with incorrect length {length}")))
        };
        self.part = match head.kind {
            frame::DATA => {
                if head.has(frame::PADDED) && length == 0 {
                    let says = "client sent padded DATA frame with incorrect length: 0";
                    return Err(broken(Code::FRAME_SIZE, says));
                }
                Part::Start(head)
            }
            frame::HEADERS => {
                let before = before(head);
                sized("HEADERS", length >= before)?;
                if length == before {
                    return Err(broken(Code::FRAME_SIZE, "client sent HEADERS frame with empty header block"));
                }
                if self.is_closing() { Part::Skip(length) } else { Part::Start(head) }
            }
            frame::PRIORITY => {
                sized("PRIORITY", length == 5)?;
                if self.priorities.is_too_much() {
                    return Err(broken(Code::CALM, "client sent too many PRIORITY frames"));
                }
                Part::Content(head)
            }
            frame::RESET => {
                sized("RST_STREAM", length == 4)?;
                Part::Content(head)
            }
            frame::SETTINGS => return self.begin_settings(head),
            frame::PUSH => return protocol("client sent PUSH_PROMISE frame"),
            frame::PING => {
                sized("PING", length == 8)?;
                Part::Content(head)
            }
            frame::GOAWAY => {
                sized("GOAWAY", length >= 8)?;
                if head.stream != 0 {
                    return protocol("client sent GOAWAY frame with incorrect identifier");
                }
                Part::Skip(length)
            }
            frame::WINDOW => {
                sized("WINDOW_UPDATE", length == 4)?;
                Part::Content(head)
            }
            frame::CONTINUATION => return protocol("client sent unexpected CONTINUATION frame"),
            _ => Part::Skip(length),
        };
        Ok(())
    }

    /// A frame that is whole.
    fn content(&mut self, head: Head, content: &[u8]) -> Result<(), Broken> {
        let id = head.stream;
        match head.kind {
            frame::PRIORITY => {
                if id == 0 {
                    return protocol("client sent PRIORITY frame with incorrect identifier");
                }
                let (parent, excludes, weight) = place(content);
                if parent == id {
                    let says = format!("client sent PRIORITY frame for stream {id} with incorrect dependency");
                    return protocol(&says);
                }
                self.priorities.set(id, parent, excludes, weight);
            }
            frame::RESET => {
                if id == 0 {
                    return protocol("client sent RST_STREAM frame with incorrect identifier");
                }
                if let Some(open) = self.streams.get_mut(&id) {
                    (open.in_closed, open.out_closed, open.is_reset) = (true, true, true);
                    open.wake();
                }
            }
            frame::PING => {
                if id != 0 {
                    return protocol("client sent PING frame with incorrect identifier");
                }
                if !head.has(frame::ACK) {
                    frame::pong(self.out(), content);
                    self.total_bytes += (frame::HEAD + content.len()) as u64;
                }
            }
            _ => self.window(id, frame::number(content) & MAX_WINDOW)?,
        }
        Ok(())
    }

    fn begin_settings(&mut self, head: Head) -> Result<(), Broken> {
        if head.stream != 0 {
            return protocol("client sent SETTINGS frame with incorrect identifier");
        }
        if head.flags == frame::ACK {
            if head.length != 0 {
                let says = "client sent SETTINGS frame with the ACK flag and nonzero length";
                return Err(broken(Code::FRAME_SIZE, says));
            }
            self.is_acknowledged = true;
            self.part = Part::Head;
            return Ok(());
        }
        if !head.length.is_multiple_of(6) {
            let says = format!("client sent SETTINGS frame with incorrect length {}", head.length);
            return Err(broken(Code::FRAME_SIZE, says));
        }
        self.part = Part::Settings { left: head.length, delta: 0 };
        Ok(())
    }

    fn setting(&mut self, bytes: &[u8], left: u32, mut delta: i64) -> Taken {
        if left == 0 {
            frame::settings_ack(self.out());
            self.total_bytes += frame::HEAD as u64;
            self.part = Part::Head;
            self.change_windows(delta);
            return Ok(Some(0));
        }
        let Some([i0, i1, rest @ ..]) = bytes.first_chunk::<6>() else { return Ok(None) };
        let value = u32::from_be_bytes(*rest);
        let incorrect = |code, name: &str| {
            Err(broken(code, format!("client sent SETTINGS frame with incorrect {name} value {value}")))
        };
        match u16::from_be_bytes([*i0, *i1]) {
            frame::SET_WINDOW if value > MAX_WINDOW => return incorrect(Code::FLOW_CONTROL, "INITIAL_WINDOW_SIZE"),
            frame::SET_WINDOW => delta = i64::from(value) - i64::from(self.init_window),
            frame::SET_FRAME if !(DEFAULT_FRAME..=MAX_FRAME).contains(&value) => {
                return incorrect(Code::PROTOCOL, "MAX_FRAME_SIZE");
            }
            frame::SET_FRAME => self.frame_size = value,
            frame::SET_PUSH if value > 1 => return incorrect(Code::PROTOCOL, "ENABLE_PUSH"),
            frame::SET_TABLE => self.table_changed = true,
            _ => {}
        }
        self.part = Part::Settings { left: left - 6, delta };
        Ok(Some(6))
    }

    fn start_data(&mut self, head: Head, bytes: &[u8]) -> Taken {
        let (mut left, mut padding, mut taken) = (head.length, 0, 0);
        if head.has(frame::PADDED) {
            let Some(byte) = bytes.first() else { return Ok(None) };
            (padding, taken) = (u32::from(*byte), 1);
            if padding >= left {
                let says = format!("client sent padded DATA frame with incorrect length: {left}, padding: {padding}");
                return protocol(&says);
            }
            left -= 1 + padding;
        }
        if head.stream == 0 {
            return protocol("client sent DATA frame with incorrect identifier");
        }
        if head.length > self.recv_window {
            let says = format!(
                "client violated connection flow control: received DATA frame length {}, available window {}",
                head.length, self.recv_window
            );
            return Err(broken(Code::FLOW_CONTROL, says));
        }
        self.recv_window -= head.length;
        if self.recv_window < MAX_WINDOW / 4 {
            let increment = MAX_WINDOW - self.recv_window;
            frame::window(self.out(), 0, increment);
            self.recv_window = MAX_WINDOW;
        }
        self.part = Part::Skip(left + padding);
        let id = head.stream;
        let Some(open) = self.streams.get_mut(&id) else { return Ok(Some(taken)) };
        if head.length > open.recv_window {
            self.reset(id, Code::FLOW_CONTROL);
            return Ok(Some(taken));
        }
        open.recv_window -= head.length;
        if open.taking == Taking::All && open.recv_window < MAX_WINDOW / 4 {
            self.grow_window(id, MAX_WINDOW);
        }
        if self.streams.get(&id).is_some_and(|open| open.in_closed) {
            self.reset(id, Code::STREAM_CLOSED);
            return Ok(Some(taken));
        }
        self.part = Part::Data { id, left, padding, ends: head.has(frame::END_STREAM) };
        Ok(Some(taken))
    }

    /// Content of a DATA frame; nothing follows if it `ends`.
    fn data(&mut self, id: u32, content: &[u8], ends: bool) {
        let Some(open) = self.streams.get_mut(&id) else { return };
        if open.taking == Taking::Nothing {
            return;
        }
        open.in_closed |= ends;
        open.body.extend_from_slice(content);
        open.wake();
        self.payload_bytes += content.len() as u64;
    }
}

/// Bytes before the header block of HEADERS.
pub(super) fn before(head: Head) -> u32 {
    u32::from(head.has(frame::PADDED)) + if head.has(frame::HAS_PRIORITY) { 5 } else { 0 }
}

/// A place in the tree: parent, whether it takes the parent's other children, weight.
pub(super) fn place(bytes: &[u8]) -> (u32, bool, u16) {
    let parent = frame::number(bytes);
    (parent & MAX_WINDOW, parent > MAX_WINDOW, u16::from(bytes.get(4).copied().unwrap_or(0)) + 1)
}
