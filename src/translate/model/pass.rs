//! What follows from how requests are passed on, and from the groups that they go to.

use super::{Group, Pass, Passing};
use crate::translate::subject::SubjectId;

/// Requests of these methods are not sent a second time, unless `non_idempotent` says so.
pub const SENT_ONCE: [&str; 3] = ["POST", "LOCK", "PATCH"];

impl Pass {
    /// `$proxy_host` without its port.
    #[must_use]
    pub fn host_name(&self) -> &str {
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        match self.host.rsplit_once(':') {
            Some((host, port)) if is_port(port) => host,
            _ => &self.host,
        }
    }

    /// What `proxy_redirect default` replaces at the beginning of a `Location`, and by what; `location` is the name of the
    /// location.
    #[must_use]
    pub fn default_redirect<'p>(&self, location: &'p str) -> (String, &'p str) {
        let scheme = if self.tls { "https" } else { "http" };
        match &self.uri {
            Some(uri) => (format!("{scheme}://{}{uri}", self.host), location),
            None => (format!("{scheme}://{}/", self.host), "/"),
        }
    }
}

impl Passing {
    /// How often a request is sent at most, to so many peers.
    #[must_use]
    pub fn attempts(&self, peers: u64) -> u64 {
        match self.tries.value {
            0 => peers,
            tries => tries.min(peers),
        }
    }

    /// The statuses on which the next peer is asked, in nginx's order.
    pub fn retried(&self) -> impl Iterator<Item = &'static str> {
        self.next_upstream.value.names().filter_map(|name| name.strip_prefix("http_"))
    }

    /// All that it was read from.
    pub fn subjects(&self) -> impl Iterator<Item = SubjectId> {
        let times = [&self.connect_timeout, &self.send_timeout, &self.read_timeout, &self.tries, &self.tries_timeout];
        let flags = [&self.http11, &self.buffering, &self.request_buffering];
        let own = times.map(|given| given.from).into_iter().chain(flags.map(|given| given.from));
        own.chain([self.next_upstream.from])
            .chain(self.headers.iter().map(|given| given.from))
            .chain(self.hidden.iter().map(|given| given.from))
            .chain(self.redirects.iter().map(|given| given.from))
    }
}

impl Group<'_> {
    /// All that it was read from.
    pub fn subjects(&self) -> impl Iterator<Item = SubjectId> {
        let own = [self.from, self.method.from, self.keepalive.from];
        let sticky = self.sticky.as_ref().map(|sticky| sticky.from);
        own.into_iter().chain(self.servers.iter().map(|server| server.from)).chain(self.zone).chain(sticky)
    }
}
