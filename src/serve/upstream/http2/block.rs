//! Header blocks of the answer, its head and its trailers: put together from HEADERS and CONTINUATION, decoded, and judged
//! field by field.

use super::{Bad, Http2, Phase, bad};
use crate::serve::upstream::hints::EARLY_HINTS;
use crate::wire::http1::{self, Field};
use crate::wire::http2::DEFAULT_FRAME;
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::hpack::{Fault, Step};

impl Http2 {
    /// A part of a header block; the status where it completes a head.
    pub(super) fn take_block(&mut self, head: Head, mut content: &[u8]) -> Result<Option<u16>, Bad> {
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
            return Ok(Some(self.status));
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
