//! HTTP/2 as bytes: frames, and the compression of headers (HPACK, RFC 7541).
//!
//! An own small codec, and not the `h2` crate. nginx says what a connection gets for each kind of bad frame (the code of its
//! GOAWAY, whether the connection or only a stream ends), takes header blocks and DATA frames piece by piece (it lets clients
//! send frames of 16 MiB and keeps none of them whole), answers requests with bad headers with a page of status 400, and
//! is spoken to by names and values that are not those of the `http` crate. `h2` decides these things by itself, closes
//! streams where nginx answers, and reads whole frames. Towards upstreams nginx uses one connection for one request at a
//! time, so nothing of `h2`'s multiplexing would be used there either.
//!
//! Not here: connections, streams, windows, priorities: they are the drivers' (`serve`).

pub mod frame;
pub mod hpack;
mod huffman;
#[cfg(test)]
mod tests;

/// What a client sends first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The window that a connection and its streams begin with.
pub const DEFAULT_WINDOW: u32 = 65535;
/// The largest window.
pub const MAX_WINDOW: u32 = (1 << 31) - 1;
/// The size of frames up to which all must take them.
pub const DEFAULT_FRAME: u32 = 1 << 14;
/// The largest size that can be agreed on.
pub const MAX_FRAME: u32 = (1 << 24) - 1;

/// Why a connection or a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(pub u32);

impl Code {
    /// As it should.
    pub const NO_ERROR: Code = Code(0);
    /// The other side broke a rule.
    pub const PROTOCOL: Code = Code(1);
    /// This side failed.
    pub const INTERNAL: Code = Code(2);
    /// More was sent than a window allows.
    pub const FLOW_CONTROL: Code = Code(3);
    /// A frame for a stream that is closed.
    pub const STREAM_CLOSED: Code = Code(5);
    /// A frame of a wrong size.
    pub const FRAME_SIZE: Code = Code(6);
    /// The stream was not begun.
    pub const REFUSED: Code = Code(7);
    /// Nobody wants the rest.
    pub const CANCEL: Code = Code(8);
    /// Headers cannot be decompressed.
    pub const COMPRESSION: Code = Code(9);
    /// Too much of something.
    pub const CALM: Code = Code(11);
}
