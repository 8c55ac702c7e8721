//! `least_conn` (`ngx_http_upstream_least_conn_module.c`): the peer with the fewest connections for its weight,
//! compared as `conns * other weight`. Equals go round robin among themselves, and only their weights change.
//!
//! Weights 2 and 1, requests that do not end: connections 0/0 tie (a), 1/0 (b), 1/1 (a: 1/2 < 1/1), 2/1 tie (b has the
//! larger current weight), and so on: two to one.

use std::cmp::Ordering;

use super::{Choice, Draw};
use crate::balance::{Millis, Peers, Random, Sight, Watch, slow_start};

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    if draw.peers.single {
        return Choice::RoundRobin;
    }
    if draw.is_stale {
        return Choice::Busy;
    }
    if let Some(index) = draw.bound() {
        return Choice::Peer(index);
    }
    let load =
        |draw: &mut Draw<R, W>, index: usize| (draw.peers.list[index].conns, weight(draw.peers, index, draw.now));
    least(draw, load, |_, ahead| ahead)
}

/// The weight by which the load is divided: its own, or in a group with `slow_start` what it has of it.
fn weight(peers: &mut Peers, index: usize, now: Millis) -> i64 {
    let ramps = peers.ramps;
    let peer = &mut peers.list[index];
    if ramps { peer.parameters.weight * slow_start::percent(peer, now) } else { peer.parameters.weight }
}

/// A load, and the weight by which it is divided.
pub(super) type Load = (u64, i64);

/// The eligible peer with the least load for its weight, of equals the one whose turn it is. While the turn is looked for,
/// `bar` says what a peer must equal, by what the first of the equals has and what the one has that is ahead so far.
pub(super) fn least<R: Random, W: Watch>(
    draw: &mut Draw<R, W>,
    mut load_of: impl FnMut(&mut Draw<R, W>, usize) -> Load,
    bar: impl Fn(Load, Load) -> Load,
) -> Choice {
    let mut best: Option<(usize, Load)> = None;
    let mut tie = false;
    for index in 0..draw.peers.list.len() {
        if !draw.is_eligible(index) {
            continue;
        }
        let here = load_of(draw, index);
        draw.watch.see(|| Sight::Load { peer: index as u32, load: here.0, weight: here.1 });
        match best.map(|(_, least)| compare(here, least)) {
            Some(Ordering::Greater) => {}
            Some(Ordering::Equal) => tie = true,
            Some(Ordering::Less) | None => {
                best = Some((index, here));
                tie = false;
            }
        }
    }
    let Some((first, least)) = best else { return Choice::Nobody };
    if !tie {
        return Choice::Peer(first);
    }
    draw.watch.see(|| Sight::Tie);
    let all = first..draw.peers.list.len();
    let chosen = draw.weighted(all, |draw, index, ahead| {
        let bar = ahead.map_or(least, |ahead| bar(least, load_of(draw, ahead)));
        compare(load_of(draw, index), bar) == Ordering::Equal && draw.is_eligible(index)
    });
    chosen.map_or(Choice::Nobody, Choice::Peer)
}

/// Which load is less for its weight: compared by multiplication, as nginx does.
pub(super) fn compare(one: Load, other: Load) -> Ordering {
    let product = |load: u64, weight: i64| u128::from(load) * u128::from(weight.unsigned_abs());
    product(one.0, other.1).cmp(&product(other.0, one.1))
}

#[cfg(test)]
mod tests {
    use crate::balance::Method::LeastConn;
    use crate::balance::tests::check;

    #[test]
    fn the_worked_table() {
        check(&LeastConn, "a weight=2; b", "get*6 conns", "a b a b a a [4 2]");
    }

    #[test]
    fn fewest_connections_for_the_weight() {
        check(&LeastConn, "a; b; c", "get*3 end:1 get end:2 get*2 conns", "a b c b c c [1 1 2]");
        check(&LeastConn, "a weight=10; b", "get*10 get conns", "a b a a a a a a a a a [10 1]");
    }

    #[test]
    fn equals_take_turns() {
        check(&LeastConn, "a; b; c", "one*6", "a b c a b c");
        check(&LeastConn, "a weight=5; b; c", "one*7", "a a b a c a a");
        // Only the equals gain: c is busy and gets nothing for the time of waiting.
        check(&LeastConn, "a; b; c", "get*3 end:0 end:1 one*4 end:2 one*3", "a b c b a b a c b c");
    }

    #[test]
    fn the_next_one_after_a_failure() {
        check(&LeastConn, "a; b; c", "die:a get one conns", "a>b c [0 1 0]");
        check(&LeastConn, "a; b backup", "die:a one*2", "a>b b");
    }
}
