//! The request from its first byte to its last: the phases of nginx one after the other, and what the driver has to do in
//! between. The driver does what an [`Action`] says and tells what happened by an [`Event`], until the request is done.

use super::attempt::Ending;
use super::guard::{Admission, Entry};
use super::limits::Held;
use super::request::Slice;
use super::route::{Content, Failed, Found, Reply, To};
use super::site::{Handler, ListenerId};
use super::state::Exchange;
use super::upstream::{Destined, Next, Wrong};
use super::world::{Memory, World};
use crate::balance::{Millis, Random, Watch};
use crate::modules::shared::pass::Protocol;
use crate::syntax::decode;

/// What the driver has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Connect to the peer of the last attempt and send the request; tell [`Event::Connected`] and what comes then.
    Attempt,
    /// The request is with the peer: tell what comes.
    Read,
    /// Wait until then, and tell [`Event::Resumed`].
    Delay(Millis),
    /// Wait for a peer until then: tell [`Event::Turn`] when one is given back, [`Event::QueueTimeout`] if none is.
    Queued(Millis),
    /// Find the addresses of [`Exchange::name_to_resolve`], put them into [`Exchange::addresses`] and tell
    /// [`Event::Resolved`]; or [`Event::Failed`] where there are none.
    Resolve,
    /// Ask by a subrequest to this path; tell [`Event::Authorized`].
    Authorize(Slice),
    /// Send copies to where [`Site::mirror`](super::Site::mirror) says; tell [`Event::Copied`] at once.
    Mirror,
    /// Read the client's body, as far as it is read before a peer is chosen; tell [`Event::Body`].
    Body,
    /// Pass the answer on to the client; tell [`Event::LastByte`].
    Forward,
    /// No peer gave an answer: say why, as long as the request is where it is, and tell [`Event::Failed`] with this status.
    Fail(u16),
    /// Make the answer here; tell [`Event::Served`], or [`Event::Failed`] where that cannot be.
    Serve(Handler),
    /// Answer by [`Exchange`]'s `reply`, if it is nginx itself that answers, and log: the request is over.
    Done,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The delay is over.
    Resumed,
    /// It is the request's turn in the queue.
    Turn,
    /// It waited too long in the queue.
    QueueTimeout,
    /// The client's body was read.
    Body,
    /// The name has addresses.
    Resolved,
    /// The subrequest was answered with this status, and [`Exchange::take_over`] knows the rest.
    Authorized(u16),
    /// Copies are on their way.
    Copied,
    /// An answer with this status was made here.
    Served(u16),
    /// The answer that was to be made here, or passed on, or that peers were asked for, cannot be: this status takes its
    /// place.
    Failed(u16),
    /// The answer is another path and its arguments, which were given by [`Exchange::redirect_to`].
    Redirected,
    /// The connection to the peer stands and the request was sent. Need not be told if the header comes at once.
    Connected,
    /// There is no connection.
    Refused,
    /// There was no connection in time.
    ConnectTimeout,
    /// The header of an answer with this status came; its headers are in [`Exchange::upstream_headers`].
    Head(u16),
    /// An answer with this status came and was complete at once: [`Event::Head`] and [`Event::LastByte`] in one.
    Answer(u16),
    /// A header came that cannot be read. (What begins as no HTTP at all is HTTP/0.9, status 9.)
    InvalidHead,
    /// The connection broke.
    Reset,
    /// Nothing came in time.
    ReadTimeout,
    /// The answer is complete.
    LastByte,
    /// The client went away.
    ClientGone,
}

/// nginx's status for clients that went away.
const CLIENT_CLOSED_REQUEST: u16 = 499;

impl Exchange {
    /// The request's head was read.
    pub fn arrive<M: Memory, R: Random, W: Watch>(
        &mut self,
        listener: ListenerId,
        world: &mut World<M, R, W>,
    ) -> Action {
        let found = self.begin(world.site, listener);
        self.go_on(found, world)
    }

    /// What came is no request that nginx takes: it answers with this status, or with the error page for it.
    pub fn reject<M: Memory, R: Random, W: Watch>(
        &mut self,
        listener: ListenerId,
        status: u16,
        world: &mut World<M, R, W>,
    ) -> Action {
        let found = self.begin_refused(world.site, listener, status);
        self.go_on(found, world)
    }

