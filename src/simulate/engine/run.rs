//! Requests one after the other, and between them what is due.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use super::calendar::{Calendar, Due};
use super::flight::Flight;
use super::generation::{Directory, Generation};
use super::jars::Jars;
use super::observer::{Moment, Observer};
use super::options::{Options, Sessions};
use super::setup::Setup;
use crate::balance::{Millis, Peer, Queue, Random as _};
use crate::exchange::{Action, Destined, Event, Exchange, Memory as _, Ticket, World};
use crate::modules::shared::upstream::UpstreamId;
use crate::simulate::memory::Share;
use crate::simulate::outcome::Outcome;
use crate::simulate::rng::{Choice, Rng};
use crate::simulate::scenario::{self, Backends, Fate, Scenario};
use crate::simulate::trace::{Batch, Record};

/// Who takes note of what became of requests, in the order of their ends. Groups and peers are numbered as they are told,
/// from 0; a reload or a change of names may bring more.
pub trait Sink {
    /// There is another group.
    fn new_group(&mut self, name: &str);
    /// A group has another peer, a backup server or not.
    fn new_peer(&mut self, group: u32, peer: &Peer, backup: bool);
    /// One more request is done.
    fn outcome(&mut self, outcome: &Outcome<'_>);
}

/// A peer was given back to a group with a queue.
#[derive(Debug, Clone, Copy)]
struct Vacancy {
    generation: u32,
    worker: u32,
    upstream: UpstreamId,
}

/// A request that waits, and what it will be told.
#[derive(Debug)]
struct Waiting {
    flight: Box<Flight>,
    event: Event,
}

/// The driver.
pub struct Engine<'s, S, W> {
    options: Options,
    pub(super) generations: Vec<Generation>,
    /// The configurations that reloads bring, in order.
    reloads: VecDeque<Setup>,
    directory: Directory,
    backends: Backends,
    /// The requests that wait, by their places.
    waiting: Vec<Option<Waiting>>,
    /// Those that are done, for the next ones.
    #[allow(clippy::vec_box, reason = "flights go from hand to hand, and a kilobyte each is not to be copied")]
    idle: Vec<Box<Flight>>,
    calendar: Calendar,
    vacancies: VecDeque<Vacancy>,
    pub(super) jars: Jars,
    /// By worker.
    rngs: Vec<Rng>,
    /// For what is not nginx's own draw.
    pub(super) dice: Rng,
    events: VecDeque<(Millis, scenario::Event<'s>)>,
    names: HashMap<String, Vec<IpAddr>>,
    arrived: u64,
    sink: S,
    observer: W,
}

impl<'s, S: Sink, W: Observer> Engine<'s, S, W> {
    /// An engine that runs a configuration, and those that the scenario's reloads bring, under a scenario. `names` is what
    /// names that are resolved at run time resolve to.
    pub fn new(
        setup: Setup,
        reloads: Vec<Setup>,
        scenario: &'s Scenario,
        names: HashMap<String, Vec<IpAddr>>,
        options: Options,
        sink: S,
        observer: W,
    ) -> Engine<'s, S, W> {
        let nobody: [(&str, &[&str]); 0] = [];
        let mut engine = Engine {
            options,
            generations: Vec::new(),
            reloads: reloads.into(),
            directory: Directory::default(),
            backends: Backends::new(scenario, nobody),
            waiting: Vec::new(),
            idle: Vec::new(),
            calendar: Calendar::default(),
            vacancies: VecDeque::new(),
            jars: Jars::default(),
            rngs: (0..options.workers).map(|worker| options.chance.of_worker(worker)).collect(),
            dice: Choice::ChaCha(options.seed).of_worker(u32::MAX),
            events: scenario.events().into(),
            names,
            arrived: 0,
            sink,
            observer,
        };
        engine.start(setup);
        engine
    }

    fn start(&mut self, setup: Setup) {
        let Engine { names, backends, directory, sink, options, .. } = self;
        self.generations.push(Generation::start(setup, options, names, backends, directory, sink));
    }

    /// The backends, to ask which targets of the scenario none of them answers to.
    #[must_use]
    pub fn backends(&self) -> &Backends {
        &self.backends
    }

