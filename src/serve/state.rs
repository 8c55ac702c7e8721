//! What one worker has: its configuration, its share of the state, its clock and timers, and room that its requests use
//! one after the other. Nothing of it leaves the worker's thread.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::clock;
use super::flight::Flight;
use super::generation::{Generation, Streams};
use super::local::{Counts, connections};
use super::log::{AccessLogs, Logs};
use super::memory::WorkerMemory;
use super::names::Resolvers;
use super::timers::Timers;
use super::upstream::Pools;
use crate::balance::{Glibc, Queue, Random, Watch};
use crate::exchange::session::{Happened, Session, SessionTerms, Step};
use crate::exchange::{
    Action, Connection, Event, Exchange, Http, ListenerId, Memory, Sub, TermsOf, Ticket, World, http_time,
};
use crate::modules::shared::upstream::UpstreamId;

/// Bytes that are read at once.
const SCRATCH: usize = 256 << 10;
/// Flights that are kept for later requests.
const KEPT_FLIGHTS: usize = 256;

/// One worker.
pub struct Worker {
    /// Which of its generation's workers, from 0.
    pub number: usize,
    /// The process's number.
    pub pid: u32,
    /// The configuration.
    pub generation: Arc<Generation>,
    /// The logs.
    pub logs: Arc<Logs>,
    /// The access logs, and the trace of what was served.
    pub access: AccessLogs,
    /// Timeouts.
    pub timers: Rc<Timers>,
    /// Idle connections to upstreams.
    pub pools: Pools,
    /// What resolves names.
    pub resolvers: Resolvers,
    /// Room for what is read; nobody holds it while waiting.
    pub scratch: RefCell<Box<[u8]>>,
    /// No more connections are taken, and idle ones are closed.
    pub is_leaving: Cell<bool>,
    /// Time is up for connections that still had something to do.
    pub is_cut: Cell<bool>,
    /// Requests of HTTP/2 under way.
    pub streams: Cell<usize>,
    /// Connections of clients that are open.
    pub connections: Cell<usize>,
    core: RefCell<Core>,
    #[expect(clippy::vec_box, reason = "flights are handed around, and are large")]
    flights: RefCell<Vec<Box<Flight>>>,
    date: RefCell<(u64, String)>,
    /// A second, and how far local time is east of Greenwich in it, in seconds.
    zone: Cell<(u64, i32)>,
    keys: RandomState,
    drawn: Cell<u64>,
    /// What it counts for `stub_status`.
    pub counts: Arc<Counts>,
    answers: Cell<u32>,
}

/// What the exchanges of a worker work on.
struct Core {
    memory: WorkerMemory,
    /// That of the sessions of `stream`.
    of_sessions: Option<WorkerMemory>,
    /// By which peers are chosen.
    chance: Chance,
    /// For everything else.
    others: ChaCha8Rng,
    watch: Blind,
}

/// Numbers like libc's `random()`.
enum Chance {
    ChaCha(Box<ChaCha8Rng>),
    Glibc(Box<Glibc>),
}

