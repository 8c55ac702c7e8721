//! `ip_hash` (`ngx_http_upstream_ip_hash_module.c`): the client's address chooses, so that a client stays with a peer.
//!
//! The first three octets of an IPv4 address, or all sixteen of an IPv6 one, go one by one into
//! `hash = (hash * 113 + octet) % 6271`, beginning with 89; `hash % total_weight` falls into the weight of a peer. If
//! that one cannot be chosen the octets go in again, onto the hash so far: it carries over from draw to draw and from try
//! to try. After 20 draws that gave nothing it is round robin. Clients of UNIX domain sockets hash three zeros.
//!
//! With weights 1, 1, 1 the client 192.0.2.7 gives 89, 3978, 4273, 6255; modulo 3 that is 0, the first peer, as for all of
//! 192.0.2.0/24.

use std::net::IpAddr;

use super::{Choice, Draw};
use crate::balance::{Random, Sight, Watch};

/// The hash before the first octet.
pub(in crate::balance) const START: u32 = 89;

/// What is hashed of a client's address; `None` is a client of a UNIX domain socket.
pub fn address_key(client: Option<IpAddr>, key: &mut Vec<u8>) {
    match client {
        Some(IpAddr::V4(address)) => key.extend_from_slice(&address.octets()[..3]),
        Some(IpAddr::V6(address)) => key.extend_from_slice(&address.octets()),
        None => key.extend_from_slice(&[0; 3]),
    }
}

/// The hash of a key, going on from `hash`.
fn hash_on(hash: u32, key: &[u8]) -> u32 {
    key.iter().fold(hash, |hash, octet| (hash * 113 + u32::from(*octet)) % 6271)
}

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    if draw.has_given_up() {
        return Choice::RoundRobin;
    }
    if let Some(index) = draw.bound() {
        return Choice::Peer(index);
    }
    let mut hash = draw.selection.hash;
    loop {
        hash = hash_on(hash, &draw.selection.key);
        let modulo = i64::from(hash) % draw.peers.total_weight;
        let index = draw.peers.at_weight(modulo);
        draw.watch.see(|| Sight::Hashed { hash, modulo, peer: index as u32 });
        draw.selection.belongs_to(index);
        if draw.is_eligible(index) {
            draw.selection.hash = hash;
            return Choice::Peer(index);
        }
        if draw.misses() {
            return Choice::RoundRobin;
        }
    }
}
