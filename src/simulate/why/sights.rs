//! What the balancer showed, in words.

use crate::balance::{Group, Method, Millis, Peer, PeerId, Refusal, Sight, Tier};

/// The method, as the configuration names it.
pub fn method(method: &Method) -> &'static str {
    match method {
        Method::RoundRobin => "round robin",
        Method::LeastConn => "least_conn",
        Method::LeastTime(_) => "least_time",
        Method::IpHash => "ip_hash",
        Method::Hash => "hash",
        Method::Consistent(_) => "hash consistent",
        Method::Random => "random",
        Method::RandomTwo(_) => "random two",
    }
}

/// A line for everything that was seen while a peer of the group was chosen.
pub fn told(seen: &[Sight], group: &Group, now: Millis) -> Vec<String> {
    let mut tier = Tier::Primary;
    let mut lines = Vec::new();
    for sight in seen {
        if let Sight::From(from) = sight {
            tier = *from;
            if tier == Tier::Backup {
                lines.push("the backup servers:".to_owned());
            }
            continue;
        }
        lines.push(line(*sight, tier, group, now));
    }
    lines
}

fn line(sight: Sight, tier: Tier, group: &Group, now: Millis) -> String {
    let peer = |index: u32| group.peer(PeerId { tier, index });
    let name = |index: u32| peer(index).map_or_else(String::new, |peer| peer.server.addr.to_string());
    match sight {
        Sight::From(_) => String::new(),
        Sight::Bound(index, None) => format!("{}: the session's own peer", name(index)),
        Sight::Bound(index, Some(refusal)) => {
            format!("{}: the session's own peer, but {}", name(index), reason(refusal, peer(index), now))
        }
        Sight::BoundElsewhere => "the session's server is not among these".to_owned(),
        Sight::Refused(index, refusal) => {
            format!("{}: not eligible, {}", name(index), reason(refusal, peer(index), now))
        }
        Sight::Gains { peer, before, gain } => {
            format!("{}: current weight {before} + {gain} = {}", name(peer), before + gain)
        }
        Sight::Pays { peer: index, total } => {
            let left = peer(index).map_or(0, |peer| peer.current_weight);
            format!("{}: has most, and pays {total}: current weight {left}", name(index))
        }
        Sight::Load { peer, load, weight } => format!("{}: load {load}, weight {weight}", name(peer)),
        Sight::Tie => "several have the least: round robin among them".to_owned(),
        Sight::Hashed { hash, modulo, peer } => {
            format!("hash {hash} % {} = {modulo}: {}", group.weight_of(tier), name(peer))
        }
        Sight::Point { hash, peer } => {
            let owner = peer.map_or_else(|| "a server that is not among these".to_owned(), name);
            format!("the next point of the ring is {hash:08x}: {owner}")
        }
        Sight::Drawn { modulo, peer } => format!("random() % {} = {modulo}: {}", group.weight_of(tier), name(peer)),
        Sight::GaveUp => "round robin decides".to_owned(),
        Sight::Changed => "the servers of the group have changed since it began: no further try".to_owned(),
        Sight::Chosen(index) => format!("{}: chosen", name(index)),
        Sight::NoneOf(Tier::Primary) => "none of the servers is eligible".to_owned(),
        Sight::NoneOf(Tier::Backup) => "none of the backup servers is eligible".to_owned(),
    }
}

fn reason(refusal: Refusal, peer: Option<&Peer>, now: Millis) -> String {
    let Some(peer) = peer else { return String::new() };
    match refusal {
        Refusal::Tried => "tried already".to_owned(),
        Refusal::Down => "down".to_owned(),
        Refusal::Draining => "draining".to_owned(),
        Refusal::Unhealthy => "its health check fails".to_owned(),
        Refusal::Failed => {
            let (fails, most) = (peer.fails, peer.parameters.max_fails);
            let until = peer.checked.saturating_add(peer.parameters.fail_timeout).saturating_add(1);
            let left = until.saturating_sub(now.seconds());
            format!("failed {fails} of {most} times, for {left} s more")
        }
        Refusal::Full => format!("has {} of {} connections", peer.conns, peer.parameters.max_conns),
    }
}
