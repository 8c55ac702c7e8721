//! What is counted, request by request.

use super::axis::{Axis, Series};
use super::group::{Group, Peer};
use super::histogram::Histogram;
use super::tally::Tally;
use super::top::Top;
use crate::balance::Millis;
use crate::exchange::{Attempt, Ending};
use crate::simulate::outcome::Outcome;

/// How many ways there are to end.
const ENDINGS: usize = Ending::ClientGone as usize + 1;

/// The counts of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub(super) upstreams: Vec<UpstreamStats>,
    /// Groups that a reload took away.
    pub(super) retired: Vec<UpstreamStats>,
    /// Statuses of the requests that nginx answered itself.
    pub(super) direct: Tally<u16>,
    pub(super) requests: u64,
    /// When the first request came, and when the last one ended.
    pub(super) span: Option<(Millis, Millis)>,
    pub(super) axis: Axis,
}

/// The counts of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct UpstreamStats {
    pub name: String,
    pub peers: Vec<PeerStats>,
    /// Peers that a reload took away.
    pub retired: Vec<PeerStats>,
    pub requests: u64,
    pub statuses: Tally<u16>,
    pub latency: Histogram,
    /// Attempts that found no peer.
    pub no_live: u64,
    pub moved: u64,
    pub waited: u64,
    pub waited_time: u64,
}

/// The counts of a peer.
#[derive(Debug, Clone)]
pub(super) struct PeerStats {
    pub peer: Peer,
    /// Requests that got its answer.
    pub requests: u64,
    pub tries: u64,
    pub endings: [u64; ENDINGS],
    pub statuses: Tally<u16>,
    pub latency: Histogram,
    pub clients: Top,
    pub peak: u64,
    pub unavailable: u64,
    pub moved_away: u64,
    pub moved_here: u64,
    pub over_time: Series,
    pub failures_over_time: Series,
    pub unavailable_over_time: Series,
}

impl PeerStats {
    fn new(peer: Peer) -> PeerStats {
        PeerStats {
            peer,
            requests: 0,
            tries: 0,
            endings: [0; ENDINGS],
            statuses: Tally::default(),
            latency: Histogram::default(),
            clients: Top::default(),
            peak: 0,
            unavailable: 0,
            moved_away: 0,
            moved_here: 0,
            over_time: Series::default(),
            failures_over_time: Series::default(),
            unavailable_over_time: Series::default(),
        }
    }

    fn fold(&mut self) {
        for series in [&mut self.over_time, &mut self.failures_over_time, &mut self.unavailable_over_time] {
            series.fold();
        }
    }

    fn attempt(&mut self, attempt: &Attempt, bucket: usize) {
        self.tries += 1;
        self.endings[attempt.ending as usize] += 1;
        if attempt.status != 0 {
            self.statuses.add(attempt.status);
        }
        if attempt.ending.is_failure() {
            self.failures_over_time.add(bucket, 1);
        } else if let Some(time) = attempt.response_time {
            self.latency.add(time);
        }
    }
}

impl UpstreamStats {
    fn new(group: Group) -> UpstreamStats {
        let peers = group.peers.into_iter().map(PeerStats::new).collect();
        UpstreamStats { name: group.name, peers, ..UpstreamStats::default() }
    }

    /// The peer of this number. What was not described is known by its address, without a share of its own.
    fn peer(&mut self, peer: u32, address: &str) -> &mut PeerStats {
        let index = peer as usize;
        while self.peers.len() <= index {
            let address = if self.peers.len() == index { address } else { "" };
            let peer = Peer { address: address.to_owned(), weight: 0, backup: false, down: false };
            self.peers.push(PeerStats::new(peer));
        }
        &mut self.peers[index]
    }

    fn names(&self, attempt: &Attempt) -> bool {
        let peer = attempt.peer.and_then(|peer| self.peers.get(peer as usize));
        peer.map_or(attempt.peer.is_none() && *self.name == *attempt.addr, |peer| *peer.peer.address == *attempt.addr)
    }

    /// Goes on with the group as it is now: its peers keep their counts, and what it lost is kept apart.
    fn become_group(&mut self, group: Group) {
        let mut old = std::mem::take(&mut self.peers);
        old.append(&mut self.retired);
        for peer in group.peers {
            let known = old.iter().position(|known| known.peer.address == peer.address);
            self.peers.push(match known {
                Some(at) => PeerStats { peer, ..old.remove(at) },
                None => PeerStats::new(peer),
            });
        }
        self.retired = old;
    }
}

