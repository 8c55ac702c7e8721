//! Smooth weighted round robin, nginx's default (`ngx_http_upstream_get_peer` in `ngx_http_upstream_round_robin.c`).
//!
//! Every eligible peer gains its effective weight; the one with the largest current weight is chosen (of equals the
//! first) and pays the sum of what all gained. Over a period of as many picks as the weights sum up to, each peer is
//! chosen as often as its weight says, spread as evenly as can be. Weights 5, 1, 1:
//!
//! | current weights after the gain | chosen | after it paid 7 |
//! |---|---|---|
//! | 5 1 1 | a | -2 1 1 |
//! | 3 2 2 | a | -4 2 2 |
//! | 1 3 3 | b | 1 -4 3 |
//! | 6 -3 4 | a | -1 -3 4 |
//! | 4 -2 5 | c | 4 -2 -2 |
//! | 9 -1 -1 | a | 2 -1 -1 |
//! | 7 0 0 | a | 0 0 0 |
//!
//! A session may run ahead of its turn by one request: a peer whose current weight is at the bottom,
//! `-(total_weight - weight)`, serves it without any weight changing.

use super::{Choice, Draw};
use crate::balance::{Random, Sight, Standing, Watch};

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    if draw.is_stale {
        return Choice::Busy;
    }
    if draw.peers.single {
        return single(draw);
    }
    let bound = draw.bound();
    if let Some(index) = bound {
        let peer = &draw.peers.list[index];
        if peer.current_weight <= peer.parameters.weight - draw.peers.total_weight {
            return Choice::Peer(index);
        }
    }
    match bound {
        None => among_all(draw).map_or(Choice::Nobody, Choice::Peer),
        Some(index) => {
            reweigh_for(draw, index);
            Choice::Peer(index)
        }
    }
}

/// [`Draw::weighted`] among all peers, in one pass without a look-up: the common case.
fn among_all<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Option<usize> {
    let now = draw.now.seconds();
    let (mut best, mut most, mut total) = (None, 0, 0);
    let ramps = draw.peers.ramps;
    for (index, peer) in draw.peers.list.iter_mut().enumerate() {
        if let Some(refusal) = peer.refusal_of(index, &draw.selection.tried, now) {
            draw.watch.see(|| Sight::Refused(index as u32, refusal));
            continue;
        }
        total += peer.gain(index, ramps, draw.now, draw.watch);
        if best.is_none() || peer.current_weight > most {
            (best, most) = (Some(index), peer.current_weight);
        }
    }
    let best = best?;
    draw.peers.pay(best, total, draw.watch);
    Some(best)
}

/// The only peer: neither failures nor earlier tries count.
fn single<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    let bound = draw.bound().is_some();
    match draw.peers.list.first() {
        Some(peer) if bound || (peer.parameters.standing == Standing::Up && peer.healthy && !peer.is_full()) => {
            Choice::Peer(0)
        }
        _ => Choice::Nobody,
    }
}

/// All eligible peers gain as ever, and the session's peer pays.
fn reweigh_for<R: Random, W: Watch>(draw: &mut Draw<R, W>, bound: usize) {
    let mut total = 0;
    for index in 0..draw.peers.list.len() {
        if draw.is_eligible(index) {
            total += draw.peers.gain(index, draw.now, draw.watch);
        }
    }
    draw.peers.pay(bound, total, draw.watch);
}

#[cfg(test)]
mod tests {
    use crate::balance::Method::RoundRobin;
    use crate::balance::tests::check;

    #[test]
    fn the_worked_table() {
        let rows = "5 1 1|a|-2 1 1 3 2 2|a|-4 2 2 1 3 3|b|1 -4 3 6 -3 4|a|-1 -3 4 4 -2 5|c|4 -2 -2 9 -1 -1|a|2 -1 -1 \
                    7 0 0|a|0 0 0";
        check(&RoundRobin, "a weight=5; b; c", "row*7", rows);
    }

    #[test]
    fn only_the_eligible_gain() {
        check(&RoundRobin, "a weight=5; b; c", "down:a row*2 up:a row", "1 1|b|0 -1 1 0 2|c|0 0 0 5 1 1|a|-2 1 1");
        check(&RoundRobin, "a; b; c", "one*7", "a b c a b c a");
        check(&RoundRobin, "a weight=2; b weight=3", "one*10", "b a b a b b a b a b");
    }

    #[test]
    fn weight_grows_back_by_one_a_pick() {
        let two = "a weight=3 max_fails=3; b weight=3";
        check(&RoundRobin, two, "die:a one effective live:a one effective one effective", "a>b [2 3] b [3 3] b [3 3]");
    }

    #[test]
    fn a_session_runs_ahead_by_one() {
        check(&RoundRobin, "a; b; c", "bound:a row*3", "1 1 1|a|-2 1 1 |a|-2 1 1 |a|-2 1 1");
        check(&RoundRobin, "a; b; c", "bound:a one*3 bound: one*3", "a a a b c a");
        check(&RoundRobin, "a; b; c", "bound:nobody one*3", "a b c");
        check(&RoundRobin, "a; b; c", "bound:b die:b one*2", "b>a c");
    }
}
