//! Header blocks as they come in: HEADERS and CONTINUATION, the streams that they open, and their fields.
//! What stands in a field is read by `head.rs`.

use super::head::Reading;
use super::receive::{Part, Taken, before, broken, place, protocol};
use super::session::{Broken, Open, Session, Taking};
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::{Fault, Step};
use crate::wire::http2::{Code, DEFAULT_WINDOW};

impl Session {
    pub(super) fn start_headers(&mut self, worker: &Worker, head: Head, bytes: &[u8]) -> Taken {
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
        self.reading = Some(Box::new(Reading::new(id, self.take_off(worker))));
        let settings = &self.settings;
        if settings.keepalive_timeout == 0
            || self.requests >= settings.keepalive_requests
            || clock::now().since(self.opened) > settings.keepalive_time
        {
            self.go_away();
        }
    }

    /// A flight for the next request, which knows the connection.
    fn take_off(&self, worker: &Worker) -> Box<Flight> {
        let mut flight = worker.take_off();
        let facts = &mut flight.exchange.facts;
        (facts.requests, facts.opened, facts.chance) = (self.requests, self.opened, self.chance);
        (facts.pid, facts.zone) = (worker.pid, worker.zone());
        flight
    }

    /// More of a header block.
    pub(super) fn block(&mut self, bytes: &[u8]) -> Taken {
        let Part::Block { id, left, padding, is_last, ends } = self.part else { return Ok(Some(0)) };
        if left > 0 {
            if bytes.is_empty() {
                return Ok(None);
            }
            let count = (left as usize).min(bytes.len());
            self.block.extend_from_slice(&bytes[..count]);
            self.payload_bytes += count as u64;
            if let Some(reading) = &mut self.reading {
                reading.block_length += count as u64;
            }
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