    /// Names without an address that requests asked for.
    pub fn strangers(&self) -> impl Iterator<Item = &str> {
        self.generations.iter().flat_map(|generation| generation.state.strangers()).map(String::as_str)
    }

    /// How the trace is replayed.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// A request arrives at `now`, which is not before the one that arrived last.
    pub fn arrive(&mut self, record: &Record, batch: &Batch, now: Millis) {
        if !self.calendar.is_empty() || !self.events.is_empty() {
            self.settle(now);
        }
        let mut flight = self.idle.pop().unwrap_or_else(|| {
            self.waiting.push(None);
            Box::new(Flight::at(self.waiting.len() as u32 - 1))
        });
        let worker = if self.options.workers > 1 { self.dice.next() % self.options.workers } else { 0 };
        flight.board(record, batch);
        flight.number = self.arrived;
        self.arrived += 1;
        (flight.time, flight.worker, flight.generation) = (now, worker, self.generations.len() as u32 - 1);
        flight.jar = match (record.session, self.options.sessions) {
            (Some(session), _) => Some(self.jars.of(batch.get(session))),
            (None, Sessions::Client) => Some(self.jars.of(client_key(record).as_slice())),
            (None, Sessions::Trace) => None,
        };
        let listener = self.request(&mut flight, record, batch, now);
        self.observer.turn_to(flight.label(), now);
        let action = self.with(&mut flight, now, |exchange, world| exchange.arrive(listener, world));
        self.drive(flight, action, now);
        if !self.vacancies.is_empty() {
            self.fill_vacancies(now);
        }
    }

    /// Lets everything happen that is due until `now`.
    pub fn settle(&mut self, now: Millis) {
        loop {
            let next = self.events.front().map(|(at, _)| *at).filter(|at| *at <= now);
            if let Some((at, due)) = self.calendar.take(next.unwrap_or(now)) {
                self.due(due, at);
            } else if let Some((at, event)) = next.and_then(|_| self.events.pop_front()) {
                self.happen(&event, at);
            } else {
                return;
            }
        }
    }

    /// Lets all requests end, and gives back who took note and who watched.
    pub fn finish(mut self) -> (S, W) {
        while let Some((at, due)) = self.calendar.take(Millis(u64::MAX)) {
            let next = self.events.front().map(|(at, _)| *at).filter(|next| *next <= at);
            if next.is_some() {
                self.calendar.plan(at, due);
                self.settle(at);
            } else {
                self.due(due, at);
            }
        }
        (self.sink, self.observer)
    }

    /// Something of the scenario.
    fn happen(&mut self, event: &scenario::Event<'_>, now: Millis) {
        match event {
            scenario::Event::Dns { name, addresses } => {
                self.names.insert((*name).to_owned(), addresses.to_vec());
                for generation in &mut self.generations {
                    generation.state.resolve(&generation.setup.plan, name, addresses);
                    generation.meet(&mut self.backends, &mut self.directory, &mut self.sink);
                }
            }
            scenario::Event::Health => self.check_health(now),
            scenario::Event::Reload { .. } => {
                let Some(setup) = self.reloads.pop_front() else { return };
                self.start(setup);
                if let [.., old, new] = &mut self.generations[..] {
                    new.state.inherit(&new.setup.plan, &old.state, &old.setup.plan);
                }
            }
        }
    }

    /// Peers whose health check would fail now are left out until it would pass.
    fn check_health(&mut self, now: Millis) {
        for generation in &mut self.generations {
            for (upstream, known) in generation.peers.iter().enumerate() {
                for group in generation.state.of_upstream(upstream) {
                    for peer in group.all_mut() {
                        let Some(known) = known.get(peer.number() as usize) else { continue };
                        peer.healthy = self.backends.healthy(known.backend, now);
                    }
                }
            }
        }
    }

    /// What was planned is due.
    fn due(&mut self, due: Due, now: Millis) {
        let waiting = &mut self.waiting[due.place as usize];
        if let Some(Waiting { mut flight, event }) = waiting.take_if(|waiting| waiting.flight.step == due.step) {
            let action = self.tell(&mut flight, event, now);
            self.drive(flight, action, now);
            self.fill_vacancies(now);
        }
    }

