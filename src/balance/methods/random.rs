//! `random` and `random two` (`ngx_http_upstream_random_module.c`).
//!
//! `random() % total_weight` falls into the weight of a peer. With `two` a second, different peer is drawn, and the first
//! one is taken only if it has strictly fewer connections for its weight (with NGINX Plus's `least_time`: less time); a
//! tie goes to the second. A draw that falls on a peer that cannot be chosen, or on the same one again, is a miss; after
//! 20 misses it is round robin.

use super::{Choice, Draw, Measured, least_conn::compare, least_time};
use crate::balance::{Random, Sight, Watch};

pub(super) fn one<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    draw_until(draw, |_, _, index| Some(index))
}

pub(super) fn two<R: Random, W: Watch>(draw: &mut Draw<R, W>, by: Option<Measured>) -> Choice {
    draw_until(draw, |draw, first, index| first.map(|first| better(draw, first, index, by)))
}

/// Draws peers until `settle` takes one: it is given the last one that it did not take, and another that can be chosen.
fn draw_until<R: Random, W: Watch>(
    draw: &mut Draw<R, W>,
    settle: impl Fn(&mut Draw<R, W>, Option<usize>, usize) -> Option<usize>,
) -> Choice {
    if draw.has_given_up() {
        return Choice::RoundRobin;
    }
    if let Some(index) = draw.bound() {
        return Choice::Peer(index);
    }
    let mut first = None;
    loop {
        let modulo = i64::from(draw.rng.next()) % draw.peers.total_weight;
        let index = draw.peers.at_weight(modulo);
        draw.watch.see(|| Sight::Drawn { modulo, peer: index as u32 });
        if first != Some(index) && draw.is_eligible(index) {
            if let Some(chosen) = settle(draw, first, index) {
                return Choice::Peer(chosen);
            }
            first = Some(index);
        }
        // The first of two counts as a miss, too.
        if draw.misses() {
            return Choice::RoundRobin;
        }
    }
}

/// The better of two peers.
fn better<R: Random, W: Watch>(draw: &mut Draw<R, W>, first: usize, second: usize, by: Option<Measured>) -> usize {
    let loads = [first, second].map(|index| {
        let peer = &draw.peers.list[index];
        let load = by.map_or(peer.conns, |measured| least_time::expected(peer, measured, draw.now));
        (load, peer.parameters.weight)
    });
    for (index, (load, weight)) in [first, second].into_iter().zip(loads) {
        draw.watch.see(|| Sight::Load { peer: index as u32, load, weight });
    }
    if compare(loads[1], loads[0]).is_gt() { first } else { second }
}

#[cfg(test)]
mod tests {
    use crate::balance::Method::{Random, RandomTwo};
    use crate::balance::tests::check;

    #[test]
    fn a_number_falls_into_a_weight() {
        check(&Random, "a weight=2; b; c weight=3", "draw:0,1,2,3,5,6 one*6", "a a b c c a");
    }

    #[test]
    fn a_miss_draws_again() {
        check(&Random, "a; b; c", "down:b draw:1,1,2 one", "c");
        check(&Random, "a; b; c", "die:a draw:0,0,0,1 one", "a>b");
        // 21 draws on what is down: round robin.
        check(&Random, "a; b; c", "down:a one*3", "b c b");
        check(&Random, "a", "draw:7 one", "a");
    }

    #[test]
    fn the_better_of_two() {
        let two = RandomTwo(None);
        // A tie goes to the second.
        check(&two, "a; b; c", "draw:0,1 one draw:1,0 one", "b a");
        // The same peer again is a miss.
        check(&two, "a; b; c", "draw:0,0,0,2 one", "c");
        check(&two, "a; b; c", "draw:0,1,0,1,0,1 get get get conns", "b a b [1 2 0]");
        // 2 connections for weight 3 are fewer than 1 for weight 1.
        check(&two, "a weight=3; b", "draw:3,0,3,0,0,3,0,3 get*4 conns", "a b a a [3 1]");
        check(&two, "a; b", "down:a draw:0,1 one", "b");
    }
}
