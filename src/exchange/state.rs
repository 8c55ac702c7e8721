//! Everything that is known of one request while it lives. A driver keeps a few of these and reuses them: what a request
//! needed room for stays for the next.

use std::net::IpAddr;

use super::answer::Answer;
use super::attempt::Attempts;
use super::facts::Facts;
use super::guard::Admission;
use super::headers::Headers;
use super::limits::{Held, Limited};
use super::notes::Note;
use super::request::{Connection, Line, Request, Slice};
use super::route::{Reply, Route, To};
use super::secured::Unfit;
use super::site::Site;
use super::upstream::{Passing, Tries};
use crate::balance::Millis;
use crate::modules::shared::pass::Protocol;

/// Subrequests within each other at most: nginx's `NGX_HTTP_MAX_SUBREQUESTS`, and one more.
const MOST_SUBS: u8 = 51;

/// One request and what became of it.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Exchange {
    /// What the client sent.
    pub request: Request,
    /// Where it went.
    pub route: Route,
    /// The tries at peers, in order.
    pub attempts: Attempts,
    /// The headers of the upstream's answer.
    pub upstream_headers: Headers,
    /// The headers after the body of the upstream's answer.
    pub upstream_trailers: Headers,
    /// What the client gets, for the variables that tell of it: the driver lends it.
    pub answer: Answer,
    /// What only the driver knows.
    pub facts: Facts,
    /// What there is to log; the driver takes it.
    pub notes: Vec<Note>,
    /// Why TLS does not fit the request.
    pub(super) unfit: Option<Unfit>,
    /// `set $limit_rate`: bytes a second, 0 for no limit.
    pub limit_rate: Option<u64>,
    /// `$limit_req_status`
    pub limited_requests: Option<Limited>,
    /// `$limit_conn_status`
    pub limited_connections: Option<Limited>,
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
    /// Headers for the answer that were found on the way to it: of an upstream that sent the request on.
    pub kept: Headers,
    /// What its upstream speaks.
    pub protocol: Protocol,
    /// Its upstream speaks TLS.
    pub tls: bool,
    /// The addresses of the name that was to be resolved, in the order in which they are tried.
    pub addresses: Vec<IpAddr>,
    /// Headers that ask clients who they are; they go with whatever answer there is.
    pub challenges: Headers,
    /// It is a subrequest, which another request makes for itself.
    pub is_sub: bool,
    /// How deep subrequests may go within it.
    pub subs_left: u8,
    /// Its answer goes into a variable.
    pub is_in_memory: bool,
    /// It was answered, and does what `post_action` says.
    pub(super) is_after: bool,
    /// Where it is in its access phase.
    pub(super) admission: Admission,
    /// The client's body is read for copies of the request.
    pub(super) reads_for_copies: bool,
    /// Where it goes once the client's body is read, or its name is resolved.
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
    /// What the client's cookie says of it (`userid`).
    pub(super) uid: super::answer::KnownUid,
    /// Since when it waits.
    pub(super) waits: Millis,
}

impl Exchange {
    /// Begins anew with a request; its headers follow by [`Request::header`].
    #[inline]
    pub fn start(&mut self, connection: &Connection, line: Line, now: Millis) {
        self.request.start(connection, line);
        self.forget(now);
    }

    /// Begins anew as a part of another request.
    pub(super) fn start_within(&mut self, parent: &Exchange, now: Millis) {
        self.forget(now);
        self.epoch = parent.epoch;
        self.is_sub = true;
        self.facts.clone_from(&parent.facts);
        self.facts.start();
        self.subs_left = parent.subs_left.saturating_sub(1);
        self.facts.proxied.clone_from(&parent.facts.proxied);
        self.facts.secured.clone_from(&parent.facts.secured);
        (self.was_limited, self.was_counted) = (parent.was_limited, parent.was_counted);
    }

    /// Makes this a likeness of `other`: whoever asks it for variables hears what `other` would say now, and subrequests
    /// may begin within it.
    pub fn portray(&mut self, other: &Exchange, site: &Site) {
        self.forget(other.now);
        self.request.clone_from(&other.request);
        self.route.portray(&other.route, site);
        self.attempts.clone_from(&other.attempts);
        self.upstream_headers.clone_from(&other.upstream_headers);
        self.answer.clone_from(&other.answer);
        self.facts.clone_from(&other.facts);
        (self.protocol, self.tls) = (other.protocol, other.tls);
        (self.started, self.epoch, self.status) = (other.started, other.epoch, other.status);
        (self.limited_requests, self.limited_connections) = (other.limited_requests, other.limited_connections);
        (self.was_limited, self.was_counted) = (other.was_limited, other.was_counted);
        (self.is_sub, self.subs_left, self.is_in_memory) = (other.is_sub, other.subs_left, other.is_in_memory);
    }

    #[inline]
    fn forget(&mut self, now: Millis) {
        self.route.reset();
        self.attempts.clear();
        self.upstream_headers.clear();
        self.kept.clear();
        self.upstream_trailers.clear();
        self.facts.start();
        self.notes.clear();
        (self.limit_rate, self.limited_requests, self.limited_connections) = (None, None, None);
        (self.now, self.started, self.status, self.waited) = (now, now, 0, 0);
        self.tries.reset();
        (self.reply, self.destined, self.unfit) = (None, None, None);
        self.uid = super::answer::KnownUid::default();
        (self.forwards, self.was_limited, self.was_counted) = (false, false, false);
        (self.is_sub, self.is_after, self.reads_for_copies, self.is_in_memory) = (false, false, false, false);
        self.subs_left = MOST_SUBS;
        self.challenges.clear();
        self.admission = Admission::default();
    }

    /// The name that [`Action::Resolve`](super::Action::Resolve) is about.
    #[must_use]
    pub fn name_to_resolve<'t>(&'t self, site: &'t Site) -> Option<&'t [u8]> {
        match self.destined {
            Some(To::Name { host, .. }) => Some(self.text(site, host)),
            _ => None,
        }
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

    /// Works with the answer lent to the request, for the variables that tell of it.
    pub fn with_answer<T>(&mut self, answer: &mut Answer, work: impl FnOnce(&mut Exchange) -> T) -> T {
        std::mem::swap(answer, &mut self.answer);
        let done = work(self);
        std::mem::swap(answer, &mut self.answer);
        done
    }

    /// `$document_root`, as decoded text; a session of `stream` has none.
    #[must_use]
    pub fn document_root(&mut self, site: &Site) -> Option<String> {
        let root = site.locations().get(self.route.location.0 as usize)?.root.eval(site, self);
        Some(crate::syntax::decode(self.text(site, root)))
    }

    /// Bytes that its body may have; 0 for no limit.
    #[must_use]
    pub fn max_body(&self, site: &Site) -> u64 {
        site.location(self.route.location).max_body
    }

    /// Keeps a text as long as the request lives.
    pub fn keep(&mut self, text: &[u8]) -> Slice {
        self.request.push(text)
    }

    /// Sets the `Location` header.
    pub fn redirect_client(&mut self, location: &[u8]) {
        self.route.redirect = Some(self.request.push(location));
    }

    /// The bytes of a value.
    #[must_use]
    pub fn text<'t>(&'t self, site: &'t Site, slice: Slice) -> &'t [u8] {
        site.resolve(&self.request, slice)
    }
}
