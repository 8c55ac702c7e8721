//! What requests share: groups of one worker, and zones of all, which stand behind locks as nginx's shared memory does.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::turns::Turns;
use crate::balance::{Group, Queue, Sessions};
use crate::exchange::limits::{ConnectionZone, RequestZone};
use crate::exchange::{Memory, Plan, Ticket, Upstream};
use crate::modules::shared::upstream::UpstreamId;

/// The zones of one configuration.
#[derive(Debug)]
pub struct Zones {
    /// Groups with a `zone`, by upstream.
    groups: Vec<Option<Shared>>,
    /// Requests that wait in queues.
    pub turns: Turns,
    sessions: Vec<Arc<Mutex<Sessions>>>,
    requests: Arc<Mutex<Vec<RequestZone>>>,
    connections: Vec<Arc<Mutex<ConnectionZone>>>,
}

/// A group that workers share.
#[derive(Debug)]
struct Shared {
    group: Mutex<Group>,
    queue: Option<Mutex<Queue<Ticket>>>,
    /// How long the addresses of a name are good, by its line.
    known: Mutex<BTreeMap<u32, Instant>>,
}

/// The state as one worker sees it.
#[derive(Debug)]
pub struct WorkerMemory {
    own: Vec<Group>,
    queues: Vec<Option<Queue<Ticket>>>,
    zones: Arc<Zones>,
}

/// A lock's content: a panic elsewhere leaves nothing half done that would matter more than going on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn queue_of(upstream: &Upstream) -> Option<Queue<Ticket>> {
    upstream.queue.map(|queue| Queue::new(queue.size, queue.timeout))
}

impl Shared {
    fn new(upstream: &Upstream) -> Shared {
        let queue = queue_of(upstream).map(Mutex::new);
        Shared { group: Mutex::new(upstream.fresh()), queue, known: Mutex::default() }
    }

    /// After a reload peers begin anew, as in nginx; but names keep theirs until they are resolved.
    fn inherit(&self, upstream: &Upstream, old: (&Zones, &Plan)) {
        let (zones, plan) = old;
        let same = |before: &&Upstream| before.zone == upstream.zone && before.name == upstream.name;
        let Some(at) = plan.upstreams.iter().position(|before| same(&before)) else { return };
        let Some(before) = &zones.groups[at] else { return };
        let lines = upstream.inherit(&mut lock(&self.group), &plan.upstreams[at], &lock(&before.group));
        let (known, mut mine) = (lock(&before.known), lock(&self.known));
        for (line, old) in lines {
            if let Some(until) = known.get(&old) {
                mine.insert(line, *until);
            }
        }
    }
}

impl Zones {
    /// The zones that a configuration starts with; after a reload those of `old` go on where they are the same.
    #[must_use]
    pub fn new(plan: &Plan, old: Option<(&Zones, &Plan)>) -> Zones {
        let groups = plan.upstreams.iter().map(|upstream| {
            upstream.zone.as_ref()?;
            let shared = Shared::new(upstream);
            if let Some(old) = old {
                shared.inherit(upstream, old);
            }
            Some(shared)
        });
        let sessions = plan.fresh_sessions().into_iter().enumerate().map(|(at, fresh)| {
            let before = old.and_then(|(zones, before)| Some(&zones.sessions[plan.sessions_before(at, before)?]));
            let Some(before) = before else { return Arc::new(Mutex::new(fresh)) };
            lock(before).forget_after(plan.session_timeout(at));
            Arc::clone(before)
        });
        let connections = plan.fresh_connections().into_iter().enumerate().map(|(at, fresh)| {
            let before = old
                .and_then(|(zones, before)| Some(&zones.connections[plan.keys.connections_before(at, &before.keys)?]));
            before.map_or_else(|| Arc::new(Mutex::new(fresh)), Arc::clone)
        });
        Zones {
            groups: groups.collect(),
            turns: Turns::default(),
            sessions: sessions.collect(),
            requests: requests(plan, old),
            connections: connections.collect(),
        }
    }

    /// Works on a group that workers share, if this is one.
    pub fn group<T>(&self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> Option<T> {
        self.groups[upstream.0].as_ref().map(|shared| work(&mut lock(&shared.group)))
    }

    /// How long the addresses of a name of a group are good, if a reload handed them down.
    pub fn good_until(&self, upstream: UpstreamId, line: u32) -> Option<Instant> {
        lock(&self.groups[upstream.0].as_ref()?.known).get(&line).copied()
    }

    /// The addresses of a name of a group are good until then.
    pub fn note_good(&self, upstream: UpstreamId, line: u32, until: Instant) {
        if let Some(shared) = &self.groups[upstream.0] {
            lock(&shared.known).insert(line, until);
        }
    }
}

/// The zones of `limit_req`: one lock for all, since a request looks at several at once. Where a reload changes any, what
/// goes on is a copy.
fn requests(plan: &Plan, old: Option<(&Zones, &Plan)>) -> Arc<Mutex<Vec<RequestZone>>> {
    let mut fresh = plan.fresh_requests();
    let Some((zones, before)) = old else { return Arc::new(Mutex::new(fresh)) };
    let known = lock(&zones.requests);
    let places: Vec<_> = (0..fresh.len()).map(|at| plan.keys.requests_before(at, &before.keys)).collect();
    let mut all_same = fresh.len() == known.len();
    for (at, (zone, place)) in fresh.iter_mut().zip(places).enumerate() {
        let went_on = place.map(|place| known[place].at_rate_of(zone));
        all_same &= place == Some(at) && went_on.as_ref().is_some_and(|new| new.rate() == known[at].rate());
        if let Some(went_on) = went_on {
            *zone = went_on;
        }
    }
    if all_same { Arc::clone(&zones.requests) } else { Arc::new(Mutex::new(fresh)) }
}

impl WorkerMemory {
    /// The state in which a worker starts.
    #[must_use]
    pub fn new(plan: &Plan, zones: Arc<Zones>) -> WorkerMemory {
        WorkerMemory {
            own: plan.upstreams.iter().map(Upstream::fresh).collect(),
            queues: plan.upstreams.iter().map(queue_of).collect(),
            zones,
        }
    }
}

impl Memory for WorkerMemory {
    const RESOLVES_LATER: bool = true;

    #[inline]
    fn group<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> T {
        match &self.zones.groups[upstream.0] {
            None => work(&mut self.own[upstream.0]),
            Some(shared) => work(&mut lock(&shared.group)),
        }
    }

    fn queue<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Queue<Ticket>) -> T) -> Option<T> {
        match &self.zones.groups[upstream.0] {
            None => self.queues[upstream.0].as_mut().map(work),
            Some(shared) => shared.queue.as_ref().map(|queue| work(&mut lock(queue))),
        }
    }

    fn sessions<T>(&mut self, zone: usize, work: impl FnOnce(&mut Sessions) -> T) -> T {
        work(&mut lock(&self.zones.sessions[zone]))
    }

    fn requests<T>(&mut self, work: impl FnOnce(&mut [RequestZone]) -> T) -> T {
        work(&mut lock(&self.zones.requests))
    }

    fn connections<T>(&mut self, zone: usize, work: impl FnOnce(&mut ConnectionZone) -> T) -> T {
        work(&mut lock(&self.zones.connections[zone]))
    }

    fn addresses(&mut self, _: &str) -> Option<Vec<IpAddr>> {
        None
    }
}

#[cfg(test)]
mod tests;