    /// Something happened.
    pub fn on<M: Memory, R: Random, W: Watch>(&mut self, event: Event, world: &mut World<M, R, W>) -> Action {
        self.now = world.now;
        let next = match event {
            Event::Authorized(status) => {
                self.admission.answered(status);
                return self.access_phase(world);
            }
            Event::Copied => return self.content_phase(world),
            Event::Body if std::mem::take(&mut self.reads_for_copies) => return Action::Mirror,
            Event::Body => {
                let Some(to) = self.destined.take() else { return self.answer_error(500, world) };
                return self.pass(to, world);
            }
            Event::Resolved => match self.destined.take() {
                Some(To::Name { host, port }) => {
                    let host = decode(self.text(world.site, host));
                    let addresses = std::mem::take(&mut self.addresses);
                    self.send_to(
                        Destined::of_name(&host, port, &addresses),
                        world.plan.passing(self.route.location),
                        world,
                    )
                }
                _ => return self.answer_error(500, world),
            },
            Event::Served(status) => {
                let status = self.route.outcome(status);
                return self.done(status, world);
            }
            Event::Failed(status) => {
                if self.tries.selection.current.is_some() {
                    self.through(Ending::Answered, world);
                }
                return self.answer_error(status, world);
            }
            Event::Redirected => {
                if self.tries.selection.current.is_some() {
                    self.through(Ending::Answered, world);
                }
                let found = self.follow(world.site);
                return self.go_on(found, world);
            }
            Event::Resumed => {
                self.waited += world.now.since(self.waits);
                if let Some(status) = self.admission.due.take() {
                    return self.answer_error(status, world);
                }
                return self.pass_limits(world);
            }
            Event::Turn | Event::QueueTimeout => {
                self.waited += world.now.since(self.waits);
                self.turn(event == Event::Turn, world)
            }
            Event::Connected => {
                self.connected(world.now);
                return Action::Read;
            }
            Event::Head(status) => self.head(status, world),
            // Of headers that could send it elsewhere such an answer has none.
            Event::Answer(status) => match self.head(status, world) {
                Next::Forward => {
                    self.status = status;
                    return self.forwarded(Ending::Answered, world);
                }
                other => other,
            },
            Event::Refused => self.wrong(Wrong::ERROR, Ending::Refused, world),
            Event::ConnectTimeout => self.wrong(Wrong::TIMEOUT, Ending::ConnectTimeout, world),
            Event::ReadTimeout if self.forwards => return self.forwarded(Ending::ReadTimeout, world),
            Event::ReadTimeout => self.wrong(Wrong::TIMEOUT, Ending::ReadTimeout, world),
            Event::Reset if self.forwards => return self.forwarded(Ending::Reset, world),
            Event::Reset => self.wrong(Wrong::ERROR, Ending::Reset, world),
            Event::InvalidHead => self.wrong(Wrong::INVALID_HEADER, Ending::InvalidHeader, world),
            Event::LastByte => return self.forwarded(Ending::Answered, world),
            Event::ClientGone => {
                self.leave_queue(world);
                self.through(Ending::ClientGone, world);
                // What the client has seen stays.
                let status = if self.facts.bytes_sent > 0 && self.forwards {
                    self.route.outcome(self.status)
                } else {
                    CLIENT_CLOSED_REQUEST
                };
                return self.done(status, world);
            }
        };
        self.after(next, world)
    }

    /// The answer of the upstream has begun: it is passed on unless `proxy_intercept_errors` has a page for it.
    #[inline]
    fn head<M: Memory, R: Random, W: Watch>(&mut self, status: u16, world: &mut World<M, R, W>) -> Next {
        let next = self.header_came(status, world);
        if next != Next::Forward {
            return next;
        }
        if self.is_intercepted(world.site, status) {
            self.keep_challenge(status);
            self.through(Ending::Answered, world);
            return Next::Fail(status);
        }
        self.take_rate();
        if self.take_accel() {
            self.through(Ending::Answered, world);
            return Next::Redirect;
        }
        next
    }

    #[inline]
    fn forwarded<M: Memory, R: Random, W: Watch>(&mut self, ending: Ending, world: &mut World<M, R, W>) -> Action {
        self.through(ending, world);
        let status = self.route.outcome(self.status);
        self.done(status, world)
    }

    #[inline]
    fn after<M: Memory, R: Random, W: Watch>(&mut self, next: Next, world: &mut World<M, R, W>) -> Action {
        match next {
            Next::Attempt => Action::Attempt,
            Next::Queued(until) => {
                self.waits = world.now;
                Action::Queued(until)
            }
            Next::Forward => {
                self.forwards = true;
                self.status = self.attempts.last().map_or(0, |attempt| attempt.status);
                Action::Forward
            }
            Next::Redirect if self.request.uri().is_empty() => self.answer_error(404, world),
            Next::Redirect => {
                let found = self.follow(world.site);
                self.go_on(found, world)
            }
            Next::Fail(status) => Action::Fail(status),
        }
    }

