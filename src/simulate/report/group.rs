//! The groups that a report is about.

/// An upstream group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its peers, in the order of their numbers: backup servers after the others.
    pub peers: Vec<Peer>,
}

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
    /// The part that it should get by its weight, against the weights of others: nothing, if it is down or a backup.
    #[must_use]
    pub fn due(&self) -> u32 {
        if self.backup || self.down { 0 } else { self.weight }
    }
}
