//! `Service`s and `EndpointSlice`s for the servers of a group: one Service for all servers of one weight, whose endpoints
//! take turns, and one for each name.

use std::collections::HashMap;
use std::net::IpAddr;

use super::capabilities as can;
use super::{GROUP, Plan, metadata, object};
use crate::modules::shared::upstream::{Server, Standing};
use crate::translate::document::{MapOf, Node, Value, list, map};
use crate::translate::model::Given;
use crate::translate::subject::SubjectId;

/// How many backends a rule may have.
const MOST: usize = 16;

/// What was made for the groups.
#[derive(Debug, Default)]
pub struct Backends {
    /// The documents.
    pub documents: Vec<Node>,
    made: HashMap<(usize, Dress), Vec<Part>>,
}

/// How a group is spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dress {
    /// Over TLS.
    pub tls: Option<Tls>,
    /// By HTTP/2 in clear text.
    pub grpc: bool,
}

/// Who a backend has to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tls {
    /// Its name.
    pub hostname: String,
    /// The ConfigMap with the CA; none for those that the system knows.
    pub authority: Option<String>,
}

/// A Service and its share of a group.
#[derive(Debug, Clone)]
struct Part {
    service: String,
    port: u16,
    weight: u64,
    from: Vec<SubjectId>,
}

/// Servers that may share a Service: those of one weight, or of one name.
#[derive(Debug)]
struct Class<'g> {
    weight: u64,
    name: Option<&'g str>,
    servers: Vec<&'g Given<&'g Server>>,
}

impl Plan<'_, '_> {
    /// The `backendRefs` for a group. The Services are made at the first call.
    ///
    /// # Errors
    /// More Services than a rule has room for.
    pub fn backend_refs(&mut self, group: usize, pass: SubjectId, dress: Dress) -> Result<Vec<Node>, String> {
        let key = (group, dress);
        if !self.backends.made.contains_key(&key) {
            let parts = self.services(group, pass, &key.1);
            self.backends.made.insert(key.clone(), parts);
        }
        let parts = &self.backends.made[&key];
        if parts.len() > MOST {
            let name = &self.model.groups[group].name;
            return Err(format!("{name} has servers of {} weights or names, a rule takes {MOST}", parts.len()));
        }
        let weighted = parts.len() > 1;
        Ok(parts.iter().map(|part| part.node(weighted)).collect())
    }

    fn services(&mut self, group: usize, pass: SubjectId, dress: &Dress) -> Vec<Part> {
        let model = self.model;
        let own = &model.groups[group];
        let mut classes: Vec<Class> = Vec::new();
        for server in &own.servers {
            if let Some(note) = left_out(server.value) {
                self.note(server.from, note);
                continue;
            }
            let name = address(server.value).is_none().then_some(server.value.url.host.as_str());
            if name.is_some() {
                self.note(server.from, &can::EXTERNAL_NAME);
            }
            let weight = server.value.weight;
            let alike = |class: &&mut Class| class.name == name && (class.weight == weight && name.is_none());
            match classes.iter_mut().find(alike) {
                Some(class) => class.servers.push(server),
                None => classes.push(Class { weight, name, servers: vec![server] }),
            }
        }
        let several = classes.len() > 1;
        let make = |class: &Class| {
            let like = match class.name {
                Some(name) if several => format!("{}-{name}", own.name),
                None if several => format!("{}-weight-{}", own.name, class.weight),
                _ => own.name.clone(),
            };
            self.service(&like, class, dress, if own.scope.is_some() { own.from } else { pass })
        };
        classes.iter().map(make).collect()
    }

