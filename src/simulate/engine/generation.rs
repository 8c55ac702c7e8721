//! A configuration that runs, with the state that its requests left. A reload begins a new one; the requests of the old one
//! end where they began.

use std::collections::HashMap;
use std::net::IpAddr;

use super::Setup;
use super::options::Options;
use super::request::connections;
use super::run::Sink;
use crate::balance::Tier;
use crate::exchange::Connection;
use crate::simulate::memory::State;
use crate::simulate::scenario::{BackendId, Backends};

/// What is known of a peer outside its group.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The backend behind it.
    pub backend: BackendId,
    /// Its number in reports.
    pub number: u32,
}

/// One configuration that runs.
pub struct Generation {
    /// The configuration.
    pub setup: Setup,
    /// The state.
    pub state: State,
    /// By listener: what is known of its connections.
    pub connections: Vec<Connection>,
    /// By group: its number in reports.
    pub groups: Vec<u32>,
    /// By group and number of the peer.
    pub peers: Vec<Vec<Known>>,
}

/// The groups and peers that reports know, in order; a configuration that comes later adds to them.
#[derive(Debug, Default)]
pub struct Directory {
    groups: Vec<(String, Vec<String>)>,
}

impl Directory {
    /// The number of a group, new or known.
    fn group(&mut self, name: &str, sink: &mut impl Sink) -> u32 {
        let known = self.groups.iter().position(|(known, _)| known == name);
        known.unwrap_or_else(|| {
            self.groups.push((name.to_owned(), Vec::new()));
            sink.new_group(name);
            self.groups.len() - 1
        }) as u32
    }
}

impl Generation {
    /// Starts a configuration.
    pub fn start(
        setup: Setup,
        options: &Options,
        names: &HashMap<String, Vec<IpAddr>>,
        backends: &mut Backends,
        directory: &mut Directory,
        sink: &mut impl Sink,
    ) -> Generation {
        let state = State::new(&setup.plan, options.workers, names, options.stand_in);
        let groups = setup.plan.upstreams.iter().map(|upstream| directory.group(&upstream.name, sink)).collect();
        let peers = vec![Vec::new(); setup.plan.upstreams.len()];
        let connections = connections(&setup.site);
        let mut generation = Generation { setup, state, connections, groups, peers };
        generation.meet(backends, directory, sink);
        generation
    }

    /// Makes the acquaintance of peers that are new in their groups.
    pub fn meet(&mut self, backends: &mut Backends, directory: &mut Directory, sink: &mut impl Sink) {
        for (upstream, known) in self.peers.iter_mut().enumerate() {
            let name = &self.setup.plan.upstreams[upstream].name;
            let group = self.groups[upstream];
            for (id, peer) in self.state.peers(upstream) {
                if (peer.number() as usize) < known.len() {
                    continue;
                }
                let addr = &*peer.server.addr;
                let listed = &mut directory.groups[group as usize].1;
                let taken: Vec<u32> = known.iter().map(|known| known.number).collect();
                let same = |(at, listed): &(usize, &String)| *listed == addr && !taken.contains(&(*at as u32));
                let number = listed.iter().enumerate().find(same).map(|(at, _)| at);
                let number = number.unwrap_or_else(|| {
                    listed.push(addr.to_owned());
                    sink.new_peer(group, peer, id.tier == Tier::Backup);
                    listed.len() - 1
                });
                known.push(Known { backend: backends.add(name, addr), number: number as u32 });
            }
        }
    }
}
