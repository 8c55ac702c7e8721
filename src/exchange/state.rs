//! Everything that is known of one request while it lives. A driver keeps a few of these and reuses them: what a request
//! needed room for stays for the next.

use super::attempt::Attempts;
use super::facts::Facts;
use super::headers::Headers;
use super::limits::Held;
use super::request::{Connection, Line, Request, Slice};
use super::route::{Reply, Route, To};
use super::secured::Unfit;
use super::site::Site;
use super::upstream::{Passing, Tries};
use crate::balance::Millis;
use crate::modules::shared::pass::Protocol;

/// One request and what became of it.
#[derive(Debug, Default)]
pub struct Exchange {
    /// What the client sent.
    pub request: Request,
    /// Where it went.
    pub route: Route,
    /// The tries at peers, in order.
    pub attempts: Attempts,
    /// The headers of the upstream's answer.
    pub upstream_headers: Headers,
    /// What only the driver knows.
    pub facts: Facts,
    /// Why TLS does not fit the request.
    pub(super) unfit: Option<Unfit>,
    /// The time.
    pub now: Millis,
    /// When the request arrived.
    pub started: Millis,
    /// Unix time, in milliseconds, of the zero of the other times.
    pub epoch: u64,
    /// The status of the answer; 0 while there is none.
    pub status: u16,
    /// Where it is with its upstream.
    pub tries: Tries,
    /// The answer that nginx makes itself; none where an upstream or a file makes it.
    pub reply: Option<Reply>,
    /// What its upstream speaks.
    pub protocol: Protocol,
    /// Its upstream speaks TLS.
    pub tls: bool,
    /// Where it goes once the client's body is read.
    pub(super) destined: Option<To>,
    /// The upstream's answer is on its way to the client.
    pub(super) forwards: bool,
    /// What it holds of `limit_conn`.
    pub(super) held: Vec<Held>,
    /// `limit_req` has judged it; `limit_conn` has counted it.
    pub(super) was_limited: bool,
    pub(super) was_counted: bool,
    /// Milliseconds that it waited, for `limit_req` or in a queue.
    pub waited: u64,
    /// Since when it waits.
    pub(super) waits: Millis,
}

impl Exchange {
    /// Begins anew with a request; its headers follow by [`Request::header`].
    #[inline]
    pub fn start(&mut self, connection: &Connection, line: Line, now: Millis) {
        self.request.start(connection, line);
        self.route.reset();
        self.attempts.clear();
        self.upstream_headers.clear();
        (self.now, self.started, self.status, self.waited) = (now, now, 0, 0);
        self.tries.reset();
        (self.reply, self.destined, self.unfit) = (None, None, None);
        (self.forwards, self.was_limited, self.was_counted) = (false, false, false);
    }

    /// The settings by which it is passed on.
    #[must_use]
    pub fn passing(&self) -> &Passing {
        &self.tries.passing
    }

    /// `$server_name`
    #[must_use]
    pub fn server_name<'s>(&self, site: &'s Site) -> &'s [u8] {
        site.constant(site.server(self.route.server).name)
    }

    /// The bytes of a value.
    #[must_use]
    pub fn text<'t>(&'t self, site: &'t Site, slice: Slice) -> &'t [u8] {
        site.resolve(&self.request, slice)
    }
}
