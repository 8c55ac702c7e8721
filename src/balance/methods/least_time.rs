//! `least_time` (`ngx_http_upstream_least_time_module.c`): the peer with the least expected time for its weight.
//!
//! A peer's time is a moving average of its successful answers' times, `0.05 * new + 0.95 * old`, until the header or the
//! last byte. It halves for each `fail_timeout + 1` seconds since the peer was last checked, so that slow peers get a
//! chance. With `inflight` the average of what unanswered requests have taken so far counts where it is larger. Above five
//! seconds all are equally bad; otherwise times are rounded up to the next multiple of 20 milliseconds, so that peers of
//! similar speed share. What is expected is that time for each open connection and the new one; equals go round robin.
//!
//! Weights 1 and 1, averages 8 and 48 ms, no connections: 20 against 60; with two connections open to the first,
//! 60 against 60, and they take turns.

use super::least_conn::least;
use super::{Choice, Draw};
use crate::balance::{Millis, Peer, Random, Watch};

/// Which average counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Until the header (in `stream`: until the first byte or the connection).
    #[default]
    Header,
    /// Until the last byte.
    LastByte,
}

/// The parameters of `least_time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// Which average counts.
    pub by: Measure,
    /// Requests that are not answered yet count.
    pub inflight: bool,
}

/// Above this many milliseconds all are equally bad.
const WORST: u64 = 5000;
/// Times in the same stretch of so many milliseconds are equal.
const STRETCH: u64 = 20;

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>, measured: Measured) -> Choice {
    if draw.peers.single {
        return Choice::RoundRobin;
    }
    if draw.is_stale {
        return Choice::Busy;
    }
    let choice = draw.bound().map_or_else(|| quickest(draw, measured), Choice::Peer);
    if let Choice::Peer(index) = choice
        && measured.inflight
    {
        began(&mut draw.peers.list[index], draw.now);
        draw.selection.inflight = true;
    }
    choice
}

fn quickest<R: Random, W: Watch>(draw: &mut Draw<R, W>, measured: Measured) -> Choice {
    age_unanswered(draw);
    let load = |draw: &mut Draw<R, W>, index: usize| {
        let peer = &draw.peers.list[index];
        (expected(peer, measured, draw.now), peer.parameters.weight)
    };
    // While it looks whose turn it is, nginx divides the first one's time by the weight of the one that is ahead.
    least(draw, load, |first, ahead| (first.0, ahead.1))
}

/// Every look at a peer with unanswered requests moves the average of what they have taken.
fn age_unanswered<R: Random, W: Watch>(draw: &mut Draw<R, W>) {
    let (tried, now) = (&draw.selection.tried, draw.now);
    for (index, peer) in draw.peers.list.iter_mut().enumerate() {
        if peer.times.inflight_requests > 0 && peer.refusal_of(index, tried, now.seconds()).is_none() {
            let times = &mut peer.times;
            let so_far =
                (times.inflight_total / times.inflight_requests).wrapping_add(now.since(times.inflight_changed));
            average(&mut times.inflight, so_far);
        }
    }
}

/// Milliseconds that a peer is expected to take for what it has and one more.
pub(super) fn expected(peer: &Peer, measured: Measured, now: Millis) -> u64 {
    let mut time = match measured.by {
        Measure::Header => peer.times.header,
        Measure::LastByte => peer.times.response,
    };
    let idle = now.seconds() - peer.checked;
    if idle > peer.parameters.fail_timeout {
        // As a processor shifts, modulo 64; by then a peer that was ever used has been idle for minutes.
        time = time.wrapping_shr((idle / (peer.parameters.fail_timeout + 1)) as u32);
    }
    if peer.times.inflight_requests > 0 {
        time = time.max(peer.times.inflight);
    }
    let rounded = if time > WORST { WORST } else { time + STRETCH - time % STRETCH };
    rounded * (1 + peer.conns)
}

/// The moving average, rounded to the nearest; the first value stands for itself.
fn average(average: &mut u64, value: u64) {
    *average = if *average == 0 { value } else { (0.5 + (value as f64 * 0.05 + *average as f64 * 0.95)) as u64 };
}

/// A request was sent to the peer.
fn began(peer: &mut Peer, now: Millis) {
    let times = &mut peer.times;
    if times.inflight_requests > 0 {
        let since = now.since(times.inflight_changed);
        times.inflight_total = times.inflight_total.wrapping_add(since * times.inflight_requests);
    }
    times.inflight_changed = now;
    times.inflight_requests += 1;
}

