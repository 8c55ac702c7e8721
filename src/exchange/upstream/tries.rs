//! The tries of one request at the peers of a group: pick, send, judge what comes, pick again
//! (`ngx_http_upstream_connect`, `ngx_http_upstream_test_next`, `ngx_http_upstream_next`).

use std::sync::Arc;

use super::cookie::Cookie;
use super::group::{Affinity, Key};
use super::passing::{Passing, Wrong};
use crate::balance::{Freed, Group, Millis, Peer, Random, Selection, Watch, address_key};
use crate::exchange::attempt::{Attempts, Ending};
use crate::exchange::notes::Note;
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::exchange::world::{Memory, World};
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::upstream::UpstreamId;

/// The group that a request is sent to.
#[derive(Debug, Clone, Default)]
pub enum Destined {
    /// None yet.
    #[default]
    Nowhere,
    /// A group of the configuration.
    Group(UpstreamId),
    /// Addresses that were found for this request alone.
    Own(Box<Group>),
}

impl Destined {
    /// Works on the group, if there is one.
    #[inline]
    fn work<M: Memory, R, W, T>(
        &mut self,
        selection: &mut Selection,
        world: &mut World<M, R, W>,
        work: impl FnOnce(&mut Group, &mut Selection, &mut R, &mut W) -> T,
    ) -> Option<T> {
        let World { memory, rng, watch, .. } = world;
        match self {
            Destined::Nowhere => None,
            Destined::Own(group) => Some(work(group, selection, rng, watch)),
            Destined::Group(id) => Some(memory.group(*id, |group| work(group, selection, rng, watch))),
        }
    }

    /// The group of the configuration.
    #[must_use]
    pub fn upstream(&self) -> Option<UpstreamId> {
        if let Destined::Group(id) = self { Some(*id) } else { None }
    }

    /// The number of a group of the configuration.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        if let Destined::Group(id) = self { Some(id.0 as u32) } else { None }
    }
}

/// Where a request is with its tries.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Tries {
    /// The group.
    pub group: Destined,
    /// What its balancer remembers.
    pub selection: Selection,
    /// The settings of its location.
    pub passing: Passing,
    /// When the first try began.
    began: Millis,
    /// The request has been sent to the current peer.
    sent: bool,
    /// The group has just been chosen: the request for it is still to be made.
    pub is_new: bool,
    /// The connection to the current peer was used before: if it breaks, that does not count as a try.
    pub cached: bool,
    /// The value that its session is known by.
    session: Vec<u8>,
    /// The group binds sessions.
    sticks: bool,
    /// The id of the current peer's server, where sessions are bound.
    server: Option<Arc<str>>,
    /// The cookies that nginx sets.
    pub cookies: Vec<Cookie>,
    /// The request waits in the queue of its group.
    queued: bool,
    /// A peer of this group was given back: who waits in its queue may have a turn.
    pub freed: Option<UpstreamId>,
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A peer was picked: connect to it.
    Attempt,
    /// None is eligible now: it waits until then at most.
    Queued(Millis),
    /// The answer goes to the client.
    Forward,
    /// The upstream sends the request to another path, which it has by now.
    Redirect,
    /// nginx answers itself, with this status.
    Fail(u16),
}

/// A try that is about to begin.
struct Begins<'a> {
    upstream: Option<u32>,
    sticks: bool,
    now: Millis,
    attempts: &'a mut Attempts,
}

impl Begins<'_> {
    /// It begins at this peer. Gives the server's id where sessions are bound.
    fn at(&mut self, peer: &Peer) -> Option<Arc<str>> {
        let attempt = self.attempts.begin(&peer.server.addr, self.now);
        (attempt.upstream, attempt.peer, attempt.conns) = (self.upstream, Some(peer.number()), peer.conns);
        self.sticks.then(|| peer.server.id.clone())
    }
}

/// Requests of these methods are not sent again once they were sent, unless `non_idempotent` says so.
const NON_IDEMPOTENT: &[&[u8]] = &[b"POST", b"LOCK", b"PATCH"];

