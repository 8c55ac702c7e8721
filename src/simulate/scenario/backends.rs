//! What becomes of an attempt at a peer: the scenario, asked peer by peer and moment by moment.
//!
//! Outside faults a backend answers 200: after the `[[backend]]` table's `service` if it has one, else after what the
//! trace says of the request, else at once. Faults answer at once, also `status`; `slow` delays them like answers. Only
//! answers take one of the backend's `concurrency` places, from the connection to the last byte.

use rustc_hash::FxHashMap;

use super::slots::Slots;
use super::target::Known;
use super::timeline::Timeline;
use super::{Scenario, Service, Slow, Target, Trouble};
use crate::balance::{Millis, Random};
use crate::config::nearest;

/// A backend: one address, in however many groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackendId(pub u32);

/// What becomes of an attempt; all times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The connection is refused at once.
    Refuses,
    /// The connection never stands.
    Unreachable,
    /// The connection is closed without an answer.
    Resets {
        /// From the start of the attempt.
        after: u64,
    },
    /// The connection stands, and no answer comes.
    Silent {
        /// From the start of the attempt to the connection.
        connect: u64,
    },
    /// The header of the answer cannot be read.
    Garbage {
        /// From the start of the attempt to the connection.
        connect: u64,
        /// From the start of the attempt until it comes.
        after: u64,
    },
    /// An answer.
    Answers {
        /// From the start of the attempt to the connection.
        connect: u64,
        /// Its status.
        status: u16,
        /// From the start of the attempt to the header.
        header: u64,
        /// From the header to the last byte.
        body: u64,
    },
}

/// What is the matter with a peer at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Condition {
    trouble: Option<Trouble>,
    slow: Slow,
}

#[derive(Debug, Clone)]
struct Peer {
    known: Known,
    /// Nothing is ever the matter, nothing is drawn and nothing waits.
    plain: bool,
    /// The time to the header, where it is always the same.
    fixed: Option<u64>,
    service: Service,
    connect: u64,
    body: u64,
    condition: Timeline<Condition>,
    health: Timeline<Option<bool>>,
    slots: Option<Slots>,
}

/// All backends under a scenario.
#[derive(Debug, Clone)]
pub struct Backends {
    scenario: Scenario,
    peers: Vec<Peer>,
    ids: FxHashMap<String, BackendId>,
}

impl Backends {
    /// The peers of these groups, each a name and its peers' addresses. The same address is the same backend.
    #[must_use]
    pub fn new<'g, G, A>(scenario: &Scenario, groups: G) -> Backends
    where
        G: IntoIterator<Item = (&'g str, &'g [A])>,
        A: AsRef<str> + 'g,
    {
        let mut backends = Backends { scenario: scenario.clone(), peers: Vec::new(), ids: FxHashMap::default() };
        for (group, addresses) in groups {
            for address in addresses {
                backends.add(group, address.as_ref());
            }
        }
        backends
    }

    /// The backend at an address as a peer of a group, new or known: for what `resolve` and reloads bring.
    pub fn add(&mut self, group: &str, address: &str) -> BackendId {
        let id = self.find(address).unwrap_or(BackendId(self.peers.len() as u32));
        let fresh = || Known { names: vec![address.to_owned()], groups: Vec::new() };
        let mut known = self.peers.get(id.0 as usize).map_or_else(fresh, |peer| peer.known.clone());
        if !known.groups.iter().any(|name| name == group) {
            known.groups.push(group.to_owned());
            self.put(id, known);
            self.ids.insert(address.to_owned(), id);
        }
        id
    }

    /// The backend is also called so: by the text of a `server` directive that resolved to its address.
    ///
    /// # Panics
    /// If the backend is of other `Backends`.
    pub fn name(&mut self, backend: BackendId, server: &str) {
        let mut known = self.peers[backend.0 as usize].known.clone();
        if !known.names.iter().any(|name| name == server) {
            known.names.push(server.to_owned());
            self.put(backend, known);
        }
    }

