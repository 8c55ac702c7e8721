//! Frames: the nine bytes before each, and how those without content of variable length are written.

use super::Code;

/// Bytes before each frame.
pub const HEAD: usize = 9;

/// DATA.
pub const DATA: u8 = 0;
/// HEADERS.
pub const HEADERS: u8 = 1;
/// PRIORITY.
pub const PRIORITY: u8 = 2;
/// RST_STREAM.
pub const RESET: u8 = 3;
/// SETTINGS.
pub const SETTINGS: u8 = 4;
/// PUSH_PROMISE.
pub const PUSH: u8 = 5;
/// PING.
pub const PING: u8 = 6;
/// GOAWAY.
pub const GOAWAY: u8 = 7;
/// WINDOW_UPDATE.
pub const WINDOW: u8 = 8;
/// CONTINUATION.
pub const CONTINUATION: u8 = 9;

/// DATA and HEADERS: nothing follows on this stream.
pub const END_STREAM: u8 = 1;
/// SETTINGS and PING: an acknowledgement.
pub const ACK: u8 = 1;
/// HEADERS and CONTINUATION: the header block is complete.
pub const END_HEADERS: u8 = 4;
/// DATA and HEADERS: there is padding.
pub const PADDED: u8 = 8;
/// HEADERS: there is a priority.
pub const HAS_PRIORITY: u8 = 32;

/// The setting of the table for compressed headers.
pub const SET_TABLE: u16 = 1;
/// The setting of pushes.
pub const SET_PUSH: u16 = 2;
/// The setting of streams at the same time.
pub const SET_STREAMS: u16 = 3;
/// The setting of the window that streams begin with.
pub const SET_WINDOW: u16 = 4;
/// The setting of the size of frames.
pub const SET_FRAME: u16 = 5;

/// What stands before a frame's content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// Bytes of content.
    pub length: u32,
    /// What it is.
    pub kind: u8,
    /// Flags; their meaning depends on the kind.
    pub flags: u8,
    /// The stream; 0 for the connection.
    pub stream: u32,
}

impl Head {
    /// Reads it off the beginning of `bytes`; nothing while they are fewer than [`HEAD`].
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Head> {
        let [a, b, c, kind, flags, s0, s1, s2, s3] = *bytes.first_chunk::<HEAD>()?;
        Some(Head {
            length: u32::from_be_bytes([0, a, b, c]),
            kind,
            flags,
            stream: u32::from_be_bytes([s0, s1, s2, s3]) & !(1 << 31),
        })
    }

    /// Appends it to `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.length.to_be_bytes()[1..]);
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&self.stream.to_be_bytes());
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The number at the beginning of `bytes`, 0 where they are too few.
#[must_use]
pub fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |four| u32::from_be_bytes(*four))
}

/// Appends SETTINGS.
pub fn settings(out: &mut Vec<u8>, settings: &[(u16, u32)]) {
    Head { length: settings.len() as u32 * 6, kind: SETTINGS, ..Head::default() }.write(out);
    for (id, value) in settings {
        out.extend_from_slice(&id.to_be_bytes());
        out.extend_from_slice(&value.to_be_bytes());
    }
}

/// Appends the acknowledgement of SETTINGS.
pub fn settings_ack(out: &mut Vec<u8>) {
    Head { kind: SETTINGS, flags: ACK, ..Head::default() }.write(out);
}

/// Appends WINDOW_UPDATE.
pub fn window(out: &mut Vec<u8>, stream: u32, increment: u32) {
    Head { length: 4, kind: WINDOW, flags: 0, stream }.write(out);
    out.extend_from_slice(&increment.to_be_bytes());
}

/// Appends RST_STREAM.
pub fn reset(out: &mut Vec<u8>, stream: u32, code: Code) {
    Head { length: 4, kind: RESET, flags: 0, stream }.write(out);
    out.extend_from_slice(&code.0.to_be_bytes());
}

/// Appends GOAWAY.
pub fn goaway(out: &mut Vec<u8>, last: u32, code: Code) {
    Head { length: 8, kind: GOAWAY, ..Head::default() }.write(out);
    out.extend_from_slice(&last.to_be_bytes());
    out.extend_from_slice(&code.0.to_be_bytes());
}

/// Appends the answer to PING.
pub fn pong(out: &mut Vec<u8>, content: &[u8]) {
    Head { length: content.len() as u32, kind: PING, flags: ACK, stream: 0 }.write(out);
    out.extend_from_slice(content);
}

/// Appends a header block: HEADERS, and as many CONTINUATION as it takes with frames of `most` bytes.
pub fn headers(out: &mut Vec<u8>, stream: u32, block: &[u8], ends: bool, most: u32) {
    let most = most.max(1) as usize;
    let (mut kind, mut flags) = (HEADERS, if ends { END_STREAM } else { 0 });
    let mut rest = block;
    loop {
        let (piece, after) = rest.split_at(rest.len().min(most));
        if after.is_empty() {
            flags |= END_HEADERS;
        }
        Head { length: piece.len() as u32, kind, flags, stream }.write(out);
        out.extend_from_slice(piece);
        if after.is_empty() {
            return;
        }
        (kind, flags, rest) = (CONTINUATION, 0, after);
    }
}