impl Tries {
    /// Forgets the last request.
    #[inline]
    pub fn reset(&mut self) {
        self.group = Destined::Nowhere;
        self.cookies.clear();
        (self.server, self.freed) = (None, None);
        (self.sent, self.cached, self.queued) = (false, false, false);
    }
}

impl Exchange {
    /// Works on the group that the request is sent to.
    #[inline]
    pub(super) fn with_group<M: Memory, R, W, T>(
        &mut self,
        world: &mut World<M, R, W>,
        work: impl FnOnce(&mut Group, &mut Selection, &mut R, &mut W) -> T,
    ) -> Option<T> {
        let Tries { group, selection, .. } = &mut self.tries;
        group.work(selection, world, work)
    }

    /// Sends the request to a group: `ngx_http_upstream_init_request` from where the group is known.
    #[inline]
    pub(in crate::exchange) fn send_to<M: Memory, R: Random, W: Watch>(
        &mut self,
        group: Destined,
        passing: &Passing,
        world: &mut World<M, R, W>,
    ) -> Next {
        self.tries.selection.clear();
        self.tries.session.clear();
        self.tries.sticks = false;
        self.tries.passing = *passing;
        self.tries.began = world.now;
        (self.tries.sent, self.tries.is_new) = (false, true);
        if let Destined::Group(id) = group {
            self.prepare(id, world);
        }
        self.tries.group = group;
        self.with_group(world, |group, selection, _, _| group.start(selection));
        if passing.tries > 0 {
            let tries = &mut self.tries.selection.tries;
            *tries = passing.tries.min(*tries);
        }
        self.try_next(world)
    }

    /// Fills in what the group's method hashes and what its sessions go by.
    #[inline]
    fn prepare<M: Memory, R, W>(&mut self, id: UpstreamId, world: &mut World<M, R, W>) {
        let upstream = world.plan.upstream(id);
        match &upstream.key {
            Key::None => {}
            Key::Client => address_key(self.request.connection.client, &mut self.tries.selection.key),
            Key::Text(text) => {
                let mut key = std::mem::take(&mut self.tries.selection.key);
                text.write(world.site, self, &mut key);
                self.tries.selection.key = key;
            }
        }
        let Some(affinity) = &upstream.affinity else { return };
        self.tries.sticks = true;
        let mut session = std::mem::take(&mut self.tries.session);
        self.first_of(affinity.lookup(), &mut session, world);
        self.tries.session = session;
    }

    /// Writes the first of the texts that is not empty.
    fn first_of<M, R, W>(&mut self, texts: &[Template], out: &mut Vec<u8>, world: &World<M, R, W>) {
        for text in texts {
            text.write(world.site, self, out);
            if !out.is_empty() {
                return;
            }
        }
    }

    /// The next try: `ngx_http_upstream_connect`.
    #[inline]
    fn try_next<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Next {
        self.bind_session(world);
        let now = world.now;
        let Exchange { tries: Tries { group, selection, sticks, sent, .. }, attempts, upstream_headers, .. } = self;
        // One thing to hold: what a closure holds is copied on the way into the group.
        let mut begins = Begins { upstream: group.number(), sticks: *sticks, now, attempts };
        let picked = group.work(selection, world, |group, selection, rng, watch| {
            let picked = group.pick(selection, begins.now, rng, watch).and_then(|peer| group.peer(peer));
            picked.map(|peer| begins.at(peer)).ok_or_else(|| group.name.clone())
        });
        match picked {
            None => return Next::Fail(500),
            Some(Err(name)) => return self.no_live(name, world),
            Some(Ok(id)) => {
                *sent = false;
                upstream_headers.clear();
                if let Some(id) = id {
                    self.set_cookie(id, world);
                }
            }
        }
        Next::Attempt
    }