    fn service(&mut self, like: &str, class: &Class, dress: &Dress, from: SubjectId) -> Part {
        let name = self.names.unique("Service", "", like);
        let first = class.servers[0].value.url.port;
        let alike = class.servers.iter().all(|server| server.value.url.port == first);
        let port = if alike { first } else { 80 };
        let mut entry = MapOf::default();
        entry.put("name", "http");
        entry.put("port", Value::Number(i64::from(port)));
        if dress.grpc {
            entry.put("appProtocol", "kubernetes.io/h2c");
        }
        let mut spec = MapOf::default();
        if let Some(name) = class.name {
            spec.put("type", "ExternalName");
            spec.put("externalName", Node::from(name).of(class.servers[0].from));
        }
        spec.put("ports", list([entry.node()]));
        let meta = map([("name", Node::from(name.as_str()).of(from))]);
        self.backends.documents.push(object("v1", "Service", meta, spec.node()));
        if class.name.is_none() {
            self.slices(&name, class, dress);
        }
        if let Some(tls) = &dress.tls {
            self.backends.documents.push(policy(&name, tls));
        }
        let from = class.servers.iter().map(|server| server.from).collect();
        Part { service: name, port, weight: class.weight * class.servers.len() as u64, from }
    }

    /// One slice for each port and family of addresses.
    fn slices(&mut self, service: &str, class: &Class, dress: &Dress) {
        let mut slices: Vec<(bool, u16, Vec<Node>)> = Vec::new();
        for server in &class.servers {
            let Some(address) = address(server.value) else { continue };
            if address.is_loopback() {
                self.note(server.from, &can::PASS_LOOPBACK);
            }
            let endpoint = map([
                ("addresses", list([Node::from(address.to_string()).of(server.from)])),
                ("conditions", map([("ready", true.into())])),
            ]);
            let port = server.value.url.port;
            match slices.iter_mut().find(|(v6, own, _)| (*v6, *own) == (address.is_ipv6(), port)) {
                Some((.., endpoints)) => endpoints.push(endpoint),
                None => slices.push((address.is_ipv6(), port, vec![endpoint])),
            }
        }
        for (v6, port, endpoints) in slices {
            let name = self.names.unique("EndpointSlice", "", service);
            let labels = map([
                ("kubernetes.io/service-name", service.into()),
                ("endpointslice.kubernetes.io/managed-by", "nginxlb".into()),
            ]);
            let mut entry = MapOf::default();
            entry.put("name", "http");
            entry.put("port", Value::Number(i64::from(port)));
            if dress.grpc {
                entry.put("appProtocol", "kubernetes.io/h2c");
            }
            self.backends.documents.push(map([
                ("apiVersion", "discovery.k8s.io/v1".into()),
                ("kind", "EndpointSlice".into()),
                ("metadata", map([("name", name.into()), ("labels", labels)])),
                ("addressType", if v6 { "IPv6" } else { "IPv4" }.into()),
                ("endpoints", list(endpoints)),
                ("ports", list([entry.node()])),
            ]));
        }
    }
}

impl Part {
    fn node(&self, weighted: bool) -> Node {
        let mut part = MapOf::default();
        part.put("name", Node::from(self.service.as_str()).of_all(self.from.iter().copied()));
        part.put("port", Value::Number(i64::from(self.port)));
        if weighted {
            // More than the API takes is more than anybody has.
            part.put("weight", Value::Number(i64::try_from(self.weight).unwrap_or(1_000_000).min(1_000_000)));
        }
        part.node()
    }
}

/// Why a server is no endpoint.
fn left_out(server: &Server) -> Option<&'static crate::translate::Capability> {
    match server {
        _ if server.standing != Standing::Up => Some(&can::DOWN),
        _ if server.backup => Some(&can::BACKUP),
        _ if server.url.text.starts_with("unix:") => Some(&can::UNIX_SERVER),
        _ => None,
    }
}

fn address(server: &Server) -> Option<IpAddr> {
    server.url.host.trim_matches(['[', ']']).parse().ok()
}

fn policy(service: &str, tls: &Tls) -> Node {
    let target = map([("group", "".into()), ("kind", "Service".into()), ("name", service.into())]);
    let mut validation = MapOf::default();
    validation.put("hostname", tls.hostname.as_str());
    match &tls.authority {
        Some(name) => validation.put(
            "caCertificateRefs",
            list([map([
                ("group", "".into()),
                ("kind", "ConfigMap".into()),
                ("name", super::names::label(name).into()),
            ])]),
        ),
        None => validation.put("wellKnownCACertificates", "System"),
    };
    let spec = map([("targetRefs", list([target])), ("validation", validation.node())]);
    object(GROUP, "BackendTLSPolicy", metadata(service, ""), spec)
}
