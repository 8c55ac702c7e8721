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
use crate::balance::{Random, Standing, Watch};

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
        None => draw.weighted(0..draw.peers.list.len(), Draw::may_have).map_or(Choice::Nobody, Choice::Peer),
        Some(index) => {
            reweigh_for(draw, index);
            Choice::Peer(index)
        }
    }
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
