//! `slow_start` of NGINX Plus: after a failure a server's weight grows from 0 to its own in the given time.
//!
//! NGINX Plus's code is not public; this is the arithmetic of Angie, an open fork, measured there. All weights count a
//! hundredfold, so that a recovering peer has `f` percent of its own: `f = (now - ramp) * 100 / slow_start`.
//! With `slow_start` a failure takes nothing of the effective weight: it sets the ramp back by
//! `slow_start / max_fails`, and the failure that makes the peer unavailable ends it, to begin anew with the first success.

use super::{Millis, Peer};

/// What a peer gains in a group where some peers have a `slow_start`.
pub(super) fn weight(peer: &mut Peer, now: Millis) -> i64 {
    peer.effective_weight * percent(peer, now)
}

/// How much of its weight a peer has, in percent.
pub(super) fn percent(peer: &mut Peer, now: Millis) -> i64 {
    let Some(began) = peer.ramp else { return 100 };
    let part = now.since(began) * 100 / peer.parameters.slow_start.max(1);
    if part < 100 {
        return part as i64;
    }
    peer.ramp = None;
    100
}

/// It is well again: the ramp begins if it had been unavailable.
pub(super) fn recovered(peer: &mut Peer, now: Millis) {
    let failed = peer.parameters.max_fails > 0 && peer.fails >= peer.parameters.max_fails;
    if peer.parameters.slow_start > 0 && failed {
        peer.ramp = Some(now);
    }
}

/// It failed once more; `fails` counts that already.
pub(super) fn failed(peer: &mut Peer, now: Millis) {
    let (whole, max_fails) = (peer.parameters.slow_start, peer.parameters.max_fails);
    if peer.fails >= max_fails {
        peer.ramp = None;
        return;
    }
    let latest = Millis(now.0.saturating_sub(whole));
    let began = peer.ramp.map_or(latest, |began| began.max(latest));
    peer.ramp = Some(began.plus(whole / max_fails));
}