    /// Says to the balancer which server the session is bound to.
    #[inline]
    fn bind_session<M: Memory, R, W>(&mut self, world: &mut World<M, R, W>) {
        let Tries { group: Destined::Group(id), session, selection, sticks: true, .. } = &mut self.tries else {
            return;
        };
        selection.bound.clear();
        if session.is_empty() {
            return;
        }
        let now = world.now;
        match &world.plan.upstream(*id).affinity {
            Some(Affinity::Learn { zone, .. }) => world.memory.sessions(*zone, |sessions| {
                selection.bound.extend_from_slice(sessions.find(session, now).unwrap_or_default().as_bytes());
            }),
            _ => selection.bound.extend_from_slice(session),
        }
    }

    /// The peer is known: the session's cookie names its server.
    fn set_cookie<M: Memory, R, W>(&mut self, server: Arc<str>, world: &World<M, R, W>) {
        let Destined::Group(id) = self.tries.group else { return };
        if let Some(Affinity::Cookie { name, attributes, .. }) = &world.plan.upstream(id).affinity {
            let at = self.tries.cookies.iter().position(|known| known.name == *name);
            let mut text = Vec::new();
            attributes.write(world.site, self, &mut text);
            let cookie = Cookie { name: name.clone(), value: server.clone(), attributes: text };
            match at {
                Some(at) => self.tries.cookies[at] = cookie,
                None => self.tries.cookies.push(cookie),
            }
        }
        self.tries.server = Some(server);
    }

    /// No peer is eligible. It may wait for one; otherwise the group's name stands for the peer, and the status is 502.
    fn no_live<M: Memory, R: Random, W: Watch>(&mut self, name: Arc<str>, world: &mut World<M, R, W>) -> Next {
        if let Destined::Group(id) = self.tries.group {
            let (ticket, now) = (world.ticket, world.now);
            let until = world.memory.queue(id, |queue| queue.push(ticket, now)).flatten();
            if let Some(until) = until {
                self.tries.queued = true;
                return Next::Queued(until);
            }
        }
        self.nobody(name, world)
    }

    /// The group's name stands for the peer that there is not.
    fn nobody<M: Memory, R: Random, W: Watch>(&mut self, name: Arc<str>, world: &mut World<M, R, W>) -> Next {
        self.attempts.begin(&name, world.now).upstream = self.tries.group.number();
        self.notes.push(Note::NoLive);
        self.wrong(Wrong::NO_LIVE, Ending::NoLive, world)
    }

    /// It waited long enough, or a peer was given back and it is the first in the queue.
    pub(in crate::exchange) fn turn<M: Memory, R: Random, W: Watch>(
        &mut self,
        has_peer: bool,
        world: &mut World<M, R, W>,
    ) -> Next {
        if has_peer {
            self.tries.queued = false;
            return self.try_next(world);
        }
        self.leave_queue(world);
        let Destined::Group(id) = self.tries.group else { return Next::Fail(502) };
        self.nobody(world.plan.upstream(id).name.clone(), world)
    }

    /// The request waits no longer.
    pub(in crate::exchange) fn leave_queue<M: Memory, R, W>(&mut self, world: &mut World<M, R, W>) {
        if std::mem::take(&mut self.tries.queued)
            && let Destined::Group(id) = self.tries.group
        {
            let ticket = world.ticket;
            world.memory.queue(id, |queue| queue.remove(ticket));
        }
    }

