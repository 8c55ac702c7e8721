//! The way of a request through nginx's phases: its server, its location, what handles it there.
//!
//! [`Exchange::begin`] goes from the request's head to the location (`POST_READ` to `POST_REWRITE`); the caller limits
//! requests; [`Exchange::access`] judges the client; [`Exchange::content`] says who answers. When that fails,
//! [`Exchange::fail`] looks for an error page.

mod accel;
mod begin;
mod captures;
mod content;
mod destination;
mod fail;
mod phases;
mod program;
#[cfg(test)]
mod tests;

use pcre2::bytes::CaptureLocations;

pub(super) use accel::judge_path;
pub(super) use phases::Phase;

use super::request::{CONSTANT, Request, Slice};
use super::site::{Handler, LocationId, ServerId, Site};
use crate::config::Regex;
use crate::config::address::Address;
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::upstream::UpstreamId;

/// Most changes of the path in one request: nginx's `NGX_HTTP_MAX_URI_CHANGES`.
const MAX_URI_CHANGES: u8 = 10;

/// An answer that nginx makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reply {
    /// The status. With 444, 408 and 499 nginx closes the connection without a word.
    pub status: u16,
    /// The `Location` header, as it was set: one that begins with `/` is still to be made a whole URL
    /// (`absolute_redirect`).
    pub location: Option<Slice>,
    /// The body; none for nginx's own page.
    pub body: Option<Slice>,
}

/// Where a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This location handles it: limits, access and content come next.
    Location(LocationId),
    /// It is answered. Error pages were looked for.
    Answer(Reply),
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An upstream.
    Pass(Destination),
    /// nginx itself.
    Local(Handler),
    /// This is the answer. Error pages were looked for.
    Answer(Reply),
    /// Another location, to which it was redirected internally: its limits, access and content come next.
    Again(LocationId),
}

/// An upstream, as a request finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// What is spoken.
    pub protocol: Protocol,
    /// Over TLS.
    pub tls: bool,
    /// Who it is.
    pub to: To,
}

/// Who an upstream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A group.
    Group(UpstreamId),
    /// An address that variables gave.
    Address(Address),
    /// A name that variables gave, for the resolver; its bytes are [`Exchange::text`](super::Exchange::text).
    Name {
        /// The name.
        host: Slice,
        /// The port.
        port: u16,
    },
}

/// What becomes of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// nginx answers with its own page and this status.
    Answer(u16),
    /// An error page takes its place.
    Again(Found),
}

/// A variable's value, if the stamp is that of the request.
#[derive(Debug, Clone, Copy, Default)]
struct Var {
    stamp: u64,
    value: Option<Slice>,
}

/// What is known of a request's way.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Route {
    /// The server.
    pub server: ServerId,
    /// The location.
    pub location: LocationId,
    handler: Option<Handler>,
    /// It was changed or redirected internally.
    pub(super) internal: bool,
    uri_changed: bool,
    pub(super) valid_location: bool,
    /// The body was too large, and is not looked at again.
    body_refused: bool,
    /// Captures are escaped in the values of a program.
    quoting: bool,
    uri_changes: u8,
    /// A status of nginx's own that clients see as 400, on a page of its own.
    special: u16,
    /// The path is added to an `alias` that would be the whole name.
    adds_path: bool,
    /// The connection is closed after the answer.
    pub(super) closes: bool,
    /// An error page is on its way.
    error_page: bool,
    /// The status that the answer will have, whoever makes it; 0 for its own.
    error_status: u16,
    pub(super) redirect: Option<Slice>,
    /// `$proxy_host`, `$proxy_port`
    pub(super) proxy: Option<(Slice, Slice)>,
    /// The named location that it is sent to.
    pub(super) next_named: Option<Slice>,
    /// The path and arguments that a `proxy_pass` with variables gave.
    pub(super) passed_uri: Option<Slice>,
    /// Attempts with which another group began.
    pub(super) groups: Vec<u32>,
    captures: Vec<Slice>,
    vars: Vec<Var>,
    stamp: u64,
    /// Room for the captures of each regular expression.
    rooms: Vec<Option<(Regex, CaptureLocations)>>,
    pub(super) stack: Vec<Slice>,
    pub(super) depth: u8,
}

