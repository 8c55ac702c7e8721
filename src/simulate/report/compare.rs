//! `--against`: two configurations over the same trace.
//!
//! Both run; their requests come here in pairs. What moved is told as a part of the requests, and as a part of those who
//! sent them: sessions where the trace has them, clients elsewhere. Of those a sample is kept (`Sample`): exact as long
//! as they are few, within about 1 % beyond.

mod sample;
mod table;

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;
use serde::Serialize;

use super::Summary;
use super::numbers::{ratio, rounded};
use crate::simulate::outcome::Outcome;
use sample::Sample;

pub use table::render;

/// Moves from one peer to another that are counted; what comes after goes into one sum.
const MOVES: usize = 4096;

/// The comparison while it goes on.
#[derive(Debug, Clone, Default)]
pub struct Compare {
    requests: u64,
    moved: u64,
    status: u64,
    moves: BTreeMap<(String, String), u64>,
    other_moves: u64,
    senders: Sample,
}

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The version of the form.
    pub schema: u32,
    /// The run with the first configuration.
    pub before: Summary,
    /// The run with the other.
    pub after: Summary,
    /// What the other changed.
    pub moved: Moved,
}

/// What another configuration changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Requests that both answered.
    pub requests: u64,
    /// Requests that another peer answered, or none.
    pub requests_moved: u64,
    /// Their part.
    pub requests_share: f64,
    /// Requests that got another status.
    pub statuses_changed: u64,
    /// Who sent them: sessions where the trace has them, clients elsewhere.
    pub senders: u64,
    /// Those of them of whom a request moved.
    pub senders_moved: u64,
    /// Their part.
    pub senders_share: f64,
    /// Whether the senders were counted one by one, not estimated.
    pub senders_exact: bool,
    /// From which peer to which, the most frequent first.
    pub moves: Vec<Move>,
    /// Moved requests beyond those counted in `moves`.
    pub moves_other: u64,
}

/// Requests that went from one peer to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The peer under the first configuration; `null` where none was tried.
    pub from: Option<String>,
    /// The peer under the other.
    pub to: Option<String>,
    /// How many requests.
    pub requests: u64,
}

impl Compare {
    /// Compares what became of one request under the first configuration and under the other.
    pub fn pair(&mut self, before: &Outcome<'_>, after: &Outcome<'_>) {
        // No address and no group's name is empty.
        let [from, to] = [before, after].map(|outcome| outcome.attempts.last().map_or("", |last| &last.addr));
        self.requests += 1;
        self.status += u64::from(before.status != after.status);
        let moved = from != to;
        if moved {
            self.moved += 1;
            self.note(from, to);
        }
        if let Some(sender) = sender(before) {
            self.senders.add(sender, moved);
        }
    }

    fn note(&mut self, from: &str, to: &str) {
        let way = (from.to_owned(), to.to_owned());
        if self.moves.len() < MOVES {
            *self.moves.entry(way).or_default() += 1;
        } else {
            *self.moves.get_mut(&way).unwrap_or(&mut self.other_moves) += 1;
        }
    }

    /// What it found, with the reports of the two runs.
    #[must_use]
    pub fn comparison(&self, before: Summary, after: Summary) -> Comparison {
        Comparison { schema: super::summary::SCHEMA, before, after, moved: self.moved() }
    }

    fn moved(&self) -> Moved {
        let (senders, senders_moved) = self.senders.estimate();
        let some = |addr: &String| (!addr.is_empty()).then(|| addr.clone());
        let mut moves: Vec<_> = self.moves.iter().collect();
        moves.sort_by_key(|(_, requests)| std::cmp::Reverse(**requests));
        let moves = moves.into_iter();
        Moved {
            requests: self.requests,
            requests_moved: self.moved,
            requests_share: rounded(ratio(self.moved, self.requests)),
            statuses_changed: self.status,
            senders,
            senders_moved,
            senders_share: rounded(ratio(senders_moved, senders)),
            senders_exact: self.senders.is_exact(),
            moves: moves.map(|((from, to), n)| Move { from: some(from), to: some(to), requests: *n }).collect(),
            moves_other: self.other_moves,
        }
    }
}

fn sender(outcome: &Outcome<'_>) -> Option<u64> {
    let session = outcome.session.map(|session| FxBuildHasher.hash_one(session));
    session.or_else(|| outcome.client.map(|client| FxBuildHasher.hash_one(client)))
}
