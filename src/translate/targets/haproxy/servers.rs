//! The servers of a backend.

use std::fmt::Write as _;

use super::words::word;
use super::{Work, can, resolvers};
use crate::balance;
use crate::config::address::Address;
use crate::modules::shared::upstream::{Method, Server, Standing, Sticky};
use crate::translate::model::{Given, Group};
use crate::translate::subject::SubjectId;

/// How many addresses a name can have.
const SLOTS: usize = 8;
/// The largest weight.
const HEAVIEST: u64 = 256;

/// A server: one address of a line of nginx's.
#[derive(Debug)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// The whole line.
    pub line: String,
    /// nginx's line.
    pub from: SubjectId,
    /// Its share, as nginx has it.
    pub weight: u64,
    /// The text that consistent hashing hashes.
    pub text: String,
    /// It serves when no other does.
    pub backup: bool,
    /// It may go out and come back, or is out.
    pub may_be_down: bool,
}

/// The servers of a group.
pub fn plan(work: &mut Work, number: usize, tls: &str, keeps: bool) -> Vec<Peer> {
    let group = &work.model.groups[number];
    let heaviest = group.servers.iter().map(|server| server.value.weight).max().unwrap_or(1);
    let alone = group.servers.iter().map(|server| server.value.url.addresses.len().max(1)).sum::<usize>() == 1;
    let mut peers: Vec<Peer> = Vec::new();
    for server in &group.servers {
        let own = server.value;
        note(work, group, server, alone, heaviest);
        let mut addresses: Vec<String> = own.url.addresses.iter().map(address).collect();
        let dns = if own.run_time { group.scope.and_then(|scope| resolvers::of(work, scope)) } else { None };
        if own.run_time || addresses.is_empty() {
            addresses = vec![host_of(own)];
        }
        let named = own.url.addresses.iter().all(|address| !own.url.text.contains(&host_text(address)));
        if named && !own.run_time && !matches!(own.url.addresses.first(), Some(Address::Unix(_))) {
            // HAProxy asks for the name by itself, and takes the first address.
            work.note(server.from, &can::RESOLVE_AT_START);
            addresses = vec![format!("{}:{}", own.url.host, own.url.port)];
        }
        for text in addresses {
            let name = format!("s{}", peers.len() + 1);
            // A hash names its servers, so that each has to be one.
            let slots = dns.is_some() && !matches!(group.method.value, Method::Hash { .. } | Method::IpHash);
            let what = if slots { format!("server-template {name}- {SLOTS}") } else { format!("server {name}") };
            let mut line = format!("{what} {}", word(&text));
            if let Some(dns) = &dns {
                let _ = write!(line, " {dns} init-addr none");
            } else if named || own.run_time {
                line.push_str(" init-addr libc,none");
            }
            let checked = own.max_fails > 0 && own.fail_timeout > 0 && !alone && own.standing == Standing::Up;
            parameters(&mut line, own, heaviest, checked, tls);
            if let (true, Some(keepalive)) = (keeps, group.keepalive.value) {
                let _ = write!(line, " pool-max-conn {}", keepalive.connections);
            }
            if let Some(Given { value: Sticky::Cookie { .. }, .. }) = group.sticky {
                let id = balance::Server::new(&text, own.url.text.as_bytes(), own.route.as_deref(), 0).id;
                let _ = write!(line, " cookie {}", word(&id));
            }
            peers.push(Peer {
                name,
                line,
                from: server.from,
                weight: own.weight,
                text: own.url.text.clone(),
                backup: own.backup,
                may_be_down: checked || own.standing != Standing::Up,
            });
        }
    }
    peers
}

fn parameters(line: &mut String, own: &Server, heaviest: u64, checked: bool, tls: &str) {
    let weight = if heaviest > HEAVIEST { (own.weight * HEAVIEST / heaviest).max(1) } else { own.weight };
    let weight = if own.standing == Standing::Draining { 0 } else { weight };
    if weight != 1 {
        let _ = write!(line, " weight {weight}");
    }
    if own.max_conns > 0 {
        let _ = write!(line, " maxconn {}", own.max_conns);
    }
    if own.backup {
        line.push_str(" backup");
    }
    if own.standing == Standing::Down {
        line.push_str(" disabled");
    }
    if own.slow_start > 0 {
        let _ = write!(line, " slowstart {}ms", own.slow_start);
    }
    if checked {
        let _ = write!(
            line,
            " check inter {}s rise 1 fall 1 observe layer4 error-limit {} on-error mark-down",
            own.fail_timeout, own.max_fails
        );
    }
    line.push_str(tls);
}

fn note(work: &mut Work, group: &Group, server: &Given<&Server>, alone: bool, heaviest: u64) {
    let own = server.value;
    let is_hashed = matches!(group.method.value, Method::Hash { .. } | Method::IpHash);
    let equal = group.servers.iter().all(|other| other.value.weight == own.weight);
    let turns = !alone && !is_hashed;
    let parts: [(bool, &'static crate::translate::Capability); 9] = [
        (true, &can::PASS),
        (turns && !equal, &can::WEIGHT),
        (turns && heaviest > HEAVIEST, &can::WEIGHT_SCALED),
        (own.backup, &can::BACKUP),
        (own.standing == Standing::Down, &can::DOWN),
        (own.standing == Standing::Draining, &can::DRAIN),
        (own.max_conns > 0, &can::MAX_CONNS),
        (own.slow_start > 0, &can::SLOW_START),
        (own.run_time || own.service.is_some(), &can::RESOLVE),
    ];
    for (_, capability) in parts.iter().filter(|(holds, _)| *holds) {
        work.ledger.note(server.from, capability);
    }
    let counts = own.max_fails > 0 && own.fail_timeout > 0 && !alone && own.standing == Standing::Up;
    work.ledger.note(server.from, if counts { &can::MAX_FAILS } else { &can::MAX_FAILS_NONE });
}

/// An address as HAProxy writes it.
fn address(address: &Address) -> String {
    match address {
        Address::Inet(address) => address.to_string(),
        Address::Unix(path) => format!("unix@{path}"),
    }
}

/// A name that is looked up at run time: that of a host, or of the records of a service.
fn host_of(own: &Server) -> String {
    match &own.service {
        None => format!("{}:{}", own.url.host, own.url.port),
        Some(service) if service.contains('.') => format!("{service}.{}", own.url.host),
        Some(service) => format!("_{service}._tcp.{}", own.url.host),
    }
}

fn host_text(address: &Address) -> String {
    match address {
        Address::Inet(address) => address.ip().to_string(),
        Address::Unix(path) => path.to_string(),
    }
}