    /// Works out anew what the scenario says of a backend; what it is working on stays.
    fn put(&mut self, id: BackendId, known: Known) {
        let peer = Peer::new(&self.scenario, known);
        match self.peers.get_mut(id.0 as usize) {
            Some(old) => *old = Peer { slots: old.slots.take().or(peer.slots), ..peer },
            None => self.peers.push(peer),
        }
    }

    /// The backend at an address.
    #[must_use]
    pub fn find(&self, address: &str) -> Option<BackendId> {
        self.ids.get(address).copied()
    }

    /// What becomes of an attempt that starts now. `service` is what the trace says of the request, in milliseconds; a
    /// number is drawn from `rng` only where the service time has a distribution.
    ///
    /// # Panics
    /// If the backend is of other `Backends`.
    #[inline]
    pub fn fate(&mut self, backend: BackendId, now: Millis, service: Option<u64>, rng: &mut impl Random) -> Fate {
        let peer = &mut self.peers[backend.0 as usize];
        if peer.plain {
            let header = peer.connect.saturating_add(peer.fixed.or(service).unwrap_or(0));
            return Fate::Answers { connect: peer.connect, status: 200, header, body: peer.body };
        }
        peer.fate(now, service, rng)
    }

    /// Whether a health check would pass now: what `[[health]]` says, else whether a plain request would be answered
    /// with 2xx or 3xx.
    ///
    /// # Panics
    /// If the backend is of other `Backends`.
    pub fn healthy(&mut self, backend: BackendId, now: Millis) -> bool {
        let peer = &mut self.peers[backend.0 as usize];
        peer.health.at(now).unwrap_or_else(|| match peer.condition.at(now).trouble {
            None => true,
            Some(Trouble::Status(code)) => (200..400).contains(&code),
            Some(_) => false,
        })
    }

    /// Targets of the scenario that no peer answers to, each with the address or group that was probably meant.
    #[must_use]
    pub fn unmatched(&self) -> Vec<(&Target, Option<String>)> {
        let covers = |target: &Target| self.peers.iter().any(|peer| target.covers(&peer.known));
        let mut missed: Vec<_> = self.scenario.targets().filter(|target| !covers(target)).collect();
        missed.sort_unstable();
        missed.dedup();
        let known = self.peers.iter().flat_map(|peer| {
            let groups = peer.known.groups.iter().map(|name| Target::Group(name.clone()).to_string());
            groups.chain(peer.known.names.iter().cloned())
        });
        let known: Vec<String> = known.collect();
        let near = |target: &Target| nearest(&target.to_string(), known.iter().map(String::as_str)).map(str::to_owned);
        missed.into_iter().map(|target| (target, near(target))).collect()
    }
}

impl Scenario {
    fn targets(&self) -> impl Iterator<Item = &Target> {
        let faults = self.faults.iter().map(|fault| &fault.target);
        let backends = self.backends.iter().map(|backend| &backend.target);
        faults.chain(backends).chain(self.health.iter().map(|health| &health.target))
    }
}

