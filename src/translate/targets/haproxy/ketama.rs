//! `hash KEY consistent`: nginx's ring as a map. A key's sum lies between two of its points. What lies
//! between two points is written as networks of IPv4 addresses, which are numbers of 32 bits too, and leads to the servers
//! in the order in which nginx would try them.

use super::Work;
use super::plan::Rule;
use super::servers::Peer;
use crate::balance::{self, Parameters, Peers, Ring};
use crate::translate::output::{File, Lines};
use crate::translate::subject::SubjectId;

/// nginx looks at so many points and one more.
const MISSES: usize = 20;

/// Writes the map of a backend, and the rules that read it.
pub fn plan(work: &mut Work, name: &str, peers: &[Peer], from: SubjectId, lines: &mut Vec<Rule>) {
    let path = format!("{name}.ring.map");
    let ways = ways(peers);
    let most = ways.iter().map(|(_, way)| way.len()).max().unwrap_or(0);
    let mut out = Lines::default();
    for (first, last, way) in arcs(&ways) {
        let names: Vec<&str> = way.iter().map(|peer| peers[*peer as usize].name.as_str()).collect();
        for (address, bits) in networks(first, last) {
            out.plain(&format!("{}/{bits} {}", std::net::Ipv4Addr::from(address), names.join("-")));
        }
    }
    work.files.push(File { path: path.clone(), ..out.file(&path) });
    let mut set = |text: String| lines.push(Rule::always(text, &[from]));
    set("http-request set-var(txn.sum) var(txn.key),crc32".to_owned());
    set(format!("http-request set-var(txn.way) var(txn.sum),map_ip({path})"));
    for place in 1..=most {
        let when = "{ var(txn.way) -m found }";
        lines.push(Rule::when(format!("use-server %[var(txn.way),word({place},-)]"), when, &[from]));
    }
}

/// For each point its hash, and the servers of it and of those behind it, each once.
fn ways(peers: &[Peer]) -> Vec<(u32, Vec<u32>)> {
    let peer = |peer: &Peer| {
        let server = balance::Server::new(&peer.text, peer.text.as_bytes(), None, 0);
        balance::Peer::new(server, Parameters { weight: peer.weight as i64, ..Parameters::default() })
    };
    let list: Vec<balance::Peer> = peers.iter().map(peer).collect();
    let ring = Ring::of(&Peers::from(list));
    let points: Vec<(u32, &[u32])> = ring.points().collect();
    let goes_on = peers.iter().any(|peer| peer.may_be_down);
    let looks = if goes_on { (MISSES + 1).min(points.len()) } else { 1 };
    let way = |start: usize| {
        let mut way: Vec<u32> = Vec::new();
        for (_, members) in points.iter().cycle().skip(start).take(looks) {
            way.extend(members.iter().filter(|member| !way.contains(member)).collect::<Vec<_>>());
        }
        way
    };
    points.iter().enumerate().map(|(n, (hash, _))| (*hash, way(n))).collect()
}

/// The arcs between points, those with the same servers joined.
fn arcs(ways: &[(u32, Vec<u32>)]) -> Vec<(u32, u32, &[u32])> {
    let mut arcs: Vec<(u32, u32, &[u32])> = Vec::new();
    let mut first = 0_u64;
    let end = ways.first().map(|(_, way)| (u32::MAX, way));
    for (last, way) in ways.iter().map(|(hash, way)| (*hash, way)).chain(end) {
        if u64::from(last) < first {
            continue;
        }
        match arcs.last_mut() {
            Some(arc) if arc.2 == way.as_slice() => arc.1 = last,
            _ => arcs.push((first as u32, last, way)),
        }
        first = u64::from(last) + 1;
    }
    arcs
}

/// The networks that make up the numbers from one to another.
fn networks(first: u32, last: u32) -> Vec<(u32, u32)> {
    let (mut at, last) = (u64::from(first), u64::from(last));
    let mut networks = Vec::new();
    while at <= last {
        let fits = |bits: &u32| at % (1 << bits) == 0 && at + (1 << bits) - 1 <= last;
        let bits = (0..=32).rev().find(fits).unwrap_or(0);
        networks.push((at as u32, 32 - bits));
        at += 1 << bits;
    }
    networks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_cover_each_number_once() {
        assert_eq!(networks(0, u32::MAX), [(0, 0)]);
        assert_eq!(networks(1, 6), [(1, 32), (2, 31), (4, 31), (6, 32)]);
        assert_eq!(networks(7, 7), [(7, 32)]);
        assert_eq!(networks(u32::MAX, u32::MAX), [(u32::MAX, 32)]);
    }

    #[test]
    fn arcs_end_at_their_points_and_go_round() {
        let ways = [(10, vec![0]), (20, vec![1]), (30, vec![1])];
        assert_eq!(arcs(&ways), [(0, 10, &[0][..]), (11, 30, &[1]), (31, u32::MAX, &[0])]);
        assert_eq!(arcs(&[(u32::MAX, vec![0])]), [(0, u32::MAX, &[0][..])]);
    }
}