    /// Does what the exchange asks for, as long as that takes no time.
    #[inline]
    fn drive(&mut self, mut flight: Box<Flight>, mut action: Action, now: Millis) {
        loop {
            match action {
                Action::Attempt => {
                    if let Some(status) = self.meet_fate(&mut flight, now) {
                        action = self.answer_at_once(&mut flight, status, now);
                        continue;
                    }
                }
                Action::Read | Action::Forward => {}
                Action::Body => {
                    action = self.tell(&mut flight, Event::Body, now);
                    continue;
                }
                // Names are known at once here.
                Action::Resolve => {
                    action = self.tell(&mut flight, Event::Failed(502), now);
                    continue;
                }
                Action::Fail(status) => {
                    action = self.tell(&mut flight, Event::Failed(status), now);
                    continue;
                }
                Action::Serve(_) => {
                    action = self.tell(&mut flight, Event::Served(200), now);
                    continue;
                }
                // Only a live proxy asks for these.
                Action::Authorize(_) => {
                    action = self.tell(&mut flight, Event::Authorized(200), now);
                    continue;
                }
                Action::Mirror => {
                    action = self.tell(&mut flight, Event::Copied, now);
                    continue;
                }
                Action::Delay(until) => return self.wait(flight, until, Event::Resumed),
                Action::Queued(until) => return self.wait(flight, until, Event::QueueTimeout),
                Action::Done => return self.land(flight, now),
            }
            let Some((at, event)) = flight.next() else { return };
            if at > now {
                return self.wait(flight, at, event);
            }
            action = self.tell(&mut flight, event, now);
        }
    }

    fn wait(&mut self, mut flight: Box<Flight>, until: Millis, event: Event) {
        let place = flight.place;
        flight.step = flight.step.wrapping_add(1);
        self.calendar.plan(until, Due { place, step: flight.step });
        self.waiting[place as usize] = Some(Waiting { flight, event });
    }

    /// Whoever waits for a peer that was given back has a turn.
    fn fill_vacancies(&mut self, now: Millis) {
        while let Some(Vacancy { generation, worker, upstream }) = self.vacancies.pop_front() {
            let state = &mut self.generations[generation as usize].state;
            let first = state.of_worker(worker).queue(upstream, Queue::pop).flatten();
            if let Some(Waiting { mut flight, .. }) = first.and_then(|place| self.waiting[place as usize].take()) {
                let action = self.tell(&mut flight, Event::Turn, now);
                self.drive(flight, action, now);
            }
        }
    }

    /// What the scenario has in store for the attempt that begins: an answer at once, whose status is given, or a script.
    #[inline]
    fn meet_fate(&mut self, flight: &mut Flight, now: Millis) -> Option<u16> {
        let Engine { generations, backends, dice, observer, .. } = self;
        let attempt = flight.exchange.attempts.last()?;
        let known = attempt.upstream.zip(attempt.peer).and_then(|(upstream, peer)| {
            generations[flight.generation as usize].peers[upstream as usize].get(peer as usize)
        });
        let backend = match known {
            Some(known) => known.backend,
            None => backends.add("", &attempt.addr),
        };
        match backends.fate(backend, now, flight.service, dice) {
            Fate::Answers { connect: 0, status, header: 0, body: 0 } if !observer.watches() => Some(status),
            fate => {
                flight.attempt(fate);
                None
            }
        }
    }

    /// The whole of an answer that takes no time.
    #[inline]
    fn answer_at_once(&mut self, flight: &mut Flight, status: u16, now: Millis) -> Action {
        if flight.jar.is_some() {
            self.set_backend_cookies(flight);
        }
        let action = self.with(flight, now, |exchange, world| exchange.on(Event::Answer(status), world));
        self.note_vacancy(flight);
        action
    }

    /// Tells the exchange, and does what the answer means for others.
    fn tell(&mut self, flight: &mut Flight, event: Event, now: Millis) -> Action {
        if let Event::Head(_) = event {
            self.set_backend_cookies(flight);
        }
        self.observer.turn_to(flight.label(), now);
        self.observe(flight, Moment::Told(event));
        let action = self.with(flight, now, |exchange, world| exchange.on(event, world));
        self.note_vacancy(flight);
        action
    }

