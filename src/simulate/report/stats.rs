//! What is counted, request by request.

use std::ops::Range;

use super::axis::{Axis, Series};
use super::group::Peer;
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
    /// Statuses of the requests that came to no group: nginx answered itself, or passed them to a name that they brought.
    pub(super) direct: Tally<u16>,
    pub(super) requests: u64,
    /// When the first request came, and when the last one ended.
    pub(super) span: Option<(Millis, Millis)>,
    pub(super) axis: Axis,
    /// The bucket of the last moment: which milliseconds it has, and its number.
    at: (Range<u64>, usize),
}

/// The counts of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct UpstreamStats {
    pub name: String,
    pub peers: Vec<PeerStats>,
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
    /// From when until when it is unavailable, as far as is known.
    out: Option<(Millis, Millis)>,
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
            out: None,
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

    /// It is unavailable from now on until then. Gives the time before this, if there was another one.
    fn unavailable(&mut self, from: Millis, to: Millis) -> Option<(Millis, Millis)> {
        match &mut self.out {
            Some((_, known)) if from <= *known => {
                *known = to.max(*known);
                None
            }
            out => {
                let before = out.replace((from, to));
                self.unavailable += before.map_or(0, |(from, to)| to.since(from));
                before
            }
        }
    }

    fn attempt(&mut self, attempt: &Attempt, bucket: usize) {
        self.tries += 1;
        self.peak = self.peak.max(attempt.conns);
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

impl Report {
    /// There is another group; groups are numbered as they come, from 0.
    pub fn new_group(&mut self, name: &str) {
        self.upstreams.push(UpstreamStats { name: name.to_owned(), ..UpstreamStats::default() });
    }

    /// A group has another peer; peers are numbered as they come, from 0.
    pub fn new_peer(&mut self, group: u32, peer: Peer) {
        if let Some(stats) = self.upstreams.get_mut(group as usize) {
            stats.peers.push(PeerStats::new(peer));
        }
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
            self.tried(attempt);
        }
        let bucket = self.bucket(outcome.time);
        self.upstreams[index].ended(outcome, bucket);
    }

    fn tried(&mut self, attempt: &Attempt) {
        let bucket = self.bucket(attempt.started);
        let Some(stats) = attempt.upstream.and_then(|group| self.upstreams.get_mut(group as usize)) else { return };
        let Some(peer) = attempt.peer else {
            stats.no_live += 1;
            return;
        };
        let Some(stats) = stats.peers.get_mut(peer as usize) else { return };
        stats.attempt(attempt, bucket);
        let Some(to) = attempt.unavailable_until else { return };
        let from = attempt.started.plus(attempt.response_time.unwrap_or(0));
        if let Some((from, to)) = stats.unavailable(from, to) {
            let axis = self.axis;
            stats.unavailable_over_time.cover(axis, from, to);
        }
    }

    /// The trace is over: what is unavailable then was so until its end.
    pub fn close(&mut self) {
        let Some((_, end)) = self.span else { return };
        self.bucket(end);
        let axis = self.axis;
        for stats in self.upstreams.iter_mut().flat_map(|stats| &mut stats.peers) {
            let Some((from, to)) = stats.out.take() else { continue };
            let to = to.min(end);
            stats.unavailable += to.since(from);
            stats.unavailable_over_time.cover(axis, from, to);
        }
    }

    /// The bucket of a moment. Most come in order, so the last one's is tried first.
    #[inline]
    fn bucket(&mut self, at: Millis) -> usize {
        if !self.at.0.contains(&at.0) {
            self.reach(at);
        }
        self.at.1
    }

    /// Makes the axis long enough, and remembers the bucket.
    fn reach(&mut self, at: Millis) {
        while !self.axis.reaches(at) {
            self.axis.widen();
            self.upstreams.iter_mut().flat_map(|stats| &mut stats.peers).for_each(PeerStats::fold);
        }
        let (bucket, width) = (self.axis.bucket(at), self.axis.width());
        self.at = (bucket as u64 * width..(bucket as u64 + 1) * width, bucket);
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
        let Some(stats) = self.peers.get_mut(peer as usize) else { return };
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
