//! What a request finds around it: the configuration, the state that it shares with others, the time, chance. Drivers bring
//! it: the simulator its arrays, a live proxy its locks.

use std::net::IpAddr;

use super::limits::{ConnectionZone, RequestZone};
use super::plan::Plan;
use super::site::Site;
use crate::balance::{Group, Millis, Queue, Sessions};
use crate::modules::shared::upstream::UpstreamId;

/// A request that waits in a queue, as its driver knows it.
pub type Ticket = u64;

/// The state that requests share: of one worker, or in shared memory of all.
pub trait Memory {
    /// Names take time: the driver resolves them when an exchange says [`Action::Resolve`](super::Action::Resolve).
    const RESOLVES_LATER: bool = false;
    /// Works on a group.
    fn group<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> T;
    /// Works on the requests that wait for a peer of a group, if it has a `queue`.
    fn queue<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Queue<Ticket>) -> T) -> Option<T>;
    /// Works on a zone of sessions: an index into [`Plan::sessions`].
    fn sessions<T>(&mut self, zone: usize, work: impl FnOnce(&mut Sessions) -> T) -> T;
    /// Works on the zones of `limit_req`.
    fn requests<T>(&mut self, work: impl FnOnce(&mut [RequestZone]) -> T) -> T;
    /// Works on a zone of `limit_conn`.
    fn connections<T>(&mut self, zone: usize, work: impl FnOnce(&mut ConnectionZone) -> T) -> T;
    /// The addresses of a name that a `proxy_pass` with variables gave; `None` if it cannot be resolved. Not asked where
    /// names take time.
    fn addresses(&mut self, name: &str) -> Option<Vec<IpAddr>>;
}

/// All of it, for one step of one request.
pub struct World<'a, M, R, W> {
    /// Where requests go.
    pub site: &'a Site,
    /// What happens to them there.
    pub plan: &'a Plan,
    /// What they share.
    pub memory: &'a mut M,
    /// Chance.
    pub rng: &'a mut R,
    /// Who looks at the choice of peers.
    pub watch: &'a mut W,
    /// The time.
    pub now: Millis,
    /// How the driver knows this request.
    pub ticket: Ticket,
}