    /// A peer may have been given back for which others wait.
    #[inline]
    fn note_vacancy(&mut self, flight: &mut Flight) {
        if let Some(upstream) = flight.exchange.tries.freed.take() {
            let Flight { generation, worker, .. } = *flight;
            self.vacancies.push_back(Vacancy { generation, worker, upstream });
        }
    }

    /// One step of an exchange in its world.
    #[inline]
    fn with(
        &mut self,
        flight: &mut Flight,
        now: Millis,
        step: impl FnOnce(&mut Exchange, &mut World<'_, Share<'_>, Rng, W>) -> Action,
    ) -> Action {
        let Engine { generations, rngs, observer, .. } = self;
        let Flight { exchange, generation, worker, place, .. } = flight;
        let Generation { setup, state, .. } = &mut generations[*generation as usize];
        let mut world = World {
            site: &setup.site,
            plan: &setup.plan,
            memory: &mut state.of_worker(*worker),
            rng: &mut rngs[*worker as usize],
            watch: observer,
            now,
            ticket: Ticket::from(*place),
        };
        let action = step(exchange, &mut world);
        self.observe(flight, Moment::Asked(action));
        action
    }

    /// Shows it to whoever watches.
    #[inline]
    fn observe(&mut self, flight: &Flight, moment: Moment) {
        let Engine { generations, observer, .. } = self;
        if !observer.watches() {
            return;
        }
        let Flight { exchange, generation, worker, .. } = flight;
        let Generation { setup, state, .. } = &generations[*generation as usize];
        let group = match exchange.tries.group {
            Destined::Group(upstream) => Some(state.group(*worker, upstream)),
            Destined::Nowhere | Destined::Own(_) => None,
        };
        observer.happened(moment, exchange, setup, group);
    }

    /// The request is done.
    #[inline]
    fn land(&mut self, mut flight: Box<Flight>, now: Millis) {
        self.take_cookies(&flight);
        let Engine { generations, jars, sink, .. } = self;
        let generation = &generations[flight.generation as usize];
        let moved_from = moved_from(&flight.exchange, generation, flight.worker);
        let upstream = flight.exchange.tries.group.number();
        for attempt in flight.exchange.attempts.iter_mut() {
            let Some(upstream) = attempt.upstream else { continue };
            attempt.peer = attempt.peer.map(|peer| generation.peers[upstream as usize][peer as usize].number);
            attempt.upstream = Some(generation.groups[upstream as usize]);
        }
        sink.outcome(&Outcome {
            id: flight.label(),
            number: flight.number,
            line: flight.line(),
            time: flight.time,
            client: flight.client,
            session: flight.jar.map(|jar| jars.name(jar)),
            production: flight.production(),
            worker: flight.worker,
            upstream: upstream.map(|upstream| generation.groups[upstream as usize]),
            attempts: &flight.exchange.attempts,
            status: flight.exchange.status,
            finished: now,
            waited: flight.exchange.waited,
            moved_from,
        });
        self.idle.push(flight);
    }
}

/// The peer that the request's session or hash belongs to, where its first try was at another one.
fn moved_from(exchange: &Exchange, generation: &Generation, worker: u32) -> Option<u32> {
    let home = exchange.tries.selection.home?;
    let Destined::Group(upstream) = exchange.tries.group else { return None };
    let first = exchange.attempts.iter().find(|attempt| attempt.upstream == Some(upstream.0 as u32))?.peer?;
    let group = generation.state.group(worker, upstream);
    let (home, peers) = (group.peer(home)?, &generation.peers[upstream.0]);
    if home.number() == first {
        return None;
    }
    // Peers of one directive share its keys.
    let text = group.all().find(|(_, peer)| peer.number() == first).map(|(_, peer)| &peer.server.text);
    let together = matches!(group.method(), crate::balance::Method::Consistent(_)) && text == Some(&home.server.text);
    (!together).then(|| peers[home.number() as usize].number)
}

fn client_key(record: &Record) -> Vec<u8> {
    record.client.map_or_else(|| b"unix:".to_vec(), |client| client.to_string().into_bytes())
}
