//! The life of one session of `stream`, without IO: who may come, where the bytes go, which peer is tried next.
//!
//! A [`Session`] is an [`Exchange`] whose request is empty: variables, limits, access rules, groups and the tries at their
//! peers are those of `http`. The driver does what each [`Step`] says and tells by [`Session::on`] what happened. [`Ends`]
//! says when two connections that are passed on to each other are over. UDP and TLS are left out.

mod destination;
mod ends;
mod terms;

pub use ends::{Ends, Side};
pub use terms::{Content, SessionTerms, Sessions};

use super::attempt::Ending;
use super::limits::Held;
use super::notes::Note;
use super::request::{Connection, Line, Slice};
use super::route::To;
use super::site::{ServerId, Site};
use super::state::Exchange;
use super::upstream::{Destined, Next, Wrong};
use super::world::{Memory, World};
use crate::balance::{Millis, Random, Watch};
use crate::modules::shared::pass::Protocol;
use crate::syntax::decode;

/// What the driver has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Find the addresses of [`Exchange::name_to_resolve`], put them into [`Exchange::addresses`] and tell
    /// [`Happened::Resolved`] or [`Happened::Failed`].
    Resolve,
    /// Connect to the peer of the last attempt; tell [`Happened::Connected`] or what went wrong.
    Connect,
    /// Pass bytes on both ways until one side ends; tell [`Happened::FirstByte`] and [`Happened::Over`].
    Relay,
    /// Send this text to the client; tell [`Happened::Over`].
    Return(Slice),
    /// Close the connection and log: the session is over.
    Done,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// The addresses are there.
    Resolved,
    /// The connection to the peer stands.
    Connected,
    /// There is no connection.
    Refused,
    /// There was no connection in time.
    ConnectTimeout,
    /// Something came from the peer for the first time, if only its end.
    FirstByte,
    /// All was done that there is to do.
    Over,
    /// Something here failed.
    Failed,
}

/// The statuses of sessions that are over.
mod status {
    pub const OK: u16 = 200;
    pub const BAD_REQUEST: u16 = 400;
    pub const FORBIDDEN: u16 = 403;
    pub const INTERNAL_SERVER_ERROR: u16 = 500;
}

/// One session and what became of it.
#[derive(Debug, Default)]
pub struct Session {
    /// What is known of it.
    pub exchange: Exchange,
}

impl Session {
    /// Begins, on a connection to a server. The client is not asked for anything yet.
    pub fn start(&mut self, site: &Site, server: ServerId, connection: &Connection, now: Millis) {
        self.exchange.start(connection, Line::default(), now);
        self.exchange.protocol = Protocol::Stream;
        self.exchange.enter_server(site, server);
    }

    /// The client is there, and the PROXY protocol has said what it says of `connection`: the phases up to the content.
    pub fn arrive<M: Memory, R: Random, W: Watch>(
        &mut self,
        connection: &Connection,
        terms: &SessionTerms,
        world: &mut World<M, R, W>,
    ) -> Step {
        self.exchange.now = world.now;
        self.exchange.request.connection = *connection;
        terms.find_client(&mut self.exchange);
        terms.assign(world.site, &mut self.exchange);
        if let Err(status) = self.exchange.hold_connections(world) {
            return self.done(status, world);
        }
        if !terms.admits(self.exchange.request.client()) {
            self.exchange.notes.push(Note::Forbidden);
            return self.done(status::FORBIDDEN, world);
        }
        match &terms.content {
            Content::Nothing => self.done(status::INTERNAL_SERVER_ERROR, world),
            Content::Return(text) => match text.try_eval(world.site, &mut self.exchange) {
                None => self.done(status::INTERNAL_SERVER_ERROR, world),
                Some(text) if text.is_empty() => self.done(status::OK, world),
                Some(text) => Step::Return(text),
            },
            Content::Pass(group) => self.pass(Destined::Group(*group), world),
            Content::Evaluate(text) => match self.exchange.destination_of_session(text, terms.resolves, world.site) {
                None => self.done(status::INTERNAL_SERVER_ERROR, world),
                Some(To::Group(group)) => self.pass(Destined::Group(group), world),
                Some(To::Address(address)) => {
                    let address = address.to_string();
                    self.pass(Destined::of_addresses(&address, std::slice::from_ref(&address)), world)
                }
                Some(name @ To::Name { .. }) => {
                    self.exchange.destined = Some(name);
                    Step::Resolve
                }
            },
        }
    }

    /// The client did not say who it is, or said it wrongly: the session ends before it begins.
    pub fn reject<M: Memory, R, W>(&mut self, broken: bool, world: &mut World<M, R, W>) -> Step {
        self.done(if broken { status::BAD_REQUEST } else { status::OK }, world)
    }

    /// Something happened.
    pub fn on<M: Memory, R: Random, W: Watch>(&mut self, happened: Happened, world: &mut World<M, R, W>) -> Step {
        self.exchange.now = world.now;
        match happened {
            Happened::Resolved => {
                let Some(To::Name { host, port }) = self.exchange.destined.take() else {
                    return self.done(status::INTERNAL_SERVER_ERROR, world);
                };
                let host = decode(self.exchange.text(world.site, host));
                let addresses = std::mem::take(&mut self.exchange.addresses);
                self.pass(Destined::of_name(&host, port, &addresses), world)
            }
            Happened::Connected => {
                self.exchange.session_connected(world);
                Step::Relay
            }
            Happened::FirstByte => {
                self.exchange.first_byte(world);
                Step::Relay
            }
            Happened::Refused => self.next(Ending::Refused, world),
            Happened::ConnectTimeout => self.next(Ending::ConnectTimeout, world),
            Happened::Over => self.done(status::OK, world),
            Happened::Failed => {
                // A try that never began has no address.
                if let Some(attempt) =
                    self.exchange.attempts.last_mut().filter(|attempt| attempt.connect_time.is_none())
                {
                    attempt.addr.clear();
                }
                self.done(status::INTERNAL_SERVER_ERROR, world)
            }
        }
    }

    fn pass<M: Memory, R: Random, W: Watch>(&mut self, to: Destined, world: &mut World<M, R, W>) -> Step {
        let passing = world.plan.passing(self.exchange.route.location);
        let next = self.exchange.send_to(to, passing, world);
        self.follow(next, world)
    }

    fn next<M: Memory, R: Random, W: Watch>(&mut self, ending: Ending, world: &mut World<M, R, W>) -> Step {
        let next = self.exchange.wrong(Wrong::ERROR, ending, world);
        self.follow(next, world)
    }

    fn follow<M: Memory, R, W>(&mut self, next: Next, world: &mut World<M, R, W>) -> Step {
        match next {
            Next::Attempt => Step::Connect,
            Next::Fail(status) => self.done(status, world),
            // There are neither queues nor answers here.
            Next::Queued(_) | Next::Forward | Next::Redirect => self.done(status::INTERNAL_SERVER_ERROR, world),
        }
    }

    /// `ngx_stream_finalize_session`
    fn done<M: Memory, R, W>(&mut self, status: u16, world: &mut World<M, R, W>) -> Step {
        let exchange = &mut self.exchange;
        exchange.now = world.now;
        if exchange.tries.selection.current.is_some() {
            exchange.through(Ending::Answered, world);
        }
        exchange.status = status;
        for Held { zone, key } in exchange.held.drain(..) {
            world.memory.connections(zone, |zone| zone.release(&key));
        }
        Step::Done
    }
}

#[cfg(test)]
mod tests;
