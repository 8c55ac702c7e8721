//! The state that requests share, in arrays: groups with a `zone` once, those without once for each worker.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use crate::balance::{Group, Peer, PeerId, Queue, Sessions};
use crate::exchange::limits::{ConnectionZone, RequestZone};
use crate::exchange::{Memory, Plan, Ticket};
use crate::modules::shared::upstream::UpstreamId;

/// Zones that outlive a reload.
#[derive(Debug)]
struct Zones {
    sessions: Vec<Sessions>,
    requests: Vec<RequestZone>,
    connections: Vec<ConnectionZone>,
}

/// The state of all workers.
#[derive(Debug)]
pub struct State {
    groups: Vec<Group>,
    queues: Vec<Option<Queue<Ticket>>>,
    /// By worker and upstream: the group.
    places: Vec<u32>,
    upstreams: usize,
    zones: Rc<RefCell<Zones>>,
    /// What names resolve to now, in lower case.
    names: HashMap<String, Vec<IpAddr>>,
    /// Names without an address get one.
    stand_in: bool,
    /// Names without an address that requests asked for, in lower case.
    strangers: Vec<String>,
}

/// So many names without an address are remembered, or get one: they may be made of what clients send.
const MOST_STRANGERS: usize = 1 << 12;

impl State {
    /// The state in which so many workers start. With `stand_in` names that only a request brings have an address.
    #[must_use]
    pub fn new(plan: &Plan, workers: u32, names: &HashMap<String, Vec<IpAddr>>, stand_in: bool) -> State {
        let (mut groups, mut queues) = (Vec::new(), Vec::new());
        let mut places = vec![0; plan.upstreams.len() * workers as usize];
        for (number, upstream) in plan.upstreams.iter().enumerate() {
            for worker in 0..workers as usize {
                if worker == 0 || upstream.zone.is_none() {
                    groups.push(upstream.fresh());
                    queues.push(upstream.queue.map(|queue| Queue::new(queue.size, queue.timeout)));
                }
                places[worker * plan.upstreams.len() + number] = groups.len() as u32 - 1;
            }
        }
        let mut state = State {
            groups,
            queues,
            places,
            upstreams: plan.upstreams.len(),
            zones: Rc::new(RefCell::new(Zones {
                sessions: plan.fresh_sessions(),
                requests: plan.fresh_requests(),
                connections: plan.fresh_connections(),
            })),
            names: HashMap::new(),
            stand_in,
            strangers: Vec::new(),
        };
        for (name, addresses) in names {
            state.resolve(plan, name, addresses);
        }
        state
    }

    /// A name has these addresses from now on.
    pub fn resolve(&mut self, plan: &Plan, host: &str, addresses: &[IpAddr]) {
        for (number, upstream) in plan.upstreams.iter().enumerate() {
            for name in upstream.names.iter().filter(|name| name.host.eq_ignore_ascii_case(host)) {
                for group in self.groups_of(number) {
                    self.groups[group].resolve(name.tier, name.line, name.peers(addresses));
                }
            }
        }
        self.names.insert(host.to_ascii_lowercase(), addresses.to_vec());
    }

    /// Names without an address that requests asked for.
    #[must_use]
    pub fn strangers(&self) -> &[String] {
        &self.strangers
    }

    /// A name without an address: what stands in for it, if anything does.
    fn meet(&mut self, name: String) -> Option<Vec<IpAddr>> {
        let known = self.strangers.iter().position(|known| *known == name);
        if known.is_none() && self.strangers.len() < MOST_STRANGERS {
            self.strangers.push(name);
        }
        let at = known.unwrap_or(self.strangers.len() - 1) as u32 + 1;
        // The upper half of what is set apart for benchmarks.
        let [.., high, low] = at.to_be_bytes();
        self.stand_in.then(|| vec![IpAddr::V4(Ipv4Addr::new(198, 19, high, low))])
    }

    /// The peers of a group as its first worker sees them, by their numbers.
    pub fn peers(&self, upstream: usize) -> Vec<(PeerId, &Peer)> {
        let group = &self.groups[self.places[upstream] as usize];
        let mut peers: Vec<(PeerId, &Peer)> = group.all().collect();
        peers.sort_by_key(|(_, peer)| peer.number());
        peers
    }

    /// All states of a group: one, or one for each worker.
    pub fn of_upstream(&mut self, upstream: usize) -> impl Iterator<Item = &mut Group> {
        let mine = self.groups_of(upstream);
        self.groups.iter_mut().enumerate().filter(move |(at, _)| mine.contains(at)).map(|(_, group)| group)
    }

    fn groups_of(&self, upstream: usize) -> Vec<usize> {
        let mut groups: Vec<usize> =
            self.places.iter().skip(upstream).step_by(self.upstreams.max(1)).map(|at| *at as usize).collect();
        groups.dedup();
        groups
    }

    /// The state of a group as a worker sees it.
    #[must_use]
    pub fn group(&self, worker: u32, upstream: UpstreamId) -> &Group {
        &self.groups[self.places[worker as usize * self.upstreams + upstream.0] as usize]
    }

    /// Goes on with the sessions and limits of the configuration before a reload, if all zones are the same.
    pub fn inherit(&mut self, plan: &Plan, old: &State, old_plan: &Plan) {
        if plan.sessions == old_plan.sessions && plan.keys.continues(&old_plan.keys) {
            self.zones = Rc::clone(&old.zones);
        }
    }

    /// The state as one worker sees it.
    pub fn of_worker(&mut self, worker: u32) -> Share<'_> {
        let first = worker as usize * self.upstreams;
        Share { state: self, first }
    }
}

/// What one worker sees.
#[derive(Debug)]
pub struct Share<'a> {
    state: &'a mut State,
    first: usize,
}

impl Share<'_> {
    fn place(&self, upstream: UpstreamId) -> usize {
        self.state.places[self.first + upstream.0] as usize
    }
}

impl Memory for Share<'_> {
    #[inline]
    fn group<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> T {
        let place = self.place(upstream);
        work(&mut self.state.groups[place])
    }

    fn queue<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Queue<Ticket>) -> T) -> Option<T> {
        let place = self.place(upstream);
        self.state.queues[place].as_mut().map(work)
    }

    fn sessions<T>(&mut self, zone: usize, work: impl FnOnce(&mut Sessions) -> T) -> T {
        work(&mut self.state.zones.borrow_mut().sessions[zone])
    }

    fn requests<T>(&mut self, work: impl FnOnce(&mut [RequestZone]) -> T) -> T {
        work(&mut self.state.zones.borrow_mut().requests)
    }

    fn connections<T>(&mut self, zone: usize, work: impl FnOnce(&mut ConnectionZone) -> T) -> T {
        work(&mut self.state.zones.borrow_mut().connections[zone])
    }

    fn addresses(&mut self, name: &str) -> Option<Vec<IpAddr>> {
        let name = name.to_ascii_lowercase();
        let known = self.state.names.get(&name).filter(|addresses| !addresses.is_empty()).cloned();
        known.or_else(|| self.state.meet(name))
    }
}
