//! Sockets to listen on: nginx's `cycle->listening`. The realms add them at their end; they are opened at start.

use super::address::Address;
use crate::syntax::Span;

/// One socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// Where it listens.
    pub address: Address,
    /// Datagrams instead of connections.
    pub udp: bool,
    /// Of an IPv6 address: no IPv4 connections.
    pub ipv6only: bool,
    /// Connections that may wait.
    pub backlog: i64,
    /// The `listen` directive, or what stands for it.
    pub span: Span,
}