    /// The phases from `PREACCESS` on, again for each internal redirect.
    #[inline]
    pub(super) fn go_on<M: Memory, R: Random, W: Watch>(&mut self, found: Found, world: &mut World<M, R, W>) -> Action {
        match found {
            Found::Location(_) => {
                self.admission = Admission::default();
                self.limit(world)
            }
            Found::Answer(reply) => self.reply(reply, world),
        }
    }

    #[inline]
    fn reply<M: Memory, R, W>(&mut self, reply: Reply, world: &mut World<M, R, W>) -> Action {
        self.reply = Some(reply);
        self.done(reply.status, world)
    }

    /// nginx itself answers with an error, for which there may be an `error_page`.
    pub(super) fn answer_error<M: Memory, R: Random, W: Watch>(
        &mut self,
        status: u16,
        world: &mut World<M, R, W>,
    ) -> Action {
        match self.fail(world.site, status) {
            Failed::Answer(status) => self.reply(Reply { status, location: self.route.redirect(), body: None }, world),
            Failed::Again(found) => self.go_on(found, world),
        }
    }

    #[inline]
    fn done<M: Memory, R, W>(&mut self, status: u16, world: &mut World<M, R, W>) -> Action {
        self.status = status;
        self.forwards = false;
        for Held { zone, key } in self.held.drain(..) {
            world.memory.connections(zone, |zone| zone.release(&key));
        }
        Action::Done
    }

    /// `limit_conn`, and what follows.
    #[inline]
    pub(super) fn pass_limits<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Action {
        if let Err(status) = self.hold_connections(world) {
            return self.answer_error(status, world);
        }
        self.access_phase(world)
    }

    /// `ACCESS` and `PRECONTENT`
    #[inline]
    fn access_phase<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Action {
        match self.admit(world.site) {
            Entry::Open => {}
            Entry::Refused(status) => return self.answer_error(status, world),
            Entry::Later(status, delay) => {
                self.admission.due = Some(status);
                self.waits = world.now;
                return Action::Delay(world.now.plus(delay));
            }
            Entry::Ask(uri) => return Action::Authorize(uri),
        }
        if let Some(end) = self.tried(world.site) {
            return self.settle(end, world);
        }
        match world.site.mirror(self.route.location) {
            Some(mirror) if !self.is_sub => {
                self.reads_for_copies = mirror.body && self.request.has_body();
                if self.reads_for_copies { Action::Body } else { Action::Mirror }
            }
            _ => self.content_phase(world),
        }
    }

    /// `CONTENT`
    #[inline]
    fn content_phase<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Action {
        let content = self.handler(world.site);
        self.settle(content, world)
    }

    #[inline]
    fn settle<M: Memory, R: Random, W: Watch>(&mut self, content: Content, world: &mut World<M, R, W>) -> Action {
        match content {
            Content::Pass(destination) => {
                (self.protocol, self.tls) = (destination.protocol, destination.tls);
                let is_memcached = self.protocol == Protocol::Memcached;
                if is_memcached && !matches!(self.request.method(), b"GET" | b"HEAD") {
                    return self.answer_error(405, world);
                }
                let passing = world.plan.passing(self.route.location);
                if self.request.has_body() && passing.buffers(self.request.is_chunked()) && !is_memcached {
                    self.destined = Some(destination.to);
                    return Action::Body;
                }
                self.pass(destination.to, world)
            }
            Content::Local(handler) => Action::Serve(handler),
            Content::Answer(reply) => self.reply(reply, world),
            Content::Again(location) => self.go_on(Found::Location(location), world),
        }
    }

    /// Sends the request to a group of the configuration, or to addresses found for it alone.
    #[inline]
    fn pass<M: Memory, R: Random, W: Watch>(&mut self, to: To, world: &mut World<M, R, W>) -> Action {
        let passing = world.plan.passing(self.route.location);
        let group = match to {
            To::Group(id) => Destined::Group(id),
            To::Address(address) => Destined::of_addresses(&address.to_string(), &[address.to_string()]),
            To::Name { .. } if M::RESOLVES_LATER => {
                self.destined = Some(to);
                return Action::Resolve;
            }
            To::Name { host, port } => {
                let host = decode(self.text(world.site, host));
                let resolves = world.site.location(self.route.location).resolver;
                let found = resolves.then(|| world.memory.addresses(&host)).flatten();
                let Some(found) = found else { return self.answer_error(502, world) };
                Destined::of_name(&host, port, &found)
            }
        };
        let next = self.send_to(group, passing, world);
        self.after(next, world)
    }
}
