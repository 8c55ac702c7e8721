//! One try at a peer: what `$upstream_addr`, `$upstream_status` and the `$upstream_*_time` variables tell of it.

use std::sync::Arc;

use crate::balance::Millis;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ending {
    /// It has not yet.
    #[default]
    Running,
    /// The peer answered, and the answer went to the client.
    Answered,
    /// The peer's status made nginx try another peer (`proxy_next_upstream http_503`).
    Status,
    /// No connection: refused, unreachable.
    Refused,
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    ReadTimeout,
    /// The connection was closed before an answer.
    Reset,
    /// What came was no HTTP.
    InvalidHeader,
    /// No peer was eligible: the attempt names the group.
    NoLive,
    /// The client went away.
    ClientGone,
}

impl Ending {
    /// Whether nginx holds it against the peer.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !matches!(self, Ending::Running | Ending::Answered | Ending::ClientGone | Ending::NoLive)
    }
}

/// One try.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `$upstream_addr`: the peer's address, or the group's name where no peer was eligible.
    pub addr: Arc<str>,
    /// The peer: its number in the group, backup servers after the others; `None` where none was eligible.
    pub peer: Option<u32>,
    /// When it began.
    pub started: Millis,
    /// `$upstream_status`; 0 while there is none.
    pub status: u16,
    /// `$upstream_connect_time` in milliseconds, once the connection stood.
    pub connect_time: Option<u64>,
    /// `$upstream_header_time` in milliseconds, once the header was there.
    pub header_time: Option<u64>,
    /// `$upstream_response_time` in milliseconds, once it ended.
    pub response_time: Option<u64>,
    /// How it ended.
    pub ending: Ending,
}
