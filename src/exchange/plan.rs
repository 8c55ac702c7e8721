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
    /// The name of its group.
    group: String,
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
    /// Compiles what belongs to these locations of `http`, or servers of `stream`.
    pub(super) fn compile(
        config: &Config,
        realm: Option<ScopeId>,
        locations: &[ScopeId],
        compile: &mut dyn Compile,
    ) -> Plan {
        let mut plan = Plan::default();
        let Some(realm) = realm.map(|realm| config.scope(realm)) else { return plan };
        for (_, upstream) in realm.slot::<Upstreams>().into_iter().flat_map(Upstreams::iter) {
            let sessions = &mut plan.sessions;
            let zone = upstream.zone.map(|number| config.zones.get(number).name.as_str().into());
            plan.upstreams.push(Upstream::compile(upstream, zone, compile, |number, timeout| {
                let zone = config.zones.get(number);
                let group = upstream.name.clone();
                sessions.push(SessionZone { name: zone.name.clone(), group, size: zone.size, timeout });
                sessions.len() - 1
            }));
        }
        plan.keys = ZoneKeys::compile(config, realm, compile);
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

    /// The zone of sessions of an earlier plan that goes on as this one after a reload: the same name and size.
    #[must_use]
    pub fn sessions_before(&self, zone: usize, old: &Plan) -> Option<usize> {
        let SessionZone { name, size, .. } = &self.sessions[zone];
        old.sessions.iter().position(|old| old.name == *name && old.size == *size)
    }

    /// Why nginx would not go on from the zones of an earlier plan: one of the same name is for something else.
    #[must_use]
    pub fn clash(&self, old: &Plan) -> Option<String> {
        let sessions = self.sessions.iter().enumerate().find_map(|(at, new)| {
            let old = self.sessions_before(at, old).map(|at| &old.sessions[at])?;
            let SessionZone { name, group, .. } = new;
            (old.group != *group).then(|| {
                let before = &old.group;
                format!("sticky zone \"{name}\" is used in upstream \"{group}\" while previously it was used in upstream \"{before}\"")
            })
        });
        sessions.or_else(|| self.keys.clash(&old.keys))
    }

    /// How long, in milliseconds, sessions of a zone are remembered.
    #[must_use]
    pub fn session_timeout(&self, zone: usize) -> u64 {
        self.sessions[zone].timeout
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