impl Route {
    /// Forgets the last request.
    #[inline]
    pub(super) fn reset(&mut self) {
        self.next_named = None;
        (self.handler, self.redirect, self.proxy, self.passed_uri) = (None, None, None, None);
        (self.body_refused, self.closes, self.adds_path, self.special) = (false, false, false, 0);
        (self.internal, self.uri_changed, self.valid_location, self.error_page) = (false, false, true, false);
        (self.uri_changes, self.error_status, self.depth) = (MAX_URI_CHANGES + 1, 0, 0);
        self.groups.clear();
        self.captures.clear();
        self.stack.clear();
        self.stamp += 1;
    }

    /// Begins as the way of a subrequest of the request whose way is `parent`: in its server, with its variables.
    pub(super) fn begin_within(&mut self, parent: &Route, site: &Site) {
        self.server = parent.server;
        self.location = site.server(parent.server).location;
        self.internal = true;
        self.prepare(site);
        self.vars.clone_from(&parent.vars);
        self.stamp = parent.stamp;
    }

    /// Becomes the same, as far as variables and subrequests ask for it.
    pub(super) fn portray(&mut self, other: &Route, site: &Site) {
        self.begin_within(other, site);
        self.location = other.location;
        self.captures.clone_from(&other.captures);
        self.groups.clone_from(&other.groups);
        (self.valid_location, self.adds_path, self.internal) = (other.valid_location, other.adds_path, other.internal);
        (self.redirect, self.proxy, self.passed_uri) = (other.redirect, other.proxy, other.passed_uri);
        self.error_status = other.error_status;
    }

    /// Takes over the variables that a subrequest changed; the texts go to `request` from `theirs`.
    pub(super) fn adopt(&mut self, request: &mut Request, sub: &Route, theirs: &Request) {
        for (number, var) in sub.vars.iter().enumerate() {
            let number = number as u32;
            if var.stamp != sub.stamp || self.known(number) == Some(var.value) {
                continue;
            }
            let own = |slice: Slice| if slice.start & CONSTANT == 0 { request.push(theirs.get(slice)) } else { slice };
            let value = var.value.map(own);
            self.keep(number, value);
        }
    }

    /// Whether the path may change once more.
    pub(super) fn may_turn(&self) -> bool {
        self.uri_changes > 0
    }

    /// Makes room for what a site has.
    #[inline]
    fn prepare(&mut self, site: &Site) {
        self.vars.resize(site.named_count(), Var::default());
        if self.rooms.len() != site.pattern_count() {
            self.rooms.resize(site.pattern_count(), None);
        }
    }

    /// The status that the client sees when the answer's own is `status`: that of an `error_page` on its way wins.
    #[must_use]
    #[inline]
    pub fn outcome(&self, status: u16) -> u16 {
        if self.error_status == 0 { status } else { self.error_status }
    }

    /// Whose page goes with an answer of this status.
    #[must_use]
    pub fn page(&self, status: u16) -> u16 {
        if status == 400 && self.special != 0 { self.special } else { status }
    }

    /// There was an error after which nginx closes the connection.
    #[must_use]
    #[inline]
    pub fn closes(&self) -> bool {
        self.closes
    }

    /// A `Location` header that was set on the way. It stays even where an error page takes the place of the redirect.
    #[must_use]
    pub fn redirect(&self) -> Option<Slice> {
        self.redirect
    }

    pub(super) fn capture(&self, n: u8) -> Slice {
        self.captures.get(usize::from(n).wrapping_sub(1)).copied().unwrap_or_default()
    }

    /// The value of a variable, if it was set or kept.
    #[expect(clippy::option_option, reason = "known to have no value is not the same as not known")]
    pub(super) fn known(&self, number: u32) -> Option<Option<Slice>> {
        self.vars.get(number as usize).filter(|var| var.stamp == self.stamp).map(|var| var.value)
    }

    /// Keeps the value of a variable for the rest of the request.
    pub(super) fn keep(&mut self, number: u32, value: Option<Slice>) {
        if let Some(var) = self.vars.get_mut(number as usize) {
            *var = Var { stamp: self.stamp, value };
        }
    }
}
