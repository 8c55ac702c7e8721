//! What requests share: groups of one worker, and zones of all, which stand behind locks as nginx's shared memory does.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::balance::{Group, Queue, Sessions};
use crate::exchange::limits::{ConnectionZone, RequestZone};
use crate::exchange::{Memory, Plan, Ticket};
use crate::modules::shared::upstream::UpstreamId;

/// The zones of one configuration.
#[derive(Debug)]
pub struct Zones {
    /// Groups with a `zone`, by upstream.
    groups: Vec<Option<Arc<Mutex<Group>>>>,
    rest: Arc<Carried>,
}

/// Zones that a reload hands on as they are.
#[derive(Debug)]
struct Carried {
    sessions: Vec<Mutex<Sessions>>,
    requests: Mutex<Vec<RequestZone>>,
    connections: Vec<Mutex<ConnectionZone>>,
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

impl Zones {
    /// The zones that a configuration starts with; after a reload those of `old` go on where they are the same.
    #[must_use]
    pub fn new(plan: &Plan, old: Option<(&Zones, &Plan)>) -> Zones {
        let groups =
            plan.upstreams.iter().map(|upstream| upstream.has_zone.then(|| Arc::new(Mutex::new(upstream.fresh()))));
        let same =
            |(_, before): &(&Zones, &Plan)| plan.sessions == before.sessions && plan.keys.continues(&before.keys);
        let rest = match old.filter(same) {
            Some((zones, _)) => Arc::clone(&zones.rest),
            None => Arc::new(Carried {
                sessions: plan.fresh_sessions().into_iter().map(Mutex::new).collect(),
                requests: Mutex::new(plan.fresh_requests()),
                connections: plan.fresh_connections().into_iter().map(Mutex::new).collect(),
            }),
        };
        Zones { groups: groups.collect(), rest }
    }

    /// Works on a group that workers share, if this is one.
    pub fn group<T>(&self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> Option<T> {
        self.groups[upstream.0].as_ref().map(|group| work(&mut lock(group)))
    }
}

impl WorkerMemory {
    /// The state in which a worker starts.
    #[must_use]
    pub fn new(plan: &Plan, zones: Arc<Zones>) -> WorkerMemory {
        let queue =
            |upstream: &crate::exchange::Upstream| upstream.queue.map(|queue| Queue::new(queue.size, queue.timeout));
        WorkerMemory {
            own: plan.upstreams.iter().map(crate::exchange::Upstream::fresh).collect(),
            queues: plan.upstreams.iter().map(queue).collect(),
            zones,
        }
    }
}

impl Memory for WorkerMemory {
    #[inline]
    fn group<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> T {
        match &self.zones.groups[upstream.0] {
            None => work(&mut self.own[upstream.0]),
            Some(shared) => work(&mut lock(shared)),
        }
    }

    fn queue<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Queue<Ticket>) -> T) -> Option<T> {
        self.queues[upstream.0].as_mut().map(work)
    }

    fn sessions<T>(&mut self, zone: usize, work: impl FnOnce(&mut Sessions) -> T) -> T {
        work(&mut lock(&self.zones.rest.sessions[zone]))
    }

    fn requests<T>(&mut self, work: impl FnOnce(&mut [RequestZone]) -> T) -> T {
        work(&mut lock(&self.zones.rest.requests))
    }

    fn connections<T>(&mut self, zone: usize, work: impl FnOnce(&mut ConnectionZone) -> T) -> T {
        work(&mut lock(&self.zones.rest.connections[zone]))
    }

    fn addresses(&mut self, _: &str) -> Option<Vec<IpAddr>> {
        None
    }
}
