//! A connection to a peer.

use super::framing::Framing;
use super::request::Sending;
use crate::balance::Millis;
use crate::serve::stream::Stream;

/// A connection to a peer, while a request has it.
#[derive(Debug)]
pub struct Link {
    /// The connection.
    pub stream: Stream,
    /// What was read of the answer beyond its head.
    pub rest: Vec<u8>,
    /// How the answer's body ends.
    pub framing: Framing,
    /// When the connection was made.
    pub opened: Millis,
    /// Requests over it, this one too.
    pub requests: u64,
    /// It was used before.
    pub is_reused: bool,
    /// The peer keeps it open after the answer.
    pub persists: bool,
    /// How far the request was sent.
    pub sending: Sending,
}
