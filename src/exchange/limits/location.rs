//! The limits of a configuration: which zones there are and what they count, and which limits hold in a location.

use super::{ConnectionZone, Rate, RequestLimit, RequestZone};
use crate::config::{Config, Scope, ScopeId, Value};
use crate::exchange::notes::Importance;
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::http::limit_req::{ReqLimits, ReqZones};
use crate::modules::shared::limit_conn::{ConnLimits, ConnZones};

/// The zones of limits, each with the text that it counts by.
#[derive(Debug, Default)]
pub struct ZoneKeys {
    requests: Vec<RequestKey>,
    connections: Vec<ConnectionKey>,
}

/// A `limit_req_zone`.
#[derive(Debug)]
struct RequestKey {
    number: usize,
    name: String,
    key: Template,
    key_text: String,
    rate: Rate,
    size: u64,
}

/// A `limit_conn_zone`.
#[derive(Debug)]
struct ConnectionKey {
    number: usize,
    name: String,
    key: Template,
    key_text: String,
    size: u64,
}

/// The limits that hold in one location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocationLimits {
    /// `limit_req`: the keys are still to be filled in.
    pub requests: Vec<RequestLimit>,
    /// How much it matters that `limit_req` refuses.
    pub request_level: Importance,
    /// The status of what `limit_req` refuses.
    pub request_status: u16,
    /// `limit_req_dry_run`
    pub request_dry_run: bool,
    /// `limit_conn`: zone and most connections.
    pub connections: Vec<(usize, u32)>,
    /// How much it matters that `limit_conn` refuses.
    pub connection_level: Importance,
    /// The status of what `limit_conn` refuses.
    pub connection_status: u16,
    /// `limit_conn_dry_run`
    pub connection_dry_run: bool,
}

impl ZoneKeys {
    /// The zones of `http` or `stream`.
    pub(in crate::exchange) fn compile(config: &Config, realm: &Scope, compile: &mut dyn Compile) -> ZoneKeys {
        let mut keys = ZoneKeys::default();
        for zone in realm.slot::<ReqZones>().map_or(&[][..], |zones| &zones.0) {
            let known = config.zones.get(zone.zone);
            keys.requests.push(RequestKey {
                number: zone.zone,
                name: known.name.clone(),
                key: compile.text(&zone.key),
                key_text: zone.key_text.clone(),
                rate: zone.rate,
                size: known.size,
            });
        }
        for zone in realm.slot::<ConnZones>().map_or(&[][..], |zones| &zones.0) {
            let known = config.zones.get(zone.zone);
            keys.connections.push(ConnectionKey {
                number: zone.zone,
                name: known.name.clone(),
                key: compile.text(&zone.key),
                key_text: zone.key_text.clone(),
                size: known.size,
            });
        }
        keys
    }

    /// Whether these zones take over what those hold after a reload: the same names, keys, rates and sizes.
    #[must_use]
    pub fn continues(&self, old: &ZoneKeys) -> bool {
        let request = |zone: &RequestKey| (zone.name.clone(), zone.key_text.clone(), zone.rate, zone.size);
        let connection = |zone: &ConnectionKey| (zone.name.clone(), zone.key_text.clone());
        self.requests.iter().map(request).eq(old.requests.iter().map(request))
            && self.connections.iter().map(connection).eq(old.connections.iter().map(connection))
    }

    /// The zone of `limit_req` among earlier ones that goes on as this one after a reload: the same name, key and size.
    #[must_use]
    pub fn requests_before(&self, zone: usize, old: &ZoneKeys) -> Option<usize> {
        let what = |zone: &RequestKey| (zone.name.clone(), zone.key_text.clone(), zone.size);
        let this = what(&self.requests[zone]);
        old.requests.iter().position(|old| what(old) == this)
    }

    /// The zone of `limit_conn` among earlier ones that goes on as this one.
    #[must_use]
    pub fn connections_before(&self, zone: usize, old: &ZoneKeys) -> Option<usize> {
        let what = |zone: &ConnectionKey| (zone.name.clone(), zone.key_text.clone(), zone.size);
        let this = what(&self.connections[zone]);
        old.connections.iter().position(|old| what(old) == this)
    }

