//! Frames as they come in: the states of `ngx_http_v2.c`. Frames without content of variable length are taken whole, others
//! piece by piece. What is refused, how, and with which words is nginx's.

use super::head::Reading;
use super::session::{Broken, Open, Session, Taking};
use crate::serve::clock;
use crate::serve::state::Worker;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::{Fault, Step};
use crate::wire::http2::{Code, DEFAULT_FRAME, DEFAULT_WINDOW, MAX_FRAME, MAX_WINDOW, PREFACE};

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

type Taken = Result<Option<usize>, Broken>;

fn broken(code: Code, says: impl Into<String>) -> Broken {
    Broken { code, says: says.into() }
}

fn protocol<T>(says: &str) -> Result<T, Broken> {
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

    fn window(&mut self, id: u32, increment: u32) -> Result<(), Broken> {
        if increment == 0 {
            return protocol("client sent WINDOW_UPDATE frame with incorrect window increment 0");
        }
        if id == 0 {
            if increment > MAX_WINDOW - self.send_window {
                let says = format!(
                    "client violated connection flow control: received WINDOW_UPDATE frame with window increment \
                     {increment} not allowed for window {}",
                    self.send_window
                );
                return Err(broken(Code::FLOW_CONTROL, says));
            }
            self.send_window += increment;
            self.wake_waiting();
            return Ok(());
        }
        let Some(open) = self.streams.get_mut(&id) else { return Ok(()) };
        if i64::from(increment) > i64::from(MAX_WINDOW) - open.send_window {
            self.reset(id, Code::FLOW_CONTROL);
            return Ok(());
        }
        open.send_window += i64::from(increment);
        self.go_on(id);
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

    fn change_windows(&mut self, delta: i64) {
        self.init_window = (i64::from(self.init_window) + delta) as u32;
        let (mut over, mut changed) = (Vec::new(), Vec::new());
        for (id, open) in &mut self.streams {
            if delta > 0 && open.send_window > i64::from(MAX_WINDOW) - delta {
                over.push(*id);
                continue;
            }
            open.send_window += delta;
            changed.push(*id);
        }
        changed.sort_unstable();
        for id in changed {
            self.go_on(id);
        }
        for id in over {
            self.reset(id, Code::FLOW_CONTROL);
        }
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

    fn start_headers(&mut self, worker: &Worker, head: Head, bytes: &[u8]) -> Taken {
        let before = before(head) as usize;
        let Some(start) = bytes.get(..before) else { return Ok(None) };
        let mut left = head.length - before as u32;
        let padding = if head.has(frame::PADDED) { u32::from(start[0]) } else { 0 };
        if padding > left {
            let says = format!("client sent padded HEADERS frame with incorrect length: {left}, padding: {padding}");
            return protocol(&says);
        }
        left -= padding;
        let priority = head.has(frame::HAS_PRIORITY).then(|| place(&start[before - 5..]));
        let id = head.stream;
        if id.is_multiple_of(2) || id <= self.last_id {
            let says =
                format!("client sent HEADERS frame with incorrect identifier {id}, the last was {}", self.last_id);
            return protocol(&says);
        }
        if priority.is_some_and(|(parent, ..)| parent == id) {
            return protocol(&format!("client sent HEADERS frame for stream {id} with incorrect dependency"));
        }
        self.last_id = id;
        self.field_room = self.settings.fields;
        let ends = head.has(frame::END_STREAM);
        if self.refuses(ends) {
            self.refused += 1;
            if self.refused > self.settings.streams.max(100) + 1 {
                return Err(broken(Code::NO_ERROR, "client sent too many refused streams"));
            }
            frame::reset(self.out(), id, Code::REFUSED);
        } else {
            self.open(worker, id, ends, priority);
        }
        self.part = Part::Block { id, left, padding, is_last: head.has(frame::END_HEADERS), ends };
        Ok(Some(before))
    }

    /// Whether no more streams are taken for now.
    fn refuses(&mut self, ends: bool) -> bool {
        let most = self.settings.streams;
        if self.processing() as u64 >= u64::from(most) {
            return true;
        }
        self.new_streams += 1;
        u64::from(self.new_streams) > 2 * u64::from(most)
            || (!self.is_acknowledged && !ends && self.settings.preread < DEFAULT_WINDOW)
    }

    fn open(&mut self, worker: &Worker, id: u32, ends: bool, priority: Option<(u32, bool, u16)>) {
        let open = Open {
            waker: None,
            body: Vec::new(),
            taking: Taking::NotYet,
            recv_window: self.settings.preread,
            send_window: i64::from(self.init_window),
            in_closed: ends,
            out_closed: false,
            is_reset: false,
            rst_sent: false,
            last_data: None,
            mark: 0,
            is_exhausted: false,
            waits: false,
        };
        self.streams.insert(id, open);
        self.requests += 1;
        self.priorities.open(id, priority, self.settings.streams);
        self.reading = Some(Box::new(Reading::new(id, worker.take_off())));
        let settings = &self.settings;
        if settings.keepalive_timeout == 0
            || self.requests >= settings.keepalive_requests
            || clock::now().since(self.opened) > settings.keepalive_time
        {
            self.go_away();
        }
    }

    /// More of a header block.
    fn block(&mut self, bytes: &[u8]) -> Taken {
        let Part::Block { id, left, padding, is_last, ends } = self.part else { return Ok(Some(0)) };
        if left > 0 {
            if bytes.is_empty() {
                return Ok(None);
            }
            let count = (left as usize).min(bytes.len());
            self.block.extend_from_slice(&bytes[..count]);
            self.payload_bytes += count as u64;
            self.decode()?;
            self.part = Part::Block { id, left: left - count as u32, padding, is_last, ends };
            return Ok(Some(count));
        }
        if is_last {
            if !self.block.is_empty() {
                return Err(fault(Fault::Cut));
            }
            if let Some(reading) = self.reading.take() {
                let begun = reading.finish(&self.connection, ends);
                self.begun.push(begun);
            }
            self.part = Part::Skip(padding);
            return Ok(Some(0));
        }
        if padding > 0 && bytes.is_empty() {
            return Ok(None);
        }
        let count = (padding as usize).min(bytes.len());
        let padding = padding - count as u32;
        self.part = match padding {
            0 => Part::Continue { id, ends },
            _ => Part::Block { id, left, padding, is_last, ends },
        };
        Ok(Some(count))
    }

    /// Reads the fields that are whole.
    fn decode(&mut self) -> Result<(), Broken> {
        let mut at = 0;
        loop {
            match self.decoder.read(&self.block[at..], self.settings.field).map_err(fault)? {
                Step::More => break,
                Step::Update(count) => at += count,
                Step::Field(count) => {
                    at += count;
                    let (name, value) = (self.decoder.name(), self.decoder.value());
                    let length = name.len() + value.len();
                    if length > self.field_room {
                        return Err(broken(Code::CALM, "client sent too large header"));
                    }
                    self.field_room -= length;
                    if let Some(reading) = &mut self.reading {
                        reading.field(&self.connection, &self.settings, name, value);
                    }
                }
            }
        }
        self.block.drain(..at);
        Ok(())
    }
}

/// Bytes before the header block of HEADERS.
fn before(head: Head) -> u32 {
    u32::from(head.has(frame::PADDED)) + if head.has(frame::HAS_PRIORITY) { 5 } else { 0 }
}

/// A place in the tree: parent, whether it takes the parent's other children, weight.
fn place(bytes: &[u8]) -> (u32, bool, u16) {
    let parent = frame::number(bytes);
    (parent & MAX_WINDOW, parent > MAX_WINDOW, u16::from(bytes.get(4).copied().unwrap_or(0)) + 1)
}

/// nginx's words for what is wrong with a header block.
fn fault(fault: Fault) -> Broken {
    let says = match fault {
        Fault::LongIndex => "client sent header block with too long header index value".into(),
        Fault::LongUpdate => "client sent header block with too long size update value".into(),
        Fault::LongLength => "client sent header field with too long length value".into(),
        Fault::NoIndex => "client sent invalid hpack table index 0".into(),
        Fault::Index(index) => format!("client sent out of bound hpack table index: {index}"),
        Fault::Update(size) => format!("client sent invalid table size update: {size}"),
        Fault::Huffman => "client sent invalid encoded header field".into(),
        Fault::TooLarge => "client sent too large header field".into(),
        Fault::NoName => "client sent zero header name length".into(),
        Fault::Cut => "client sent header block with incorrect length".into(),
    };
    broken(fault.code(), says)
}