    /// The connection stands, and the request is sent.
    #[inline]
    pub(in crate::exchange) fn connected(&mut self, now: Millis) {
        self.tries.sent = true;
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.connect_time = Some(now.since(attempt.started));
        }
    }

    /// The header of an answer has come: `ngx_http_upstream_test_next`, then the learning of sessions.
    #[inline]
    pub(in crate::exchange) fn header_came<M: Memory, R: Random, W: Watch>(
        &mut self,
        status: u16,
        world: &mut World<M, R, W>,
    ) -> Next {
        let now = world.now;
        if !self.tries.sent {
            self.connected(now);
        }
        let Some(attempt) = self.attempts.last_mut() else { return Next::Fail(500) };
        let header_time = now.since(attempt.started);
        (attempt.status, attempt.header_time) = (status, Some(header_time));
        if let Some(wrong) = Wrong::of_status(status)
            && self.tries.selection.tries > 1
            && self.may_retry(wrong, now)
        {
            return self.wrong(wrong, Ending::Status, world);
        }
        self.with_group(world, |group, selection, _, _| group.header(selection, header_time, now));
        if self.tries.sticks {
            self.learn(true, world);
        }
        Next::Forward
    }

    /// Whether the settings allow another try after this.
    fn may_retry(&self, wrong: Wrong, now: Millis) -> bool {
        let Tries { passing, sent, began, .. } = &self.tries;
        let non_idempotent = || NON_IDEMPOTENT.contains(&self.request.method());
        let wrong = if *sent && non_idempotent() { wrong | Wrong::NON_IDEMPOTENT } else { wrong };
        passing.next_upstream.contains(wrong)
            && (passing.buffers(self.request.is_chunked()) || !sent || !self.request.has_body())
            && (passing.timeout == 0 || now.since(*began) < passing.timeout)
    }

    /// A try failed: `ngx_http_upstream_next`.
    pub(in crate::exchange) fn wrong<M: Memory, R: Random, W: Watch>(
        &mut self,
        wrong: Wrong,
        ending: Ending,
        world: &mut World<M, R, W>,
    ) -> Next {
        let freed = if wrong.blames_peer() { Freed::Failed } else { Freed::Next };
        self.free(freed, world);
        self.end_attempt(ending, world.now);
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.status = wrong.status();
        }
        if std::mem::take(&mut self.tries.cached) && wrong == Wrong::ERROR {
            self.tries.selection.tries += 1;
        }
        if self.tries.selection.tries == 0 || !self.may_retry(wrong, world.now) {
            return Next::Fail(wrong.status());
        }
        self.try_next(world)
    }

    /// The answer is through, or as much of it as came: `ngx_http_upstream_finalize_request`.
    #[inline]
    pub(in crate::exchange) fn through<M: Memory, R, W>(&mut self, ending: Ending, world: &mut World<M, R, W>) {
        self.end_attempt(ending, world.now);
        if self.tries.sticks {
            self.learn(false, world);
        }
        let times = self.attempts.last().map(|attempt| (attempt.header_time, attempt.response_time));
        let (mut header_time, response_time) = times.unwrap_or_default();
        if self.protocol == Protocol::Stream {
            header_time = self.measured(world);
        }
        self.free(Freed::Well { header_time, response_time: response_time.unwrap_or(0) }, world);
    }

    #[inline]
    fn end_attempt(&mut self, ending: Ending, now: Millis) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.response_time = Some(now.since(attempt.started));
            attempt.ending = ending;
        }
    }

    #[inline]
    fn free<M: Memory, R, W>(&mut self, freed: Freed, world: &mut World<M, R, W>) {
        if self.tries.selection.current.is_none() {
            return;
        }
        let now = world.now;
        let until = self.with_group(world, |group, selection, _, _| group.free(selection, freed, now)).flatten();
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.unavailable_until = until;
        }
        if let Destined::Group(id) = self.tries.group
            && world.plan.upstream(id).queue.is_some()
        {
            self.tries.freed = Some(id);
        }
    }

    /// `sticky learn`: the answer may begin a session, or goes on with one.
    fn learn<M: Memory, R, W>(&mut self, at_header: bool, world: &mut World<M, R, W>) {
        let Destined::Group(id) = self.tries.group else { return };
        let Some(Affinity::Learn { zone, create, header, .. }) = &world.plan.upstream(id).affinity else { return };
        let Some(server) = self.tries.server.clone().filter(|_| *header == at_header) else { return };
        let mut name = Vec::new();
        self.first_of(create, &mut name, world);
        let created = !name.is_empty();
        let name = if created { &name } else { &self.tries.session };
        if !name.is_empty() {
            let now = world.now;
            world.memory.sessions(*zone, |sessions| sessions.learn(name, &server, created, now));
        }
    }
}
