//! The limits of a configuration: which zones there are and what they count, and which limits hold in a location.

use super::{ConnectionZone, RequestLimit, RequestZone};
use crate::config::{Config, Scope, ScopeId};
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::http::limit_req::{ReqLimits, ReqZones};
use crate::modules::shared::limit_conn::{ConnLimits, ConnZones};

/// The zones of limits, each with the text that it counts by.
#[derive(Debug, Default)]
pub struct ZoneKeys {
    /// `limit_req_zone`: number among all zones, key, rate, size.
    requests: Vec<(usize, Template, i64, u64)>,
    /// `limit_conn_zone`: number among all zones, key.
    connections: Vec<(usize, Template)>,
}

/// The limits that hold in one location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocationLimits {
    /// `limit_req`: the keys are still to be filled in.
    pub requests: Vec<RequestLimit>,
    /// The status of what `limit_req` refuses.
    pub request_status: u16,
    /// `limit_req_dry_run`
    pub request_dry_run: bool,
    /// `limit_conn`: zone and most connections.
    pub connections: Vec<(usize, u32)>,
    /// The status of what `limit_conn` refuses.
    pub connection_status: u16,
    /// `limit_conn_dry_run`
    pub connection_dry_run: bool,
}

impl ZoneKeys {
    /// The zones of `http`.
    pub(in crate::exchange) fn compile(config: &Config, http: &Scope, compile: &mut dyn Compile) -> ZoneKeys {
        let mut keys = ZoneKeys::default();
        for zone in http.slot::<ReqZones>().map_or(&[][..], |zones| &zones.0) {
            let size = config.zones.get(zone.zone).size;
            keys.requests.push((zone.zone, compile.text(&zone.key), zone.rate, size));
        }
        for zone in http.slot::<ConnZones>().map_or(&[][..], |zones| &zones.0) {
            keys.connections.push((zone.zone, compile.text(&zone.key)));
        }
        keys
    }

    /// What a zone of `limit_req` counts by.
    #[must_use]
    pub fn request_key(&self, zone: usize) -> &Template {
        &self.requests[zone].1
    }

    /// What a zone of `limit_conn` counts by.
    #[must_use]
    pub fn connection_key(&self, zone: usize) -> &Template {
        &self.connections[zone].1
    }

    pub(in crate::exchange) fn fresh_requests(&self) -> Vec<RequestZone> {
        self.requests.iter().map(|(_, _, rate, size)| RequestZone::new(*rate, *size)).collect()
    }

    pub(in crate::exchange) fn fresh_connections(&self) -> Vec<ConnectionZone> {
        self.connections.iter().map(|_| ConnectionZone::default()).collect()
    }
}

impl LocationLimits {
    /// The limits that hold in a scope.
    pub(in crate::exchange) fn of(config: &Config, scope: ScopeId, keys: &ZoneKeys) -> LocationLimits {
        let place = |number: usize| keys.requests.iter().position(|zone| zone.0 == number);
        let requests = config.effective_slot::<ReqLimits>(scope).map_or(&[][..], |limits| &limits.0);
        let requests = requests.iter().filter_map(|limit| {
            let (key, zone) = (Box::default(), place(limit.zone)?);
            Some(RequestLimit { zone, key, burst: limit.burst, delay: limit.delay })
        });
        let place = |number: usize| keys.connections.iter().position(|zone| zone.0 == number);
        let connections = config.effective_slot::<ConnLimits>(scope).map_or(&[][..], |limits| &limits.0);
        let connections =
            connections.iter().filter_map(|limit| Some((place(limit.zone)?, u32::from(limit.connections))));
        let status = |name| u16::try_from(config.number(scope, name, 503)).unwrap_or(503);
        LocationLimits {
            requests: requests.collect(),
            request_status: status("limit_req_status"),
            request_dry_run: config.flag(scope, "limit_req_dry_run", false),
            connections: connections.collect(),
            connection_status: status("limit_conn_status"),
            connection_dry_run: config.flag(scope, "limit_conn_dry_run", false),
        }
    }
}
