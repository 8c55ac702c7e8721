//! Who takes note during a run: the report, the picks, the backtest, the comparison.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::net::IpAddr;
use std::rc::Rc;

use super::engine::Sink;
use super::outcome::{Label, Outcome, Production};
use super::report::backtest::Backtest;
use super::report::compare::Compare;
use super::report::{self, Report, picks};
use crate::balance::{Millis, Peer};
use crate::exchange::Attempt;

/// Bytes of picks that are collected before they are written.
const CHUNK: usize = 64 * 1024;

/// All notes of one run.
#[derive(Default)]
pub struct Books {
    /// What is counted.
    pub report: Report,
    /// The prediction beside the log, if that is asked for.
    pub backtest: Option<Backtest>,
    groups: Vec<String>,
    picks: Option<Picks>,
    pairing: Option<(Rc<RefCell<Pairing>>, Side)>,
}

/// The file of picks.
struct Picks {
    out: Box<dyn Write>,
    ready: Vec<u8>,
    failed: Option<io::Error>,
}

impl Books {
    /// Writes a line for every request, too.
    #[must_use]
    pub fn with_picks(self, out: Box<dyn Write>) -> Books {
        Books { picks: Some(Picks { out, ready: Vec::with_capacity(2 * CHUNK), failed: None }), ..self }
    }

    /// Compares with the log, too.
    #[must_use]
    pub fn with_backtest(self) -> Books {
        Books { backtest: Some(Backtest::default()), ..self }
    }

    /// Tells its outcomes to a comparison, too.
    #[must_use]
    pub fn paired(self, pairing: &Rc<RefCell<Pairing>>, side: Side) -> Books {
        Books { pairing: Some((Rc::clone(pairing), side)), ..self }
    }

    /// The run is over: counts to its end, and writes what is left.
    ///
    /// # Errors
    /// What the system said when the picks could not be written.
    pub fn close(&mut self) -> io::Result<()> {
        self.report.close();
        let Some(picks) = &mut self.picks else { return Ok(()) };
        picks.flush();
        picks.failed.take().map_or_else(|| picks.out.flush(), Err)
    }
}

impl Picks {
    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(&self.ready).err();
        }
        self.ready.clear();
    }
}

impl Sink for Books {
    fn new_group(&mut self, name: &str) {
        self.groups.push(name.to_owned());
        self.report.new_group(name);
        if let Some(backtest) = &mut self.backtest {
            backtest.new_group(name);
        }
    }

    fn new_peer(&mut self, group: u32, peer: &Peer, backup: bool) {
        self.report.new_peer(group, report::Peer::of(peer, backup));
    }

    fn outcome(&mut self, outcome: &Outcome<'_>) {
        self.report.add(outcome);
        if let Some(picks) = &mut self.picks {
            picks::write(&mut picks.ready, outcome, &self.groups);
            if picks.ready.len() >= CHUNK {
                picks.flush();
            }
        }
        if let Some(backtest) = &mut self.backtest {
            backtest.add(outcome);
        }
        if let Some((pairing, side)) = &self.pairing {
            pairing.borrow_mut().ended(*side, outcome);
        }
    }
}

/// Which of two configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one given first.
    Before,
    /// The one it is held against.
    After,
}

/// Brings together what became of each request under two configurations, which may end in another order.
#[derive(Debug, Default)]
pub struct Pairing {
    /// The comparison.
    pub compare: Compare,
    waiting: HashMap<u64, (Side, Ended)>,
}

/// What is remembered of the side that ended first.
#[derive(Debug)]
struct Ended {
    status: u16,
    last: Option<Attempt>,
    client: Option<IpAddr>,
    session: Option<Box<[u8]>>,
}

impl Pairing {
    fn ended(&mut self, side: Side, outcome: &Outcome<'_>) {
        match self.waiting.remove(&outcome.number) {
            Some((other, ended)) if other != side => {
                let ended = ended.as_outcome();
                match side {
                    Side::Before => self.compare.pair(outcome, &ended),
                    Side::After => self.compare.pair(&ended, outcome),
                }
            }
            _ => drop(self.waiting.insert(outcome.number, (side, Ended::of(outcome)))),
        }
    }
}

impl Ended {
    fn of(outcome: &Outcome<'_>) -> Ended {
        Ended {
            status: outcome.status,
            last: outcome.attempts.last().cloned(),
            client: outcome.client,
            session: outcome.session.map(Into::into),
        }
    }

    fn as_outcome(&self) -> Outcome<'_> {
        Outcome {
            id: Label::Number(0),
            number: 0,
            line: 0,
            time: Millis(0),
            client: self.client,
            session: self.session.as_deref(),
            production: Production::default(),
            worker: 0,
            upstream: None,
            attempts: self.last.as_slice(),
            status: self.status,
            finished: Millis(0),
            waited: 0,
            moved_from: None,
        }
    }
}
