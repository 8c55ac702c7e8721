//! The balancing methods, one a file. Each chooses a peer of the list that the request is on; what they have in common,
//! falling back on the backup servers among it, is the [group](super::Group)'s.

mod consistent;
mod hash;
mod ip_hash;
mod least_conn;
mod least_time;
mod random;
mod round_robin;

use super::{Millis, Peers, Random, Selection, Watch};

pub use consistent::Ring;
pub(super) use ip_hash::START;
pub use ip_hash::address_key;
pub use least_time::{Measure, Measured};
pub(super) use least_time::{freed, header};

/// A group's method, with what it prepared.
#[derive(Debug, Clone, Default)]
pub enum Method {
    /// Smooth weighted round robin.
    #[default]
    RoundRobin,
    /// Fewest connections for its weight.
    LeastConn,
    /// Least expected time for its weight.
    LeastTime(Measured),
    /// The client's address.
    IpHash,
    /// A text, by its hash modulo the total weight.
    Hash,
    /// A text, by the next point of a ring.
    Consistent(Ring),
    /// Chance.
    Random,
    /// The better of two by chance: fewer connections, or with NGINX Plus less time.
    RandomTwo(Option<Measured>),
}

/// What a method says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// This peer.
    Peer(usize),
    /// None of this list.
    Nobody,
    /// Round robin shall decide.
    RoundRobin,
    /// None, and no other list is to be asked.
    Busy,
}

/// After so many draws that gave nothing nginx turns to round robin.
const MOST_MISSES: u32 = 20;

/// What a method chooses from.
pub(super) struct Draw<'a, R, W> {
    /// The list that the request is on.
    pub peers: &'a mut Peers,
    /// The servers proper, of which rings are made.
    pub is_primary: bool,
    /// The request.
    pub selection: &'a mut Selection,
    /// The list has changed since the request began.
    pub is_stale: bool,
    /// The time.
    pub now: Millis,
    /// Chance.
    pub rng: &'a mut R,
    /// Who looks.
    pub watch: &'a mut W,
}

impl<R: Random, W: Watch> Draw<'_, R, W> {
    /// Asks the method.
    pub fn choose(&mut self, method: &Method) -> Choice {
        match method {
            Method::RoundRobin => round_robin::choose(self),
            Method::LeastConn => least_conn::choose(self),
            Method::LeastTime(measured) => least_time::choose(self, *measured),
            Method::IpHash => ip_hash::choose(self),
            Method::Hash => hash::choose(self),
            Method::Consistent(ring) => consistent::choose(self, ring),
            Method::Random => random::one(self),
            Method::RandomTwo(by) => random::two(self, *by),
        }
    }

    /// Round robin, whatever the method.
    pub fn round_robin(&mut self) -> Choice {
        round_robin::choose(self)
    }

    /// The peer that the session is bound to.
    fn bound(&mut self) -> Option<usize> {
        self.peers.bound(self.selection, self.now, self.watch)
    }

    /// [`Draw::is_eligible`] for [`Draw::weighted`], whoever has most.
    fn may_have(&mut self, index: usize, _best: Option<usize>) -> bool {
        self.is_eligible(index)
    }

    /// Whether the request can have the peer.
    fn is_eligible(&mut self, index: usize) -> bool {
        self.peers.refusal(index, self.selection, self.now, self.watch).is_none()
    }

    /// A draw that gave nothing; whether it was one too many.
    fn misses(&mut self) -> bool {
        self.selection.misses += 1;
        self.selection.misses > MOST_MISSES
    }

    /// Whether a method that draws leaves the choice to round robin from the start.
    fn has_given_up(&self) -> bool {
        self.selection.misses > MOST_MISSES || self.peers.list.len() < 2 || self.is_stale
    }

    /// Smooth weighted round robin among those of these peers for which `among` holds, which is told who has most so far:
    /// each gains its effective weight, the one that then has most (of equals the first) is chosen and pays what all gained.
    fn weighted(
        &mut self,
        indices: impl Iterator<Item = usize>,
        mut among: impl FnMut(&mut Self, usize, Option<usize>) -> bool,
    ) -> Option<usize> {
        let (mut best, mut total) = (None, 0);
        for index in indices {
            if !among(self, index, best) {
                continue;
            }
            total += self.peers.gain(index, self.now, self.watch);
            let ahead = |best: usize| self.peers.list[index].current_weight > self.peers.list[best].current_weight;
            if best.is_none_or(ahead) {
                best = Some(index);
            }
        }
        let best = best?;
        self.peers.pay(best, total, self.watch);
        Some(best)
    }
}
