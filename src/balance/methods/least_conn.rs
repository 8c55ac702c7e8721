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