/// A request is answered, or was given up; it had taken `taken` milliseconds, where that is known.
fn done(peer: &mut Peer, taken: Option<u64>, now: Millis) {
    let times = &mut peer.times;
    if times.inflight_requests == 1 {
        times.inflight_total = 0;
    } else {
        let since = now.since(times.inflight_changed) * times.inflight_requests;
        // nginx subtracts -1 where it does not know.
        times.inflight_total = times.inflight_total.wrapping_add(since).wrapping_sub(taken.unwrap_or(u64::MAX));
        times.inflight_changed = now;
    }
    times.inflight_requests -= 1;
}

/// The header has come after `header_time`: if that is what counts, `inflight` counts it at once.
pub(in crate::balance) fn header(
    peer: &mut Peer,
    measured: Measured,
    inflight: &mut bool,
    header_time: u64,
    now: Millis,
) {
    if !measured.inflight || measured.by != Measure::Header {
        return;
    }
    average(&mut peer.times.header, header_time);
    if std::mem::take(inflight) {
        done(peer, Some(header_time), now);
    }
}

/// The request is through with the peer. `well` has the times of an attempt that did not fail.
pub(in crate::balance) fn freed(
    peer: &mut Peer,
    measured: Measured,
    inflight: &mut bool,
    response_time: Option<u64>,
    well: Option<u64>,
    now: Millis,
) {
    if std::mem::take(inflight) {
        done(peer, response_time, now);
    }
    let (Some(header_time), Some(response_time)) = (well, response_time) else { return };
    average(&mut peer.times.response, response_time);
    if !(measured.inflight && measured.by == Measure::Header) {
        average(&mut peer.times.header, header_time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Method::LeastTime;
    use crate::balance::tests::check;

    const HEADER: Measured = Measured { by: Measure::Header, inflight: false };

    #[test]
    fn the_worked_table() {
        // Averages 8 and 48: 20 against 60.
        let measured = "at:1000 get get took:8 end:0 took:48 end:1";
        check(&LeastTime(HEADER), "a; b", &format!("{measured} get"), "a b a");
        // With two connections 60 against 60: they take turns, and a has had the last one.
        check(&LeastTime(HEADER), "a; b", &format!("{measured} get get get get"), "a b a a b a");
    }

    #[test]
    fn the_average() {
        let mut value = 0;
        let told: Vec<u64> = [100, 200, 200, 0]
            .iter()
            .map(|taken| {
                average(&mut value, *taken);
                value
            })
            .collect();
        assert_eq!(told, [100, 105, 110, 105]);
    }

    /// Halves for each `fail_timeout + 1` seconds of rest, up to the next multiple of 20, once for each connection.
    #[test]
    fn what_is_expected() {
        let cases = [
            (0, 0, 0, 20),
            (19, 0, 0, 20),
            (20, 0, 0, 40),
            (20, 0, 2, 120),
            (5000, 0, 0, 5020),
            (5001, 0, 0, 5000),
            (400, 10, 0, 420),
            (400, 11, 0, 220),
            (400, 22, 0, 120),
        ];
        for (average, idle, conns, told) in cases {
            let mut peer =
                crate::balance::tests::group(LeastTime(HEADER), "a").peers(crate::balance::Tier::Primary)[0].clone();
            (peer.times.header, peer.checked, peer.conns) = (average, 100, conns);
            assert_eq!(expected(&peer, HEADER, Millis((100 + idle) * 1000)), told, "{average} {idle} {conns}");
        }
    }

    #[test]
    fn a_weight_divides() {
        let measured = "at:1000 get get took:48 end:0 end:1";
        check(&LeastTime(HEADER), "a weight=3; b", &format!("{measured} get*4 conns"), "a a a b a b [2 2]");
    }

    /// Unanswered requests count once they take longer than the average.
    #[test]
    fn inflight() {
        let by_last_byte = |inflight| LeastTime(Measured { by: Measure::LastByte, inflight });
        let begun = "at:1000 get get took:10 end:0 end:1 get";
        let waits = format!("{begun} get at:3000 end:3 get*3");
        check(&by_last_byte(true), "a; b", &waits, "a b b a a a a");
        check(&by_last_byte(false), "a; b", &waits, "a b b a a a b");
        check(&by_last_byte(true), "a; b", &format!("{begun} fail:2 at:2000 conns"), "a b b a [1 0]");
    }
}
