//! What variables tell of a request that only its driver knows: bytes, the connection, the machine. A simulation knows none
//! of it.

use std::fmt;
use std::sync::Arc;

use super::answer::Persistence;
use super::request::Slice;
use crate::balance::Millis;

/// What the driver tells.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Bytes sent of the answer, its head among them.
    pub bytes_sent: u64,
    /// Bytes of the answer's head.
    pub head_sent: u64,
    /// Bytes of the request: line, headers, body.
    pub request_length: u64,
    /// Requests on the connection, this one too.
    pub requests: u64,
    /// When the connection began.
    pub opened: Millis,
    /// All of the answer was sent.
    pub is_complete: bool,
    /// It came before the one before it was answered.
    pub is_pipelined: bool,
    /// What the client was told of the connection.
    pub persistence: Option<Persistence>,
    /// The answer's body is sent in chunks.
    pub is_chunked: bool,
    /// The number of the process.
    pub pid: u32,
    /// Seconds that local time is east of Greenwich.
    pub zone: i32,
    /// Chance of the connection: together with the number of the request it makes `$request_id`.
    pub chance: [u64; 2],
    /// What TLS says of the connection; none without TLS.
    pub secured: Option<Arc<dyn Told>>,
    /// What the PROXY protocol said; none without it.
    pub proxied: Option<Arc<dyn Told>>,
    /// The body of the request, where it is in memory.
    pub body: Option<Slice>,
    /// The file that the body of the request is in.
    pub body_file: Option<Slice>,
    /// What is counted of all connections: active, reading, writing, waiting.
    pub connections: Option<fn() -> [u64; 4]>,
    /// `$gzip_ratio` in hundredths.
    pub gzip_ratio: Option<u64>,
    /// `$uid_got`, `$uid_set`
    pub uid: [Option<Slice>; 2],
}

/// Someone who knows the values of some variables.
pub trait Told: fmt::Debug + Send + Sync {
    /// The value of a variable, its name without `$`, at a Unix time in seconds; none where it has none.
    fn tell(&self, name: &str, now: i64) -> Option<Vec<u8>>;
}

impl Facts {
    /// Forgets what it told of a request; what it told of the connection and the machine stays.
    pub fn start(&mut self) {
        (self.bytes_sent, self.head_sent, self.request_length) = (0, 0, 0);
        (self.is_complete, self.is_pipelined, self.is_chunked) = (false, false, false);
        (self.persistence, self.gzip_ratio) = (None, None);
        (self.body, self.body_file, self.uid) = (None, None, [None; 2]);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Facts::default();
    }
}
