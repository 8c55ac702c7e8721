//! When requests arrive, where `[[rate]]` makes them come faster or slower.
//!
//! Within a window the trace's time passes `factor` times as fast as the simulation's: no request is made up or left
//! out, they come closer together or further apart. The windows are the simulation's time, as those of faults are; what
//! comes after a window comes earlier or later by what was gained.

use super::Scenario;
use super::timeline::Timeline;
use crate::balance::Millis;

/// The trace's time to the simulation's.
#[derive(Debug, Clone)]
pub struct Pace {
    /// From the last to the first; the first begins at 0. Empty where nothing changes the rate.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    trace: f64,
    simulated: f64,
    factor: f64,
}

impl Pace {
    /// The pace of a scenario; of several rates that cover a time the first counts.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Pace {
        let factor = |now| scenario.rates.iter().find(|rate| rate.window.holds(now)).map_or(1.0, |rate| rate.factor);
        let line = Timeline::new(scenario.rates.iter().map(|rate| rate.window), factor);
        let mut pieces: Vec<Piece> = Vec::new();
        for (at, factor) in line.steps() {
            let simulated = at.0 as f64;
            let trace = pieces.last().map_or(0.0, |last| last.trace + (simulated - last.simulated) * last.factor);
            pieces.push(Piece { trace, simulated, factor });
        }
        pieces.reverse();
        Pace { pieces: if scenario.rates.is_empty() { Vec::new() } else { pieces } }
    }

    /// When a request arrives that arrived then in the trace. Order is kept.
    #[must_use]
    pub fn at(&self, trace: Millis) -> Millis {
        let time = trace.0 as f64;
        let piece = self.pieces.iter().find(|piece| piece.trace <= time);
        piece.map_or(trace, |piece| Millis((piece.simulated + (time - piece.trace) / piece.factor) as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scenario: &str, cases: &[(u64, u64)]) {
        let pace = Pace::new(&Scenario::parse(scenario).unwrap());
        for (trace, simulated) in cases {
            assert_eq!(pace.at(Millis(*trace)), Millis(*simulated), "{trace}");
        }
    }

    #[test]
    fn bends_time() {
        check("", &[(0, 0), (1234, 1234)]);
        let double = "[[rate]]\nfrom = 10\nto = 20\nfactor = 2\n";
        check(double, &[(9_999, 9_999), (10_000, 10_000), (20_000, 15_000), (30_000, 20_000), (31_000, 21_000)]);
        check("[[rate]]\nfactor = 0.5\n", &[(0, 0), (1000, 2000), (1001, 2002)]);
        check("[[rate]]\nto = 1\nfactor = 4\n[[rate]]\nfactor = 2\n", &[(4000, 1000), (6000, 2000)]);
    }
}