impl Peer {
    fn new(scenario: &Scenario, known: Known) -> Peer {
        let covers = |target: &Target| target.covers(&known);
        let faults: Vec<_> = scenario.faults.iter().filter(|fault| covers(&fault.target)).collect();
        let condition = Timeline::new(faults.iter().map(|fault| fault.window), |now| {
            let mut slow = faults.iter().filter(|fault| fault.window.holds(now)).map(|fault| fault.trouble);
            let mut other = slow.clone();
            Condition {
                trouble: other.find(|trouble| !matches!(trouble, Trouble::Slow(_))),
                slow: slow
                    .find_map(|trouble| if let Trouble::Slow(slow) = trouble { Some(slow) } else { None })
                    .unwrap_or(Slow::NOT),
            }
        });
        let health: Vec<_> = scenario.health.iter().filter(|health| covers(&health.target)).collect();
        let health = Timeline::new(health.iter().map(|health| health.window), |now| {
            health.iter().find(|health| health.window.holds(now)).map(|health| health.ok)
        });
        let tables: Vec<_> = scenario.backends.iter().filter(|backend| covers(&backend.target)).collect();
        let service = tables.iter().find_map(|table| table.service).unwrap_or(Service::Trace);
        let fixed = if let Service::Drawn(drawn) = service { drawn.fixed() } else { None };
        let queue = tables.iter().find_map(|table| table.queue);
        let slots = tables.iter().find_map(|table| table.concurrency).map(|places| Slots::new(places, queue));
        let quiet = condition.constant() == Some(Condition { trouble: None, slow: Slow::NOT });
        let drawn = matches!(service, Service::Drawn(_)) && fixed.is_none();
        let connect = tables.iter().find_map(|table| table.connect).unwrap_or(0);
        let body = tables.iter().find_map(|table| table.body).unwrap_or(0);
        let plain = quiet && !drawn && slots.is_none();
        Peer { known, plain, fixed, service, connect, body, condition, health, slots }
    }

    fn fate(&mut self, now: Millis, service: Option<u64>, rng: &mut impl Random) -> Fate {
        let Condition { trouble, slow } = self.condition.at(now);
        let connect = self.connect;
        let after = connect + slow.extra;
        match trouble {
            Some(Trouble::Refuse) => Fate::Refuses,
            Some(Trouble::Unreachable) => Fate::Unreachable,
            Some(Trouble::Timeout) => Fate::Silent { connect },
            Some(Trouble::Reset) => Fate::Resets { after },
            Some(Trouble::Invalid) => Fate::Garbage { connect, after },
            Some(Trouble::Status(status)) => Fate::Answers { connect, status, header: after, body: 0 },
            Some(Trouble::Slow(_)) | None => self.answer(now, service, slow, rng),
        }
    }

