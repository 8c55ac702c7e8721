//! The listeners of the Gateway. nginx's addresses of one port are one listener here; with several certificates there is
//! one for each hostname.

use std::collections::BTreeMap;

use super::capabilities as can;
use super::controller::Controller;
use super::hosts::{hostnames, is_wild};
use super::names::label;
use super::{GROUP, Plan, metadata, object};
use crate::translate::document::{MapOf, Node, Value, list, map};
use crate::translate::subject::SubjectId;

/// A port with what stands behind it.
#[derive(Debug)]
pub struct Door {
    /// The port.
    pub port: u16,
    /// TLS ends here.
    pub tls: bool,
    /// The servers, by their numbers in the model.
    pub hosts: Vec<usize>,
    /// The one for hosts that nobody has.
    pub default: usize,
    /// The `listen` directives.
    from: Vec<SubjectId>,
    /// The listeners: names, hostnames, Secrets and the server whose certificate it is.
    panes: Vec<Pane>,
}

/// One listener.
#[derive(Debug)]
struct Pane {
    name: String,
    hostname: Option<String>,
    secrets: Vec<Secret>,
    host: Option<usize>,
}

/// The name of a Secret, and the directives that it came from.
type Secret = (String, Vec<SubjectId>);

/// How many listeners a Gateway may have, and how many certificates a listener.
const MOST: usize = 64;

impl Door {
    /// The names of the listeners that requests of a server come in by.
    pub fn sections(&self, host: usize) -> Vec<&str> {
        let of = |pane: &&Pane| pane.host.is_none_or(|own| own == host);
        self.panes.iter().filter(of).map(|pane| pane.name.as_str()).collect()
    }
}

/// The name of the Gateway.
pub const GATEWAY: &str = "nginx";
/// Its class where none is asked for.
const CLASS: &str = "nginx";

/// All of them, in the order of the ports' first mention.
pub fn doors(plan: &mut Plan) -> Vec<Door> {
    let model = plan.model;
    let mut doors: Vec<Door> = Vec::new();
    for listener in &model.listeners {
        let own = plan.controller.is_some() && listener.hosts.iter().all(|host| Controller::owns(model, *host));
        let Some(address) = listener.socket().filter(|_| !own) else {
            let lost = if own { &can::INGRESS_LISTEN } else { &can::LISTEN_UNIX };
            listener.from.iter().for_each(|from| plan.note(*from, lost));
            continue;
        };
        for from in &listener.from {
            plan.note(*from, &can::LISTEN);
            if !address.ip().is_unspecified() {
                plan.note(*from, &can::LISTEN_ADDRESS);
            }
            if listener.tls {
                plan.note(*from, &can::LISTEN_TLS);
            }
            if listener.proxy_protocol {
                plan.note(*from, &can::LISTEN_PROXY_PROTOCOL);
            }
        }
        match doors.iter_mut().find(|door| door.port == address.port()) {
            Some(door) => {
                let more = listener.from.iter().filter(|from| !door.from.contains(from)).copied().collect::<Vec<_>>();
                door.from.extend(more);
                let more = listener.hosts.iter().filter(|host| !door.hosts.contains(host)).copied().collect::<Vec<_>>();
                door.hosts.extend(more);
            }
            None => doors.push(Door {
                port: address.port(),
                tls: listener.tls,
                hosts: listener.hosts.clone(),
                default: listener.default,
                from: listener.from.clone(),
                panes: Vec::new(),
            }),
        }
    }
    for door in &mut doors {
        door.panes = panes(plan, door);
    }
    doors
}

