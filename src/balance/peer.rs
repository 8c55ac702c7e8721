//! One peer: what its `server` line says of it, and what the balancer remembers of it
//! (nginx's `ngx_http_upstream_rr_peer_t`).

use std::sync::Arc;

use super::{Millis, Sight, Tried, Watch, server_id, slow_start};

/// What never changes about a peer, and is looked at only when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address as `$upstream_addr` shows it.
    pub addr: Arc<str>,
    /// The text of the `server` directive, which consistent hashing hashes. Peers may share it.
    pub text: Arc<[u8]>,
    /// How sticky sessions know it: the route, or the MD5 sum of the address in hex.
    pub id: Arc<str>,
    /// The line of the group that it comes from, counted from 0.
    pub line: u32,
}

impl Server {
    /// A server; without a route its sessions know it by its address.
    #[must_use]
    pub fn new(addr: &str, text: &[u8], route: Option<&str>, line: u32) -> Server {
        let id = route.map_or_else(|| server_id::of_address(addr), str::to_owned);
        Server { addr: addr.into(), text: text.into(), id: id.into(), line }
    }
}

/// Whether a server takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// It does.
    #[default]
    Up,
    /// `down`: not at all.
    Down,
    /// `drain`: only for sessions bound to it.
    Draining,
}

/// The parameters of a `server` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Its share.
    pub weight: i64,
    /// Most connections at a time; 0 for no limit.
    pub max_conns: u64,
    /// Failures that make it unavailable; 0 for never.
    pub max_fails: u64,
    /// Seconds for which it is unavailable then.
    pub fail_timeout: i64,
    /// NGINX Plus: milliseconds in which its weight recovers; 0 for at once.
    pub slow_start: u64,
    /// Whether it takes part.
    pub standing: Standing,
}

impl Default for Parameters {
    fn default() -> Parameters {
        let standing = Standing::Up;
        Parameters { weight: 1, max_conns: 0, max_fails: 1, fail_timeout: 10, slow_start: 0, standing }
    }
}

/// A peer and its state.
#[derive(Debug, Clone)]
pub struct Peer {
    /// What is written about it.
    pub parameters: Parameters,
    /// The smooth weighted round robin's account.
    pub current_weight: i64,
    /// The weight less what failures took; it grows back.
    pub effective_weight: i64,
    /// Connections open to it.
    pub conns: u64,
    /// Failures since it was last well.
    pub fails: u64,
    /// The second of its last failure.
    pub accessed: i64,
    /// The second from which `fail_timeout` runs.
    pub checked: i64,
    /// Health checks find nothing against it (NGINX Plus).
    pub healthy: bool,
    /// When its weight began to recover; `None` when it is whole.
    pub ramp: Option<Millis>,
    /// What `least_time` measures.
    pub times: Times,
    /// Who it is.
    pub server: Arc<Server>,
    /// Its number in the group, which no other peer ever gets.
    pub(super) serial: u32,
}

/// The moving averages of `least_time`, in milliseconds; 0 before the first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// Until the header.
    pub header: u64,
    /// Until the last byte.
    pub response: u64,
    /// Of requests that are not answered yet.
    pub inflight: u64,
    /// The time that requests not answered yet have taken together, as of `inflight_changed`.
    pub inflight_total: u64,
    /// When their number last changed.
    pub inflight_changed: Millis,
    /// How many they are.
    pub inflight_requests: u64,
}

/// The second at which a peer that was never used last failed: longer ago than any `fail_timeout`.
const LONG_AGO: i64 = i64::MIN / 4;

/// Why a peer cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// This request was there already.
    Tried,
    /// `down`
    Down,
    /// `drain`
    Draining,
    /// A health check failed.
    Unhealthy,
    /// `max_fails` failures, and `fail_timeout` has not passed.
    Failed,
    /// `max_conns` are open.
    Full,
}

impl Peer {
    /// A peer that was never used.
    #[must_use]
    pub fn new(server: Server, parameters: Parameters) -> Peer {
        Peer {
            effective_weight: parameters.weight,
            parameters,
            current_weight: 0,
            conns: 0,
            fails: 0,
            accessed: LONG_AGO,
            checked: LONG_AGO,
            healthy: true,
            ramp: None,
            times: Times::default(),
            server: Arc::new(server),
            serial: 0,
        }
    }

    /// Its number in the group: the servers proper from 0, then the backup servers, then what names bring later. No other
    /// peer of the group ever has it.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.serial.saturating_sub(1)
    }

    /// Why it cannot be chosen at `now` (seconds), if so.
    #[inline]
    #[must_use]
    pub fn refusal(&self, now: i64) -> Option<Refusal> {
        if self.parameters.standing == Standing::Draining {
            return Some(Refusal::Draining);
        }
        self.refusal_of_session(now)
    }

    /// The same for a session that is bound to it: draining does not count.
    #[inline]
    #[must_use]
    pub fn refusal_of_session(&self, now: i64) -> Option<Refusal> {
        if self.parameters.standing == Standing::Down {
            Some(Refusal::Down)
        } else if !self.healthy {
            Some(Refusal::Unhealthy)
        } else if self.is_failed(now) {
            Some(Refusal::Failed)
        } else if self.is_full() {
            Some(Refusal::Full)
        } else {
            None
        }
    }

    /// Why this request cannot have it, if so: peer number `index`, of which `tried` knows.
    #[inline]
    pub(super) fn refusal_of(&self, index: usize, tried: &Tried, now: i64) -> Option<Refusal> {
        if tried.contains(index) { Some(Refusal::Tried) } else { self.refusal(now) }
    }

    /// It failed too often, and its time has not passed: `now - checked <= fail_timeout`, in whole seconds.
    #[inline]
    #[must_use]
    pub fn is_failed(&self, now: i64) -> bool {
        let Parameters { max_fails, fail_timeout, .. } = self.parameters;
        self.fails >= max_fails && max_fails > 0 && now - self.checked <= fail_timeout
    }

    /// As many connections as it may have.
    #[inline]
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.conns >= self.parameters.max_conns && self.parameters.max_conns > 0
    }

    /// It gains its effective weight, which grows back by one if failures had taken of it; in a group where weights ramp
    /// up, a part of it. What it gained.
    #[inline]
    pub(super) fn gain(&mut self, index: usize, ramps: bool, now: Millis, watch: &mut impl Watch) -> i64 {
        let gain = if ramps { slow_start::weight(self, now) } else { self.effective_weight };
        let before = self.current_weight;
        self.current_weight += gain;
        if self.effective_weight < self.parameters.weight && self.parameters.slow_start == 0 {
            self.effective_weight += 1;
        }
        watch.see(|| Sight::Gains { peer: index as u32, before, gain });
        gain
    }

    /// Every choice of a peer whose `fail_timeout` has run out starts it anew: that lets one request at a time through.
    #[inline]
    pub(super) fn check(&mut self, now: i64) {
        if now - self.checked > self.parameters.fail_timeout {
            self.checked = now;
        }
    }
}
