//! The compression of headers: RFC 7541. The decoder takes a block as it comes and wants the bytes of an unfinished field
//! again; what it refuses, and with which code, is nginx's (`ngx_http_v2_state_header_block` and its kin). The encoder, as
//! nginx's, never fills the other side's table.

use std::collections::VecDeque;

use super::{Code, huffman};

/// The table that is always there, RFC 7541, appendix A; the first has index 1.
static FIXED: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// Indexes of the fixed table that are written by number.
pub mod index {
    /// `:authority`
    pub const AUTHORITY: u8 = 1;
    /// `:method: GET`
    pub const GET: u8 = 2;
    /// `:method: POST`
    pub const POST: u8 = 3;
    /// `:path: /`
    pub const ROOT: u8 = 4;
    /// `:scheme: http`
    pub const HTTP: u8 = 6;
    /// `:scheme: https`
    pub const HTTPS: u8 = 7;
    /// `:status: 200`
    pub const STATUS: u8 = 8;
    /// `content-length`
    pub const CONTENT_LENGTH: u8 = 28;
    /// `content-type`
    pub const CONTENT_TYPE: u8 = 31;
    /// `date`
    pub const DATE: u8 = 33;
    /// `last-modified`
    pub const LAST_MODIFIED: u8 = 44;
    /// `location`
    pub const LOCATION: u8 = 46;
    /// `server`
    pub const SERVER: u8 = 54;
    /// `vary`
    pub const VARY: u8 = 59;
}

/// The size of the table that fills, while nothing else was agreed on.
pub const TABLE: usize = 4096;
/// What an entry counts besides its bytes.
const ENTRY: usize = 32;
/// Bytes of an integer at most, as nginx has it.
const OCTETS: usize = 4;

/// Why a header block is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An index has too many bytes.
    LongIndex,
    /// A new size of the table has too many bytes.
    LongUpdate,
    /// A length has too many bytes.
    LongLength,
    /// Index 0.
    NoIndex,
    /// An index beyond the table: counted from where the fixed one ends.
    Index(usize),
    /// A new size of the table that is too large.
    Update(usize),
    /// A text that is no Huffman code.
    Huffman,
    /// A text longer than is taken.
    TooLarge,
    /// A name without a byte.
    NoName,
    /// The block ends within a field.
    Cut,
}

impl Fault {
    /// How the connection ends.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Fault::TooLarge => Code::CALM,
            Fault::NoName => Code::PROTOCOL,
            Fault::Cut => Code::FRAME_SIZE,
            _ => Code::COMPRESSION,
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The rest of a field is missing: give these bytes again, with more.
    More,
    /// The table changed; so many bytes were taken.
    Update(usize),
    /// A field: see [`Decoder::name`] and [`Decoder::value`]; so many bytes were taken.
    Field(usize),
}

/// Name and value.
type Entry = (Box<[u8]>, Box<[u8]>);

/// The table that fills.
#[derive(Debug)]
struct Table {
    entries: VecDeque<Entry>,
    used: usize,
    size: usize,
    most: usize,
}

impl Table {
    fn shrink(&mut self, room: usize) {
        while self.used > room
            && let Some((name, value)) = self.entries.pop_back()
        {
            self.used -= name.len() + value.len() + ENTRY;
        }
    }

    fn add(&mut self, name: &[u8], value: &[u8]) {
        let size = name.len() + value.len() + ENTRY;
        if size > self.size {
            self.shrink(0);
            return;
        }
        self.shrink(self.size - size);
        self.used += size;
        self.entries.push_front((name.into(), value.into()));
    }
}

/// Reads header blocks.
#[derive(Debug)]
pub struct Decoder {
    table: Table,
    name: Vec<u8>,
    value: Vec<u8>,
}

/// An integer: its value and its bytes; nothing while it is cut.
fn integer(bytes: &[u8], prefix: u8, long: Fault) -> Result<Option<(usize, usize)>, Fault> {
    let Some(first) = bytes.first() else { return Ok(None) };
    let mut value = usize::from(first & prefix);
    if first & prefix != prefix {
        return Ok(Some((value, 1)));
    }
    for (n, byte) in bytes[1..].iter().take(OCTETS - 1).enumerate() {
        value += usize::from(byte & 0x7f) << (7 * n);
        if *byte < 0x80 {
            return Ok(Some((value, n + 2)));
        }
    }
    if bytes.len() < OCTETS { Ok(None) } else { Err(long) }
}

/// A text, appended to `out`: its bytes; nothing while it is cut.
fn text(bytes: &[u8], longest: usize, out: &mut Vec<u8>) -> Result<Option<usize>, Fault> {
    let Some((length, at)) = integer(bytes, 0x7f, Fault::LongLength)? else { return Ok(None) };
    if length > longest {
        return Err(Fault::TooLarge);
    }
    let Some(text) = bytes.get(at..at + length) else { return Ok(None) };
    out.clear();
    if bytes[0] & 0x80 == 0 {
        out.extend_from_slice(text);
    } else if !huffman::decode(text, out) {
        return Err(Fault::Huffman);
    }
    Ok(Some(at + length))
}

impl Decoder {
    /// One whose table may have `most` bytes.
    #[must_use]
    pub fn new(most: usize) -> Decoder {
        let table = Table { entries: VecDeque::new(), used: 0, size: most, most };
        Decoder { table, name: Vec::new(), value: Vec::new() }
    }

