//! `--backtest`: the prediction against what production logged in `$upstream_addr`.
//!
//! Two questions of each request: were the same peers tried, in the same order; and did the same peer answer in the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::numbers::{count, percent, ratio, rounded};
use super::table::{plain, plural};
use crate::simulate::outcome::Outcome;

/// Partings that are told one by one.
const PARTINGS: usize = 20;

/// Pairs of peers that are counted; what comes after goes into one sum.
const PAIRS: usize = 4096;

/// Pairs that a table shows.
const SHOWN: usize = 10;

/// The comparison while it goes on.
#[derive(Debug, Clone, Default)]
pub struct Backtest {
    names: Vec<String>,
    /// By group.
    agreements: Vec<Agreement>,
    /// Of what went to no group.
    without_group: Agreement,
    partings: Vec<Parting>,
    pairs: BTreeMap<(String, String), u64>,
    other_pairs: u64,
    /// Requests of which the log says nothing.
    unknown: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Agreement {
    requests: u64,
    tried: u64,
    last: u64,
}

/// What it found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The version of the form.
    pub schema: u32,
    /// Requests that the log tells of.
    pub requests: u64,
    /// Requests of which the log has no `$upstream_addr`.
    pub unknown: u64,
    /// The groups that the prediction used, and at the end what went to none.
    pub upstreams: Vec<Group>,
    /// The first partings.
    pub partings: Vec<Parting>,
    /// Last peers that differ, the most frequent first.
    pub confusion: Vec<Confusion>,
    /// Such requests beyond those counted in `confusion`.
    pub confusion_other: u64,
}

/// How far a group's prediction agrees.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its name; `null` for what came to no group.
    pub name: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Requests whose tried peers are the same, in order.
    pub same_tried: u64,
    /// Their part.
    pub same_tried_share: f64,
    /// Requests whose last peer is the same.
    pub same_last: u64,
    /// Their part.
    pub same_last_share: f64,
}

/// A request that production sent elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parting {
    /// Its line in the trace.
    pub line: u64,
    /// The peers that the simulation tried.
    pub predicted: Vec<String>,
    /// The peers that production tried.
    pub logged: Vec<String>,
}

/// Requests whose last peer differs in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// The simulation's last peer; empty for none.
    pub predicted: String,
    /// Production's.
    pub logged: String,
    /// How many requests.
    pub requests: u64,
}