    /// Why nginx would not go on from the earlier zones: one of the same name counts by something else.
    #[must_use]
    pub fn clash(&self, old: &ZoneKeys) -> Option<String> {
        let says = |what: &str, name: &str, new: &str, old: &str| {
            format!("{what} \"{name}\" uses the \"{new}\" key while previously it used the \"{old}\" key")
        };
        let requests = self.requests.iter().find_map(|new| {
            let same = |old: &&RequestKey| (&old.name, old.size) == (&new.name, new.size);
            let old = old.requests.iter().find(same).filter(|old| old.key_text != new.key_text)?;
            Some(says("limit_req", &new.name, &new.key_text, &old.key_text))
        });
        requests.or_else(|| {
            self.connections.iter().find_map(|new| {
                let same = |old: &&ConnectionKey| (&old.name, old.size) == (&new.name, new.size);
                let old = old.connections.iter().find(same).filter(|old| old.key_text != new.key_text)?;
                Some(says("limit_conn_zone", &new.name, &new.key_text, &old.key_text))
            })
        })
    }

    /// What a zone of `limit_req` counts by.
    #[must_use]
    pub fn request_key(&self, zone: usize) -> &Template {
        &self.requests[zone].key
    }

    /// What a zone of `limit_conn` counts by.
    #[must_use]
    pub fn connection_key(&self, zone: usize) -> &Template {
        &self.connections[zone].key
    }

    /// The name of a zone of `limit_req`.
    pub(in crate::exchange) fn request_zone(&self, zone: usize) -> &str {
        &self.requests[zone].name
    }

    /// The name of a zone of `limit_conn`.
    pub(in crate::exchange) fn connection_zone(&self, zone: usize) -> &str {
        &self.connections[zone].name
    }

    /// The key of a zone of `limit_req` as it is written.
    pub(in crate::exchange) fn request_key_text(&self, zone: usize) -> &str {
        &self.requests[zone].key_text
    }

    /// The key of a zone of `limit_conn` as it is written.
    pub(in crate::exchange) fn connection_key_text(&self, zone: usize) -> &str {
        &self.connections[zone].key_text
    }

    pub(in crate::exchange) fn fresh_requests(&self) -> Vec<RequestZone> {
        self.requests.iter().map(|zone| RequestZone::new(zone.rate, zone.size)).collect()
    }

    pub(in crate::exchange) fn fresh_connections(&self) -> Vec<ConnectionZone> {
        self.connections.iter().map(|_| ConnectionZone::default()).collect()
    }
}

impl LocationLimits {
    /// The limits that hold in a scope.
    pub(in crate::exchange) fn of(config: &Config, scope: ScopeId, keys: &ZoneKeys) -> LocationLimits {
        let place = |number: usize| keys.requests.iter().position(|zone| zone.number == number);
        let requests = config.effective_slot::<ReqLimits>(scope).map_or(&[][..], |limits| &limits.0);
        let requests = requests.iter().filter_map(|limit| {
            let (key, zone) = (Box::default(), place(limit.zone)?);
            Some(RequestLimit { zone, key, burst: limit.burst, delay: limit.delay })
        });
        let place = |number: usize| keys.connections.iter().position(|zone| zone.number == number);
        let connections = config.effective_slot::<ConnLimits>(scope).map_or(&[][..], |limits| &limits.0);
        let connections =
            connections.iter().filter_map(|limit| Some((place(limit.zone)?, u32::from(limit.connections))));
        let status = |name| u16::try_from(config.number(scope, name, 503)).unwrap_or(503);
        let level = |name| match config.effective(scope, name).map(|set| &set.value) {
            Some(Value::Enum(word)) => Importance::of_word(*word as u64),
            _ => Importance::Error,
        };
        LocationLimits {
            requests: requests.collect(),
            request_level: level("limit_req_log_level"),
            request_status: status("limit_req_status"),
            request_dry_run: config.flag(scope, "limit_req_dry_run", false),
            connections: connections.collect(),
            connection_level: level("limit_conn_log_level"),
            connection_status: status("limit_conn_status"),
            connection_dry_run: config.flag(scope, "limit_conn_dry_run", false),
        }
    }
}
