//! Bytes to `str` and back without loss, and offsets to lines.
//!
//! nginx reads bytes; the crate works on `str`. A byte that is not part of valid UTF-8 becomes one character of
//! the last private-use plane, `U+10FF00 + byte`, and goes back to that byte on the way out. Such characters in the
//! input itself are treated as invalid bytes too, so the mapping loses nothing.

const ESCAPE_BASE: u32 = 0x10_FF00;

fn escaped_byte(c: char) -> Option<u8> {
    (c as u32).checked_sub(ESCAPE_BASE).and_then(|b| u8::try_from(b).ok()).filter(|b| *b >= 0x80)
}

/// Decodes any bytes; valid UTF-8 is copied as it is.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push_valid(&mut out, chunk.valid());
        chunk.invalid().iter().for_each(|b| push_escaped(&mut out, *b));
    }
    out
}

/// The lead byte of every character of the last plane; no other text needs a closer look.
const LAST_PLANE_LEAD: u8 = 0xF4;

fn push_valid(out: &mut String, valid: &str) {
    if !valid.as_bytes().contains(&LAST_PLANE_LEAD) {
        out.push_str(valid);
        return;
    }
    for c in valid.chars() {
        if escaped_byte(c).is_some() {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| push_escaped(out, b));
        } else {
            out.push(c);
        }
    }
}

fn push_escaped(out: &mut String, byte: u8) {
    out.extend(char::from_u32(ESCAPE_BASE + u32::from(byte)));
}

/// The bytes that [`decode`] read.
#[must_use]
pub fn encode(text: &str) -> Vec<u8> {
    if !text.as_bytes().contains(&LAST_PLANE_LEAD) {
        return text.as_bytes().to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match escaped_byte(c) {
            Some(byte) => out.push(byte),
            None => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    out
}

/// The first byte of a character, as nginx prints it where it reads byte by byte.
#[must_use]
pub fn first_byte(c: char) -> String {
    let bytes = encode(c.encode_utf8(&mut [0; 4]));
    decode(&bytes[..1])
}

/// The last byte of a character, as nginx prints it where it takes bytes for characters.
#[must_use]
pub fn last_byte(c: char) -> String {
    let bytes = encode(c.encode_utf8(&mut [0; 4]));
    decode(&bytes[bytes.len() - 1..])
}

/// Offsets of line starts, to turn an offset into nginx's line number: one more than the line feeds before it.
#[derive(Debug, Clone, Default)]
pub struct LineIndex {
    feeds: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let feeds = memchr::memchr_iter(b'\n', text.as_bytes()).filter_map(|at| u32::try_from(at).ok()).collect();
        LineIndex { feeds }
    }

    /// The 1-based line of `offset`.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.feeds.partition_point(|feed| *feed < offset) + 1
    }

    /// Offset of the first byte of the line that holds `offset`.
    #[must_use]
    pub fn line_start(&self, offset: u32) -> u32 {
        match self.line(offset) {
            1 => 0,
            line => self.feeds[line - 2] + 1,
        }
    }
}