/// The addresses in a logged `$upstream_addr`: commas stand between tries, colons between groups, `-` for nothing.
fn addresses(logged: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let mut rest = Some(logged).filter(|all| !all.is_empty() && *all != b"-");
    std::iter::from_fn(move || {
        let text = rest?;
        let separator = |at: &usize| text[*at..].starts_with(b", ") || text[*at..].starts_with(b" : ");
        let end = (0..text.len()).find(separator);
        let width = end.map_or(0, |end| if text[end] == b',' { 2 } else { 3 });
        rest = end.map(|end| &text[end + width..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

impl Backtest {
    /// There is another group; groups are numbered as they come, from 0.
    pub fn new_group(&mut self, name: &str) {
        self.names.push(name.to_owned());
        self.agreements.push(Agreement::default());
    }

    /// Compares a request.
    pub fn add(&mut self, outcome: &Outcome<'_>) {
        let Some(logged) = outcome.production.upstream_addr else {
            self.unknown += 1;
            return;
        };
        let logged = addresses(logged);
        let predicted = outcome.attempts.iter().map(|attempt| attempt.addr.as_bytes());
        let known = outcome.upstream.and_then(|group| self.agreements.get_mut(group as usize));
        let agreement = known.unwrap_or(&mut self.without_group);
        agreement.requests += 1;
        if logged.clone().eq(predicted.clone()) {
            agreement.tried += 1;
            agreement.last += 1;
            return;
        }
        let last = (predicted.clone().next_back(), logged.clone().last());
        if last.0 == last.1 {
            agreement.last += 1;
        } else {
            self.confuse(last.0, last.1);
        }
        if self.partings.len() < PARTINGS {
            let predicted = predicted.map(plain_text).collect();
            self.partings.push(Parting { line: outcome.line, predicted, logged: logged.map(plain_text).collect() });
        }
    }

    fn confuse(&mut self, predicted: Option<&[u8]>, logged: Option<&[u8]>) {
        let pair = (predicted.map_or_else(String::new, plain_text), logged.map_or_else(String::new, plain_text));
        if self.pairs.len() < PAIRS {
            *self.pairs.entry(pair).or_default() += 1;
        } else {
            *self.pairs.get_mut(&pair).unwrap_or(&mut self.other_pairs) += 1;
        }
    }

    /// What it found.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let names = self.names.iter().map(|name| Some(name.clone())).chain([None]);
        let all = || self.agreements.iter().chain([&self.without_group]);
        let groups = names.zip(all()).filter(|(_, agreement)| agreement.requests > 0);
        let mut confusion: Vec<_> = self.pairs.iter().collect();
        confusion.sort_by_key(|(_, requests)| std::cmp::Reverse(**requests));
        let confusion = confusion.into_iter().map(|((predicted, logged), requests)| Confusion {
            predicted: predicted.clone(),
            logged: logged.clone(),
            requests: *requests,
        });
        Summary {
            schema: super::summary::SCHEMA,
            requests: all().map(|agreement| agreement.requests).sum(),
            unknown: self.unknown,
            upstreams: groups.map(|(name, agreement)| agreement.group(name)).collect(),
            partings: self.partings.clone(),
            confusion: confusion.collect(),
            confusion_other: self.other_pairs,
        }
    }
}

impl Agreement {
    fn group(self, name: Option<String>) -> Group {
        Group {
            name,
            requests: self.requests,
            same_tried: self.tried,
            same_tried_share: rounded(ratio(self.tried, self.requests)),
            same_last: self.last,
            same_last_share: rounded(ratio(self.last, self.requests)),
        }
    }
}

fn plain_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The comparison on a terminal.
#[must_use]
pub fn table(summary: &Summary) -> String {
    let mut text = format!("prediction against the log: {}", plural(summary.requests, "request"));
    if summary.unknown > 0 {
        let _ = write!(text, ", {} without $upstream_addr", count(summary.unknown));
    }
    text.push('\n');
    let mut groups = plain(1, &["upstream", "requests", "same tries", "same last peer"]);
    for group in &summary.upstreams {
        let name = group.name.as_deref().unwrap_or("(no group)");
        groups.add_row([
            name,
            &count(group.requests),
            &percent(group.same_tried_share),
            &percent(group.same_last_share),
        ]);
    }
    let _ = writeln!(text, "{}", groups.trim_fmt());
    if !summary.confusion.is_empty() {
        let mut pairs = plain(2, &["predicted", "in the log", "requests"]);
        for pair in summary.confusion.iter().take(SHOWN) {
            pairs.add_row([named(&pair.predicted), named(&pair.logged), &count(pair.requests)]);
        }
        let _ = writeln!(text, "\nlast peers that differ\n{}", pairs.trim_fmt());
    }
    for parting in &summary.partings {
        let tried = |all: &[String]| if all.is_empty() { "-".to_owned() } else { all.join(", ") };
        let _ = writeln!(
            text,
            "line {}: predicted {}, logged {}",
            parting.line,
            tried(&parting.predicted),
            tried(&parting.logged)
        );
    }
    text
}

fn named(address: &str) -> &str {
    if address.is_empty() { "-" } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Ending;
    use crate::simulate::outcome::Production;
    use crate::simulate::report::json;
    use crate::simulate::report::tests::{attempt, outcome, snapshot};

    #[test]
    fn logged_addresses() {
        let check = |text: &str, want: &[&str]| {
            assert_eq!(addresses(text.as_bytes()).map(plain_text).collect::<Vec<_>>(), want, "{text}");
        };
        check("", &[]);
        check("-", &[]);
        check("10.0.0.1:80", &["10.0.0.1:80"]);
        check("10.0.0.1:80, [::1]:80 : unix:/a b,c, backend", &["10.0.0.1:80", "[::1]:80", "unix:/a b,c", "backend"]);
    }

    #[test]
    fn agreement() {
        let mut backtest = Backtest::default();
        for name in ["backend", "idle"] {
            backtest.new_group(name);
        }
        let first = [attempt(0, 0, 200, Ending::Answered)];
        let second = [attempt(0, 0, 502, Ending::Refused), attempt(1, 0, 200, Ending::Answered)];
        let mut line = 0;
        let mut add = |upstream, tries: &[_], logged| {
            line += 1;
            let production = Production { upstream_addr: logged, ..Production::default() };
            let outcome = outcome(0, upstream, tries, 200);
            backtest.add(&Outcome { line, production, ..outcome });
        };
        for _ in 0..5 {
            add(Some(0), &first, Some(b"10.0.0.1:80".as_slice()));
        }
        add(Some(0), &second, Some(b"10.0.0.1:80, 10.0.0.2:80"));
        add(Some(0), &second, Some(b"10.0.0.2:80"));
        add(Some(0), &first, Some(b"10.0.0.2:80"));
        add(Some(0), &first, Some(b"-"));
        add(None, &[], Some(b"-"));
        add(Some(0), &first, None);
        let summary = backtest.summary();
        json::tests::check("backtest", &summary);
        snapshot("backtest", &format!("{}\n{}", table(&summary), json::render(&summary)));
    }
}
