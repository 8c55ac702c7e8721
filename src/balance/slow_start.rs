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

#[cfg(test)]
mod tests {
    use crate::balance::tests::{Given, group};
    use crate::balance::{Freed, Group, Method, Millis, Selection, Unwatched};

    const WELL: Freed = Freed::Well { header_time: Some(1), response_time: 1 };

    /// One request, which fails where `fails` says so of its peer.
    fn request(group: &mut Group, now: u64, fails: impl Fn(u32) -> bool) -> u32 {
        let mut selection = Selection::default();
        group.start(&mut selection);
        loop {
            let (rng, now) = (&mut Given::default(), Millis(now));
            let peer = group.pick(&mut selection, now, rng, &mut Unwatched).unwrap().index;
            group.free(&mut selection, if fails(peer) { Freed::Failed } else { WELL }, now);
            if !fails(peer) {
                return peer;
            }
        }
    }

    /// The first peer's share in so many stretches of time, of a request every millisecond.
    fn shares(group: &mut Group, begin: u64, stretches: u64, milliseconds: u64) -> Vec<f64> {
        let mut share = |stretch| {
            let begin = begin + stretch * milliseconds;
            let first = (begin..begin + milliseconds).filter(|now| request(group, *now, |_| false) == 0).count();
            first as f64 / milliseconds as f64
        };
        (0..stretches).map(&mut share).collect()
    }

    fn near(shares: &[f64], told: &[f64], tolerance: f64) {
        let far = shares.iter().zip(told).find(|(share, told)| (*share - *told).abs() > tolerance);
        assert!(far.is_none() && shares.len() == told.len(), "{shares:?} instead of {told:?}");
    }

    /// What Angie 1.13 did, second by second, and what `f / (1 + f)` says.
    #[test]
    fn a_server_comes_back() {
        for method in [Method::RoundRobin, Method::LeastConn] {
            let mut group = group(method, "a weight=4 slow_start=10000; b weight=4");
            assert_eq!(request(&mut group, 0, |peer| peer == 0), 1);
            // fail_timeout is 10 s; the ramp begins with the first success.
            while request(&mut group, 11_000, |_| false) != 0 {}
            let shares = shares(&mut group, 11_000, 11, 1000);
            near(&shares, &[0.048, 0.130, 0.200, 0.259, 0.310, 0.355, 0.394, 0.429, 0.460, 0.487, 0.500], 0.008);
            near(&shares, &[0.040, 0.123, 0.197, 0.256, 0.310, 0.350, 0.393, 0.429, 0.456, 0.485, 0.500], 0.004);
        }
    }

    /// One failure of four takes a quarter of the way back.
    #[test]
    fn a_failure_sets_the_ramp_back() {
        let mut group = group(Method::RoundRobin, "a weight=4 slow_start=8000 max_fails=4; b weight=4");
        request(&mut group, 100_000, |peer| peer == 0);
        near(&shares(&mut group, 100_000, 5, 500), &[0.439, 0.458, 0.475, 0.492, 0.500], 0.006);
    }

    #[test]
    fn new_servers_begin_whole() {
        let mut group = group(Method::RoundRobin, "a weight=4 slow_start=10000; b weight=4");
        near(&shares(&mut group, 0, 2, 1000), &[0.5, 0.5], 0.001);
    }
}