fn panes(plan: &mut Plan, door: &Door) -> Vec<Pane> {
    let scheme = if door.tls { "https" } else { "http" };
    let all = format!("{scheme}-{}", door.port);
    if !door.tls {
        return vec![Pane { name: all, hostname: None, secrets: Vec::new(), host: None }];
    }
    let secrets: BTreeMap<usize, Secret> = door.hosts.iter().map(|host| (*host, secret(plan, *host))).collect();
    let first = secrets.get(&door.default).cloned();
    if secrets.values().all(|(name, _)| Some(name) == first.as_ref().map(|(name, _)| name)) {
        return vec![Pane { name: all, hostname: None, secrets: first.into_iter().collect(), host: None }];
    }
    let hostnames_of = |host: &usize| hostnames(plan.model, *host).len();
    if door.hosts.iter().map(hostnames_of).sum::<usize>() > MOST - 2 {
        let mut all_secrets: Vec<Secret> = first.into_iter().collect();
        for secret in secrets.into_values() {
            if all_secrets.len() < MOST && all_secrets.iter().all(|(name, _)| *name != secret.0) {
                all_secrets.push(secret);
            }
        }
        for from in &door.from {
            plan.note(*from, &can::CERTIFICATE_MANY);
        }
        return vec![Pane { name: all, hostname: None, secrets: all_secrets, host: None }];
    }
    let mut panes = Vec::new();
    for (host, secret) in secrets {
        if host == door.default {
            panes.insert(0, Pane { name: all.clone(), hostname: None, secrets: vec![secret], host: Some(host) });
            continue;
        }
        for (hostname, _) in hostnames(plan.model, host) {
            let wild = if is_wild(&hostname) { "any-" } else { "" };
            let name = label(&format!("{all}-{wild}{hostname}"));
            panes.push(Pane { name, hostname: Some(hostname), secrets: vec![secret.clone()], host: Some(host) });
        }
    }
    panes
}

/// The Secret with the certificate of a server, and the directives that say so.
fn secret(plan: &mut Plan, host: usize) -> Secret {
    let scope = plan.model.hosts[host].scope;
    if plan.controller.is_some() {
        let by_lua =
            plan.setting(scope, "ssl_certificate_by_lua_file").or_else(|| plan.setting(scope, "ssl_certificate"));
        let from: Vec<SubjectId> = by_lua.map(|(_, from)| from).into_iter().collect();
        for from in &from {
            plan.note(*from, &can::INGRESS_CERTIFICATE);
        }
        let name = hostnames(plan.model, host).first().map_or("default".to_owned(), |(name, _)| name.clone());
        return (format!("{}-tls", label(name.trim_start_matches("*."))), from);
    }
    let all = ["ssl_certificate", "ssl_certificate_key"].map(|name| plan.model.settings(scope, name));
    let certificate = all[0].first().map_or("", |(setting, _)| setting.arg(1));
    let stem = certificate.rsplit('/').next().unwrap_or("").split('.').next().unwrap_or("").to_owned();
    let folder = certificate.rsplit('/').nth(1).unwrap_or("").to_owned();
    // Certificates of one name in folders of their own, as certbot keeps them.
    let name = if ["fullchain", "cert", "tls", "server"].contains(&stem.as_str()) { folder } else { stem };
    let from: Vec<SubjectId> = all.iter().flatten().map(|(_, from)| *from).collect();
    for from in &from {
        plan.note(*from, &can::CERTIFICATE);
    }
    let name = if name.is_empty() { "default".to_owned() } else { name };
    (format!("{}-tls", label(&name)), from)
}

/// The document; `class` is the name of the implementation's `GatewayClass`.
pub fn gateway(plan: &Plan, doors: &[Door], class: Option<&str>) -> Node {
    let across = plan.controller.is_some();
    let listeners = doors.iter().flat_map(|door| door.panes.iter().map(move |pane| listener(door, pane, across)));
    let spec = map([("gatewayClassName", class.unwrap_or(CLASS).into()), ("listeners", list(listeners))]);
    let namespace = if across { Controller::NAMESPACE } else { "" };
    object(GROUP, "Gateway", metadata(GATEWAY, namespace), spec)
}

fn listener(door: &Door, pane: &Pane, across: bool) -> Node {
    let mut listener = MapOf::default();
    listener.put("name", Node::from(pane.name.as_str()).of_all(door.from.iter().copied()));
    if let Some(hostname) = &pane.hostname {
        listener.put("hostname", hostname.as_str());
    }
    listener.put("port", Value::Number(i64::from(door.port)));
    listener.put("protocol", if door.tls { "HTTPS" } else { "HTTP" });
    if !pane.secrets.is_empty() {
        let secret = |(name, from): &Secret| map([("name", Node::from(name.as_str()).of_all(from.iter().copied()))]);
        let secrets = list(pane.secrets.iter().map(secret));
        listener.put("tls", map([("mode", "Terminate".into()), ("certificateRefs", secrets)]));
    }
    if across {
        listener.put("allowedRoutes", map([("namespaces", map([("from", "All".into())]))]));
    }
    listener.node()
}