impl Report {
    /// Nothing counted yet, of these groups: [`Outcome::upstream`] is an index into them.
    #[must_use]
    pub fn new(groups: Vec<Group>) -> Report {
        Report { upstreams: groups.into_iter().map(UpstreamStats::new).collect(), ..Report::default() }
    }

    /// The groups are others from now on: after a reload, or when a name got other addresses. What groups and peers of the
    /// same name and address counted goes on; what is gone stays in the report.
    pub fn regroup(&mut self, groups: Vec<Group>) {
        let mut old = std::mem::take(&mut self.upstreams);
        old.append(&mut self.retired);
        for group in groups {
            let known = old.iter().position(|known| known.name == group.name);
            let mut stats = known.map_or_else(UpstreamStats::default, |at| old.remove(at));
            stats.name.clone_from(&group.name);
            stats.become_group(group);
            self.upstreams.push(stats);
        }
        self.retired = old;
    }

    /// Counts a request.
    pub fn add(&mut self, outcome: &Outcome<'_>) {
        self.requests += 1;
        let (first, last) = self.span.unwrap_or((outcome.time, outcome.finished));
        self.span = Some((first.min(outcome.time), last.max(outcome.finished)));
        let Some(index) = outcome.upstream.map(|index| index as usize).filter(|index| *index < self.upstreams.len())
        else {
            self.direct.add(outcome.status);
            return;
        };
        for attempt in outcome.attempts {
            let bucket = self.bucket(attempt.started);
            let owner = if outcome.attempts.len() == 1 { index } else { self.owner(index, attempt) };
            let stats = &mut self.upstreams[owner];
            match attempt.peer {
                Some(peer) => stats.peer(peer, &attempt.addr).attempt(attempt, bucket),
                None => stats.no_live += 1,
            }
        }
        let bucket = self.bucket(outcome.time);
        self.upstreams[index].ended(outcome, bucket);
    }

    /// The group that an attempt was made in: the request's last one, unless it names a peer of another.
    fn owner(&self, index: usize, attempt: &Attempt) -> usize {
        if self.upstreams.len() == 1 || self.upstreams[index].names(attempt) {
            return index;
        }
        self.upstreams.iter().position(|stats| stats.names(attempt)).unwrap_or(index)
    }

    fn bucket(&mut self, at: Millis) -> usize {
        while !self.axis.reaches(at) {
            self.axis.widen();
            self.upstreams.iter_mut().chain(&mut self.retired).for_each(|stats| {
                stats.peers.iter_mut().chain(&mut stats.retired).for_each(PeerStats::fold);
            });
        }
        self.axis.bucket(at)
    }

    fn known_peer(&mut self, upstream: u32, peer: u32) -> Option<&mut PeerStats> {
        self.upstreams.get_mut(upstream as usize)?.peers.get_mut(peer as usize)
    }

    /// A peer was not eligible between two moments: failed, or its health check did. What lasts beyond the trace is to be
    /// told up to its end.
    pub fn unavailable(&mut self, upstream: u32, peer: u32, from: Millis, to: Millis) {
        if from >= to {
            return;
        }
        self.bucket(Millis(to.0 - 1));
        let axis = self.axis;
        if let Some(stats) = self.known_peer(upstream, peer) {
            stats.unavailable += to.since(from);
            stats.unavailable_over_time.cover(axis, from, to);
        }
    }

    /// A peer had so many connections at once; the most that was told counts.
    pub fn connections(&mut self, upstream: u32, peer: u32, connections: u64) {
        if let Some(stats) = self.known_peer(upstream, peer) {
            stats.peak = stats.peak.max(connections);
        }
    }
}

impl UpstreamStats {
    fn ended(&mut self, outcome: &Outcome<'_>, bucket: usize) {
        self.requests += 1;
        self.statuses.add(outcome.status);
        self.latency.add(outcome.finished.since(outcome.time));
        if outcome.waited > 0 {
            self.waited += 1;
            self.waited_time = self.waited_time.saturating_add(outcome.waited);
        }
        let last = outcome.attempts.last();
        let Some((attempt, peer)) = last.and_then(|last| Some((last, last.peer?))) else { return };
        let stats = self.peer(peer, &attempt.addr);
        if matches!(attempt.ending, Ending::Answered | Ending::Status) {
            stats.requests += 1;
            stats.over_time.add(bucket, 1);
            if let Some(client) = outcome.client {
                stats.clients.add(client);
            }
        }
        if let Some(from) = outcome.moved_from {
            stats.moved_here += 1;
            self.moved += 1;
            if let Some(left) = self.peers.get_mut(from as usize) {
                left.moved_away += 1;
            }
        }
    }
}
