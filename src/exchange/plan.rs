//! What happens to requests in their locations: the groups, the settings of passing on, the limits. Together with the
//! [`Site`](super::Site), which says where requests go, it is the compiled configuration.

use super::limits::{ConnectionZone, LocationLimits, RequestZone, ZoneKeys};
use super::site::LocationId;
use super::upstream::{Compile, Passing, Upstream};
use crate::balance::Sessions;
use crate::config::{Config, ScopeId};
use crate::modules::shared::pass;
use crate::modules::shared::upstream::{UpstreamId, Upstreams};

/// The zone of a `sticky learn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionZone {
    name: String,
    size: u64,
    timeout: u64,
}

/// Groups, settings and limits.
#[derive(Debug, Default)]
pub struct Plan {
    /// The groups; [`UpstreamId`] indexes.
    pub upstreams: Vec<Upstream>,
    /// Zones of sessions.
    pub sessions: Vec<SessionZone>,
    /// The keys of the zones of limits.
    pub keys: ZoneKeys,
    passings: Vec<Passing>,
    limits: Vec<LocationLimits>,
}

impl Plan {
    /// Compiles what belongs to these locations.
    pub(super) fn compile(config: &Config, locations: &[ScopeId], compile: &mut dyn Compile) -> Plan {
        let mut plan = Plan::default();
        let Some(http) = config.http.map(|http| config.scope(http)) else { return plan };
        for (_, upstream) in http.slot::<Upstreams>().into_iter().flat_map(Upstreams::iter) {
            let sessions = &mut plan.sessions;
            plan.upstreams.push(Upstream::compile(upstream, compile, |number, timeout| {
                let zone = config.zones.get(number);
                sessions.push(SessionZone { name: zone.name.clone(), size: zone.size, timeout });
                sessions.len() - 1
            }));
        }
        plan.keys = ZoneKeys::compile(config, http, compile);
        for scope in locations {
            let protocol = pass::effective(config, *scope).map_or(pass::Protocol::Http, |pass| pass.protocol);
            plan.passings.push(Passing::of(config, *scope, protocol));
            plan.limits.push(LocationLimits::of(config, *scope, &plan.keys));
        }
        plan
    }

    /// A group.
    #[must_use]
    pub fn upstream(&self, id: UpstreamId) -> &Upstream {
        &self.upstreams[id.0]
    }

    /// The settings of passing on.
    #[must_use]
    pub fn passing(&self, location: LocationId) -> &Passing {
        &self.passings[location.0 as usize]
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self, location: LocationId) -> &LocationLimits {
        &self.limits[location.0 as usize]
    }

    /// The zones of sessions as they are at the start.
    #[must_use]
    pub fn fresh_sessions(&self) -> Vec<Sessions> {
        self.sessions.iter().map(|zone| Sessions::new(zone.size, zone.timeout)).collect()
    }

    /// The zones of `limit_req` as they are at the start.
    #[must_use]
    pub fn fresh_requests(&self) -> Vec<RequestZone> {
        self.keys.fresh_requests()
    }

    /// The zones of `limit_conn` as they are at the start.
    #[must_use]
    pub fn fresh_connections(&self) -> Vec<ConnectionZone> {
        self.keys.fresh_connections()
    }
}
