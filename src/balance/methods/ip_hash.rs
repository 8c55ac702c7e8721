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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Method::IpHash;
    use crate::balance::tests::check;

    #[test]
    fn the_worked_table() {
        let hashes = [89, 3978, 4273, 6255];
        let octets: [u8; 3] = [192, 0, 2];
        assert_eq!(hashes[0], START);
        for (number, octet) in octets.iter().enumerate() {
            assert_eq!(hash_on(hashes[number], &[*octet]), hashes[number + 1]);
        }
        check(&IpHash, "a; b; c", "address:192.0.2.7 one address:192.0.2.250 one", "a a");
    }

    /// By an independent reckoning of the formula.
    #[test]
    fn known_addresses() {
        let ask = |addresses: &[&str]| {
            addresses.iter().map(|address| format!("address:{address} one")).collect::<Vec<_>>().join(" ")
        };
        let four = ask(&["192.0.2.7", "10.0.0.1", "203.0.113.9", "8.8.8.8"]);
        check(&IpHash, "a; b; c", &four, "a a a c");
        check(&IpHash, "a weight=5; b; c weight=2", &four, "c b a c");
        check(&IpHash, "a; b; c", &ask(&["unix:"]), "b");
        let six = ask(&["2001:db8::1", "2001:db8::2", "fe80::1", "::1"]);
        check(&IpHash, "a; b; c; d; e", &six, "a b d a");
        for (down, told) in
            [("down:a", "b b c c"), ("down:b", "a a a c"), ("down:c", "a a a b"), ("down:a down:b", "c c c c")]
        {
            check(&IpHash, "a; b; c", &format!("{down} {four}"), told);
        }
    }

    /// The hash goes on from where it was: 192.0.2.7 falls on the first peer twice and then on the second.
    #[test]
    fn the_hash_carries_over_between_tries() {
        check(&IpHash, "a; b; c", "address:192.0.2.7 die:a one", "a>b");
        check(&IpHash, "a; b; c", "address:192.0.2.7 die:a,b one", "a>b>c");
        check(&IpHash, "a; b; c", "address:10.0.0.1 die:a,b one", "a>b>c");
        // 10.0.3.1 falls on a, b, c: having passed over a it does not come back to it, though it is free by now.
        check(&IpHash, "a max_conns=1; b; c", "address:192.0.2.7 get address:10.0.3.1 get end:0 fail:1", "a b c");
    }

    #[test]
    fn one_server_and_given_up() {
        check(&IpHash, "a", "address:10.0.0.1 one", "a");
        check(&IpHash, "a; b; c", "down:a down:b down:c address:10.0.0.1 one", "-");
    }
}
