//! Groups of one request: addresses that it names itself, by round robin (`ngx_http_upstream_create_round_robin_peer`).

use std::net::{IpAddr, SocketAddr};

use super::Destined;
use crate::balance::{Group, Method, Parameters, Peer, Server};

impl Destined {
    /// The addresses of a name that was resolved, with a port.
    pub(in crate::exchange) fn of_name(host: &str, port: u16, addresses: &[IpAddr]) -> Destined {
        let addrs: Vec<String> = addresses.iter().map(|ip| SocketAddr::new(*ip, port).to_string()).collect();
        Destined::of_addresses(host, &addrs)
    }

    /// These addresses; the name stands for them where none is live.
    pub(in crate::exchange) fn of_addresses(name: &str, addrs: &[String]) -> Destined {
        let peer = |addr: &String| Peer::new(Server::new(addr, addr.as_bytes(), None, 0), Parameters::default());
        let group = Group::new(name, Method::RoundRobin, addrs.iter().map(peer).collect(), Vec::new());
        Destined::Own(Box::new(group))
    }
}
