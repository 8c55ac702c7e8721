//! What a balancer remembers of one request from try to try (nginx's `ngx_http_upstream_rr_peer_data_t` and its kin).

/// The peers that a request has tried, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    first: u64,
    more: Vec<u64>,
}

impl Tried {
    /// Whether peer `index` was tried.
    #[inline]
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        let word = if index < 64 { self.first } else { self.more.get(index / 64 - 1).copied().unwrap_or(0) };
        word & (1 << (index % 64)) != 0
    }

    /// Notes that peer `index` was tried.
    #[inline]
    pub fn insert(&mut self, index: usize) {
        let bit = 1 << (index % 64);
        if index < 64 {
            self.first |= bit;
            return;
        }
        let word = index / 64 - 1;
        if self.more.len() <= word {
            self.more.resize(word + 1, 0);
        }
        self.more[word] |= bit;
    }

    /// Forgets all.
    #[inline]
    pub fn clear(&mut self) {
        self.first = 0;
        self.more.clear();
    }
}

/// Which list of a group's peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Tier {
    /// The servers proper.
    #[default]
    Primary,
    /// Those marked `backup`.
    Backup,
}

/// A peer of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId {
    /// Which list.
    pub tier: Tier,
    /// Its place in the list, from 0.
    pub index: u32,
}

/// One request's way through a group.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The list that it chooses from; once on the backup servers it stays there.
    pub tier: Tier,
    /// The peers it has had of that list.
    pub tried: Tried,
    /// The peer it has now.
    pub current: Option<u32>,
    /// Tries it has left.
    pub tries: u32,
    /// What `hash` and `ip_hash` hash. Emptied and filled by who starts the request.
    pub key: Vec<u8>,
    /// The server that its session is bound to, by id; empty for none. Asked anew for each try.
    pub bound: Vec<u8>,
    /// The peer that its session or its hash belongs to, whether or not it can be chosen.
    pub home: Option<PeerId>,
    /// The current peer's serial number: its place may change with the names of the group.
    pub(super) serial: u32,
    /// The list of servers as it was when it began: a change of names in between ends its tries.
    pub(super) generation: u32,
    /// Sums and points of the hashing methods.
    pub(super) hash: u32,
    /// How often `hash` has hashed.
    pub(super) rehash: u32,
    /// Draws of the hashing and random methods that gave nothing; past 20 it is round robin.
    pub(super) misses: u32,
    /// It counts among the requests that `least_time inflight` waits for.
    pub(super) inflight: bool,
}

impl Selection {
    /// Forgets everything and keeps the room.
    pub fn clear(&mut self) {
        self.tier = Tier::Primary;
        self.tried.clear();
        (self.current, self.home) = (None, None);
        self.tries = 0;
        self.key.clear();
        self.bound.clear();
        (self.generation, self.hash, self.rehash, self.misses) = (0, 0, 0, 0);
        self.inflight = false;
    }

    /// Notes where it belongs, if that is not known yet.
    #[inline]
    pub(super) fn belongs_to(&mut self, index: usize) {
        let tier = self.tier;
        self.home.get_or_insert(PeerId { tier, index: index as u32 });
    }

    /// The peer it has now.
    #[must_use]
    pub fn peer(&self) -> Option<PeerId> {
        self.current.map(|index| PeerId { tier: self.tier, index })
    }
}