    fn answer(&mut self, now: Millis, service: Option<u64>, slow: Slow, rng: &mut impl Random) -> Fate {
        let service = match self.service {
            Service::Trace => service.unwrap_or(0),
            Service::Drawn(distribution) => distribution.draw(rng),
        };
        let work = slow.stretch(service).saturating_add(slow.extra);
        let body = slow.stretch(self.body);
        let arrives = now.plus(self.connect).0;
        let begins = match &mut self.slots {
            Some(slots) => slots.enter(arrives, work.saturating_add(body)),
            None => Some(arrives),
        };
        let Some(begins) = begins else { return Fate::Unreachable };
        let header = (begins - now.0).saturating_add(work);
        Fate::Answers { connect: self.connect, status: 200, header, body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Half;

    impl Random for Half {
        fn next(&mut self) -> u32 {
            1 << 30
        }
    }

    const PEERS: &[&str] = &["10.0.0.1:80", "10.0.0.2:80"];

    fn backends(text: &str) -> Backends {
        Backends::new(&Scenario::parse(text).unwrap(), [("u", PEERS), ("v", &PEERS[1..])])
    }

    fn check(text: &str, cases: &[(u32, u64, Fate)]) {
        let mut backends = backends(text);
        for (peer, now, fate) in cases {
            assert_eq!(
                backends.fate(BackendId(*peer), Millis(*now), Some(7), &mut Half),
                *fate,
                "{peer} at {now}\n{text}"
            );
        }
    }

    fn answer(connect: u64, status: u16, header: u64, body: u64) -> Fate {
        Fate::Answers { connect, status, header, body }
    }

    #[test]
    fn faults() {
        check("", &[(0, 0, answer(0, 200, 7, 0))]);
        let text = r#"
            fault = [
                { peer = "10.0.0.1:80", from = 1, to = 2, kind = "refuse" },
                { peer = "10.0.0.1", from = 1.5, to = 3, kind = "status", code = 503 },
                { peer = "*", from = 3, to = 4, kind = "slow", factor = 2, extra = 0.1 },
                { upstream = "v", from = 3.5, to = 5, kind = "invalid" },
                { upstream = "v", from = 5, to = 6, kind = "reset" },
                { peer = "group/v", from = 6, to = 7, kind = "timeout" },
                { upstream = "v", from = 7, kind = "unreachable" },
            ]
            backend = [{ peer = "*", connect = "3ms", body = "5ms" }]
            "#;
        check(text, &[(0, 999, answer(3, 200, 10, 5)), (0, 1000, Fate::Refuses), (0, 1999, Fate::Refuses)]);
        check(
            text,
            &[(0, 2000, answer(3, 503, 3, 0)), (0, 3000, answer(3, 200, 117, 10)), (1, 1000, answer(3, 200, 10, 5))],
        );
        check(
            text,
            &[(1, 3600, Fate::Garbage { connect: 3, after: 103 }), (1, 4000, Fate::Garbage { connect: 3, after: 3 })],
        );
        check(
            text,
            &[
                (1, 5000, Fate::Resets { after: 3 }),
                (1, 6000, Fate::Silent { connect: 3 }),
                (1, 9000, Fate::Unreachable),
            ],
        );
    }

    #[test]
    fn services() {
        let text = r#"
            backend = [
                { peer = "10.0.0.1:80", service = { distribution = "uniform", min = 0.1, max = 0.2 } },
                { peer = "*", service = 0.02, concurrency = 1, queue = 1 },
            ]
            "#;
        check(text, &[(0, 0, answer(0, 200, 150, 0)), (0, 100, answer(0, 200, 200, 0)), (0, 110, Fate::Unreachable)]);
        check(text, &[(1, 0, answer(0, 200, 20, 0)), (1, 5, answer(0, 200, 35, 0)), (1, 41, answer(0, 200, 20, 0))]);
        check("backend = [{ peer = '*', service = 'trace' }]", &[(0, 0, answer(0, 200, 7, 0))]);
    }

    #[test]
    fn health() {
        let text = r#"
            health = [{ peer = "10.0.0.1:80", from = 1, to = 2 }, { peer = "*", from = 3, to = 4, ok = true }]
            fault = [{ upstream = "u", from = 2.5, to = 3.5, kind = "refuse" }, { upstream = "u", from = 5, kind = "status", code = 404 }]
            "#;
        let mut backends = backends(text);
        let seen: Vec<bool> =
            [0, 1000, 2000, 2500, 3000, 4000, 5000].map(|now| backends.healthy(BackendId(0), Millis(now))).to_vec();
        assert_eq!(seen, [true, false, true, false, true, true, false]);
    }

    #[test]
    fn addresses_are_backends() {
        let mut backends =
            backends("fault = [{ upstream = 'w', kind = 'refuse' }, { peer = '10.0.0.3:80', kind = 'reset' }]");
        assert_eq!(backends.find("10.0.0.2:80"), Some(BackendId(1)));
        let missed: Vec<_> =
            backends.unmatched().into_iter().map(|(target, near)| (target.to_string(), near)).collect();
        assert_eq!(
            missed,
            [
                ("group/w".to_owned(), Some("group/u".to_owned())),
                ("10.0.0.3:80".to_owned(), Some("10.0.0.1:80".to_owned()))
            ]
        );
        assert_eq!(backends.add("w", "10.0.0.2:80"), BackendId(1));
        assert_eq!(backends.fate(BackendId(1), Millis(0), None, &mut Half), Fate::Refuses);
        assert_eq!(backends.add("w", "10.0.0.3:80"), BackendId(2));
        assert_eq!(backends.unmatched(), []);
    }

    #[test]
    fn names_are_addresses() {
        let mut backends = backends("fault = [{ peer = 'a.example', kind = 'refuse' }]");
        assert_eq!(backends.fate(BackendId(1), Millis(0), None, &mut Half), answer(0, 200, 0, 0));
        backends.name(BackendId(1), "a.example:8080");
        assert_eq!(backends.fate(BackendId(1), Millis(0), None, &mut Half), Fate::Refuses);
        assert_eq!(backends.unmatched(), []);
    }
}
