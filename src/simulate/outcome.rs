//! What became of one request: what reports, picks and comparisons are made of.

use std::net::IpAddr;

use crate::balance::Millis;
use crate::exchange::Attempt;

/// How a request is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label<'a> {
    /// By a number: the trace's own, or the line's.
    Number(u64),
    /// By the trace's own text.
    Text(&'a [u8]),
}

/// What the log says that production did with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Production<'a> {
    /// The status of the answer.
    pub status: Option<u16>,
    /// `$upstream_addr`: `10.0.0.1:80, 10.0.0.2:80 : 10.0.1.1:80`.
    pub upstream_addr: Option<&'a [u8]>,
    /// `$upstream_status`.
    pub upstream_status: Option<&'a [u8]>,
}

/// The end of one request.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// How it is called.
    pub id: Label<'a>,
    /// Its number in the order of arrival, from 0.
    pub number: u64,
    /// Its line in the trace, from 1 (0: it was never written down).
    pub line: u64,
    /// When it arrived.
    pub time: Millis,
    /// `$remote_addr`; `None` for a client of a UNIX domain socket.
    pub client: Option<IpAddr>,
    /// The browser it belongs to.
    pub session: Option<&'a [u8]>,
    /// What production did.
    pub production: Production<'a>,
    /// The worker that served it, from 0.
    pub worker: u32,
    /// The group it was sent to, as an index into the simulation's list of groups; the last one, if it saw several.
    pub upstream: Option<u32>,
    /// The tries at peers, in order; of several groups one after the other.
    pub attempts: &'a [Attempt],
    /// Status of the answer.
    pub status: u16,
    /// When the answer ended.
    pub finished: Millis,
    /// Milliseconds it waited in nginx: for `limit_req`, or in a `queue`.
    pub waited: u64,
    /// The peer that the session was bound to before, where it had to move to another.
    pub moved_from: Option<u32>,
}