    /// The name of the field that was read.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The value of the field that was read.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Reads the next field of a block; texts longer than `longest` bytes, as they stand there, are refused.
    ///
    /// # Errors
    /// The block cannot be read: the connection is of no more use.
    pub fn read(&mut self, bytes: &[u8], longest: usize) -> Result<Step, Fault> {
        let Some(first) = bytes.first() else { return Ok(Step::More) };
        match first {
            0x80.. => {
                let Some((index, at)) = integer(bytes, 0x7f, Fault::LongIndex)? else { return Ok(Step::More) };
                self.take_name(index)?;
                self.take_value(index);
                Ok(Step::Field(at))
            }
            0x20..0x40 => {
                let Some((size, at)) = integer(bytes, 0x1f, Fault::LongUpdate)? else { return Ok(Step::More) };
                if size > self.table.most {
                    return Err(Fault::Update(size));
                }
                self.table.size = size;
                self.table.shrink(size);
                Ok(Step::Update(at))
            }
            _ => self.literal(bytes, longest),
        }
    }

    fn literal(&mut self, bytes: &[u8], longest: usize) -> Result<Step, Fault> {
        let adds = bytes[0] >= 0x40;
        let prefix = if adds { 0x3f } else { 0x0f };
        let Some((index, mut at)) = integer(bytes, prefix, Fault::LongIndex)? else { return Ok(Step::More) };
        if index == 0 {
            let mut name = std::mem::take(&mut self.name);
            let length = text(&bytes[at..], longest, &mut name);
            self.name = name;
            let Some(length) = length? else { return Ok(Step::More) };
            if self.name.is_empty() {
                return Err(Fault::NoName);
            }
            at += length;
        } else {
            self.take_name(index)?;
        }
        let Some(length) = text(&bytes[at..], longest, &mut self.value)? else { return Ok(Step::More) };
        if adds {
            self.table.add(&self.name, &self.value);
        }
        Ok(Step::Field(at + length))
    }

    fn take_name(&mut self, index: usize) -> Result<(), Fault> {
        let at = index.checked_sub(1).ok_or(Fault::NoIndex)?;
        self.name.clear();
        if let Some((name, _)) = FIXED.get(at) {
            self.name.extend_from_slice(name.as_bytes());
            return Ok(());
        }
        let at = at - FIXED.len();
        let (name, _) = self.table.entries.get(at).ok_or(Fault::Index(at))?;
        self.name.extend_from_slice(name);
        Ok(())
    }

    /// The value of an index whose name was found.
    fn take_value(&mut self, index: usize) {
        self.value.clear();
        match FIXED.get(index - 1) {
            Some((_, value)) => self.value.extend_from_slice(value.as_bytes()),
            None => {
                if let Some((_, value)) = self.table.entries.get(index - 1 - FIXED.len()) {
                    self.value.extend_from_slice(value);
                }
            }
        }
    }
}

/// Appends an integer after the bits in `first`.
fn write_integer(out: &mut Vec<u8>, first: u8, prefix: u8, value: usize) {
    if value < usize::from(prefix) {
        out.push(first | value as u8);
        return;
    }
    out.push(first | prefix);
    let mut rest = value - usize::from(prefix);
    while rest >= 0x80 {
        out.push((rest % 0x80) as u8 | 0x80);
        rest /= 0x80;
    }
    out.push(rest as u8);
}

/// Appends a text, in the shorter of the two ways.
fn write_text(out: &mut Vec<u8>, bytes: impl Iterator<Item = u8> + Clone, length: usize) {
    let short = huffman::length(bytes.clone());
    if short < length {
        write_integer(out, 0x80, 0x7f, short);
        huffman::encode(bytes, out);
    } else {
        write_integer(out, 0, 0x7f, length);
        out.extend(bytes);
    }
}

/// Appends that the table is to have no room.
pub fn write_no_table(out: &mut Vec<u8>) {
    out.push(0x20);
}

/// Appends a field of the fixed table.
pub fn write_indexed(out: &mut Vec<u8>, index: u8) {
    out.push(0x80 | index);
}

/// Appends a field whose name is in the fixed table. nginx's answers offer it to the other side's table, its requests do not.
pub fn write_named(out: &mut Vec<u8>, index: u8, value: &[u8], offers: bool) {
    if offers {
        write_integer(out, 0x40, 0x3f, usize::from(index));
    } else {
        write_integer(out, 0, 0x0f, usize::from(index));
    }
    write_text(out, value.iter().copied(), value.len());
}

/// Appends any field; its name is written in lower case.
pub fn write_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.push(0);
    write_text(out, name.iter().map(u8::to_ascii_lowercase), name.len());
    write_text(out, value.iter().copied(), value.len());
}

/// Appends `:status`.
pub fn write_status(out: &mut Vec<u8>, status: u16) {
    let text = format!("{status:03}");
    let known = FIXED.iter().position(|(name, value)| *name == ":status" && *value == text);
    if let Some(at) = known {
        return write_indexed(out, at as u8 + 1);
    }
    out.extend_from_slice(&[0x40 | index::STATUS, text.len() as u8]);
    out.extend_from_slice(text.as_bytes());
}
