//! The peers that a report is about.

use crate::balance::{self, Standing};

/// A peer of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its address, as `$upstream_addr` writes it.
    pub address: String,
    /// Its weight.
    pub weight: u32,
    /// It is used only if no other is eligible.
    pub backup: bool,
    /// It is never used.
    pub down: bool,
}

impl Peer {
    /// A peer of a balancer.
    #[must_use]
    pub fn of(peer: &balance::Peer, backup: bool) -> Peer {
        Peer {
            address: peer.server.addr.to_string(),
            weight: u32::try_from(peer.parameters.weight).unwrap_or(u32::MAX),
            backup,
            down: peer.parameters.standing == Standing::Down,
        }
    }

    /// The part that it should get by its weight, against the weights of others: nothing, if it is down or a backup.
    #[must_use]
    pub fn due(&self) -> u32 {
        if self.backup || self.down { 0 } else { self.weight }
    }
}