impl Chance {
    fn new(seed: u64) -> Chance {
        Chance::ChaCha(Box::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Random for Chance {
    fn next(&mut self) -> u32 {
        match self {
            Chance::ChaCha(numbers) => numbers.next_u32() >> 1,
            Chance::Glibc(numbers) => numbers.next(),
        }
    }
}

/// Nobody looks.
struct Blind;

impl Watch for Blind {
    fn see(&mut self, _: impl FnOnce() -> crate::balance::Sight) {}
}

impl Worker {
    /// A worker that has not begun.
    pub fn new(number: usize, generation: Arc<Generation>, logs: Arc<Logs>) -> Rc<Worker> {
        let memory = WorkerMemory::new(&generation.plan, Arc::clone(&generation.zones));
        let of_sessions =
            generation.streams.as_ref().map(|streams| WorkerMemory::new(&streams.plan, Arc::clone(&streams.zones)));
        let seed = clock::epoch() ^ u64::from(std::process::id()) << 16 ^ (number as u64) << 48 ^ clock::now().0;
        let chance = match generation.options.random {
            Some(seed) => Chance::Glibc(Box::new(Glibc::new(seed.wrapping_add(number as u32)))),
            None => Chance::new(seed),
        };
        let timers = Timers::new();
        let recorded = generation.options.recording.as_ref();
        let access = AccessLogs::new(&generation.config, &logs, &timers, recorded);
        Rc::new(Worker {
            number,
            pid: std::process::id(),
            resolvers: Resolvers::default(),
            access,
            pools: Pools::new(&generation, Rc::clone(&timers)),
            generation,
            logs,
            timers,
            scratch: RefCell::new(vec![0; SCRATCH].into()),
            is_leaving: Cell::new(false),
            is_cut: Cell::new(false),
            streams: Cell::new(0),
            connections: Cell::new(0),
            core: RefCell::new(Core {
                memory,
                of_sessions,
                chance,
                others: ChaCha8Rng::seed_from_u64(!seed),
                watch: Blind,
            }),
            flights: RefCell::default(),
            date: RefCell::default(),
            zone: Cell::default(),
            keys: RandomState::new(),
            drawn: Cell::default(),
            counts: Counts::new(),
            answers: Cell::new(0),
        })
    }

    /// A flight for a new request.
    pub fn take_off(&self) -> Box<Flight> {
        self.flights.borrow_mut().pop().unwrap_or_default()
    }

    /// A flight whose request is over.
    pub fn land(&self, mut flight: Box<Flight>) {
        let mut flights = self.flights.borrow_mut();
        if flights.len() < KEPT_FLIGHTS {
            flight.clear();
            flights.push(flight);
        }
    }

    /// The world of the exchange, for one step.
    fn with_world<T>(&self, ticket: Ticket, step: impl FnOnce(&mut World<WorkerMemory, Chance, Blind>) -> T) -> T {
        let mut core = self.core.borrow_mut();
        let Core { memory, chance, watch, .. } = &mut *core;
        let Generation { site, plan, .. } = &*self.generation;
        step(&mut World { site, plan, memory, rng: chance, watch, now: clock::now(), ticket })
    }

    /// The world of a session, for one step; none where there is no `stream`.
    fn with_sessions(&self, step: impl FnOnce(&mut World<WorkerMemory, Chance, Blind>) -> Step) -> Step {
        let mut core = self.core.borrow_mut();
        let Core { of_sessions, chance, watch, .. } = &mut *core;
        let (Some(streams), Some(memory)) = (&self.generation.streams, of_sessions) else { return Step::Done };
        let Streams { site, plan, .. } = streams;
        step(&mut World { site, plan, memory, rng: chance, watch, now: clock::now(), ticket: 0 })
    }

    /// The client of a session is known.
    pub fn arrive_session(&self, session: &mut Session, connection: &Connection, terms: &SessionTerms) -> Step {
        self.with_sessions(|world| session.arrive(connection, terms, world))
    }

    /// The client of a session did not say who it is, or said it wrongly.
    pub fn reject_session(&self, session: &mut Session, broken: bool) -> Step {
        self.with_sessions(|world| session.reject(broken, world))
    }

    /// Something happened to a session.
    pub fn tell_session(&self, session: &mut Session, happened: Happened) -> Step {
        self.with_sessions(|world| session.on(happened, world))
    }

    /// The head of a request was read.
    pub fn arrive(&self, exchange: &mut Exchange, listener: ListenerId) -> Action {
        exchange.facts.connections = Some(connections);
        self.with_world(Worker::ticket(exchange), |world| exchange.arrive(listener, world))
    }

    /// What a request still does after its answer.
    pub fn post_action(&self, exchange: &mut Exchange) -> Option<Action> {
        self.with_world(Worker::ticket(exchange), |world| exchange.post_action(world))
    }

    /// A request makes a subrequest.
    pub fn begin_within(&self, parent: &Exchange, exchange: &mut Exchange, sub: &Sub) -> Action {
        self.with_world(Worker::ticket(exchange), |world| exchange.begin_within(parent, sub, world))
    }

    /// What was read is no request.
    pub fn reject(&self, exchange: &mut Exchange, listener: ListenerId, status: u16) -> Action {
        self.with_world(Worker::ticket(exchange), |world| exchange.reject(listener, status, world))
    }

    /// Something happened to a request.
    pub fn tell(&self, exchange: &mut Exchange, event: Event) -> Action {
        let action = self.with_world(Worker::ticket(exchange), |world| exchange.on(event, world));
        if let Some(upstream) = exchange.tries.freed.take() {
            self.pass_turn(upstream);
        }
        action
    }

    /// Numbers like those by which peers are chosen, of a source of their own.
    pub fn chance(&self) -> Box<dyn Random> {
        Box::new(Chance::new(self.core.borrow_mut().others.next_u64()))
    }

    /// How queues know a request: by its place in memory, which no other request has while it lives.
    pub fn ticket(exchange: &Exchange) -> Ticket {
        std::ptr::from_ref(exchange).addr() as Ticket
    }

    /// A peer of a group was given back: who has waited longest for one looks again.
    pub fn pass_turn(&self, upstream: UpstreamId) {
        let first = self.core.borrow_mut().memory.queue(upstream, Queue::pop).flatten();
        if let Some(ticket) = first {
            self.generation.zones.turns.give(ticket);
        }
    }

    /// What holds where the request is.
    pub fn terms(&self, exchange: &Exchange) -> &TermsOf {
        self.generation.terms.location(exchange.route.location)
    }

    /// How the request is passed on by HTTP.
    pub fn http(&self, exchange: &Exchange) -> Option<&Http> {
        self.terms(exchange).http.as_deref()
    }

    /// Chance for a connection: what its requests are told apart by. Peers are chosen by another, whose order counts.
    pub fn draw(&self) -> [u64; 2] {
        let number = self.drawn.get();
        self.drawn.set(number + 2);
        [self.keys.hash_one(number) | 1, self.keys.hash_one(number + 1)]
    }

    /// Seconds that local time is east of Greenwich, looked up once a minute.
    pub fn zone(&self) -> i32 {
        let minute = (clock::epoch() + clock::now().0) / 60_000;
        let (known, zone) = self.zone.get();
        if known == minute {
            return zone;
        }
        let zone = super::log::time::Local::at(minute * 60).offset();
        self.zone.set((minute, zone));
        zone
    }

    /// Chance.
    pub fn random(&self) -> u32 {
        self.core.borrow_mut().chance.next()
    }

    /// A number that no other answer of the process has: the upper half is that of the worker.
    pub fn unique(&self) -> u64 {
        self.answers.set(self.answers.get().wrapping_add(1));
        let start = (clock::epoch() as u32) << 16 ^ self.pid ^ (self.number as u32) << 24;
        u64::from(start) << 32 | u64::from(self.answers.get())
    }

    /// The time as HTTP writes it, made once a second.
    pub fn with_date<T>(&self, work: impl FnOnce(&[u8]) -> T) -> T {
        let second = (clock::epoch() + clock::now().0) / 1000;
        let mut date = self.date.borrow_mut();
        if date.0 != second {
            *date = (second, http_time(second as i64));
        }
        work(date.1.as_bytes())
    }
}
