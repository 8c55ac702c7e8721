//! Looking over the balancer's shoulder: what `simulate --why` prints. Who does not look pays nothing.

use super::{Group, Refusal, Tier};

/// Something that happened while a peer was chosen. Peers are numbers in the list that is being chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The choice is made from this list.
    From(Tier),
    /// The session is bound to this peer, which can have it or why not.
    Bound(u32, Option<Refusal>),
    /// The session is bound to a server that this list does not have.
    BoundElsewhere,
    /// A peer that cannot be chosen.
    Refused(u32, Refusal),
    /// A peer gains its effective weight.
    Gains {
        /// The peer.
        peer: u32,
        /// Its current weight before.
        before: i64,
        /// What it gains.
        gain: i64,
    },
    /// The peer with the most gives the sum of the gains back.
    Pays {
        /// The peer.
        peer: u32,
        /// The sum.
        total: i64,
    },
    /// A peer's load, in units of its method: connections, or expected milliseconds.
    Load {
        /// The peer.
        peer: u32,
        /// Its load.
        load: u64,
        /// By which it is divided.
        weight: i64,
    },
    /// Several peers have the least load: round robin among them.
    Tie,
    /// A hash fell on a peer.
    Hashed {
        /// The hash as it stands now.
        hash: u32,
        /// Modulo the total weight.
        modulo: i64,
        /// The peer.
        peer: u32,
    },
    /// A point of the ring of consistent hashing was reached.
    Point {
        /// Its hash.
        hash: u32,
        /// The first peer of the server directive that it stands for; on backup servers there may be none.
        peer: Option<u32>,
    },
    /// A number was drawn.
    Drawn {
        /// Modulo the total weight.
        modulo: i64,
        /// The peer that it fell on.
        peer: u32,
    },
    /// The method gave up: round robin decides.
    GaveUp,
    /// The servers of the group have changed since the request began.
    Changed,
    /// The peer that was chosen.
    Chosen(u32),
    /// None can be chosen from this list.
    NoneOf(Tier),
}

/// Who looks.
pub trait Watch {
    /// Sees what happened; the closure is called only by who wants to know.
    fn see(&mut self, sight: impl FnOnce() -> Sight);

    /// A choice in this group has ended: what was seen is of its peers, as they are now.
    fn picked(&mut self, _group: &Group) {}
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    #[inline]
    fn see(&mut self, _sight: impl FnOnce() -> Sight) {}
}

impl Watch for Vec<Sight> {
    fn see(&mut self, sight: impl FnOnce() -> Sight) {
        self.push(sight());
    }
}
