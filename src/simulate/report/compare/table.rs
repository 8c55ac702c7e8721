//! Two runs side by side on a terminal.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Comparison, Moved};
use crate::simulate::report::numbers::{change, count, duration, percent};
use crate::simulate::report::summary::{PeerSummary, Summary, UpstreamSummary};
use crate::simulate::report::table::{plain, plural, statuses};

/// Moves that are shown.
const SHOWN: usize = 10;

/// A comparison as lines and tables.
#[must_use]
pub fn render(comparison: &Comparison) -> String {
    let Comparison { before, after, moved, .. } = comparison;
    let mut text = format!("before: {}\nafter:  {}\n", statuses(&before.statuses), statuses(&after.statuses));
    text.push_str(&told(moved));
    for (name, [old, new]) in matched(before, after) {
        let _ = write!(text, "\nupstream {name}: {}\n", groups(old, new));
        if [old, new].iter().flatten().any(|upstream| upstream.requests > 0) {
            let _ = writeln!(text, "{}", peers(old, new).trim_fmt());
        }
    }
    let mut moves = plain(2, &["moved from", "to", "requests", "of all"]);
    for step in moved.moves.iter().take(SHOWN) {
        let [from, to] = [&step.from, &step.to].map(|addr| addr.as_deref().unwrap_or("-"));
        let part = step.requests as f64 / moved.requests.max(1) as f64;
        moves.add_row([from, to, &count(step.requests), &percent(part)]);
    }
    if !moved.moves.is_empty() {
        let _ = write!(text, "\n{}\n", moves.trim_fmt());
    }
    text
}

fn told(moved: &Moved) -> String {
    let about = if moved.senders_exact { "" } else { "about " };
    format!(
        "{} of {} moved to another peer ({}), {about}{} of {} ({}); {} got another status\n",
        count(moved.requests_moved),
        plural(moved.requests, "request"),
        percent(moved.requests_share),
        count(moved.senders_moved),
        plural(moved.senders, "client"),
        percent(moved.senders_share),
        count(moved.statuses_changed),
    )
}

/// The groups of both runs by name, in the order of the first and then of the other.
fn matched<'s>(before: &'s Summary, after: &'s Summary) -> Vec<(&'s str, [Option<&'s UpstreamSummary>; 2])> {
    let find = |summary: &'s Summary, name: &str| summary.upstreams.iter().find(|upstream| upstream.name == name);
    let mut seen = BTreeSet::new();
    let all = before.upstreams.iter().chain(&after.upstreams).map(|upstream| upstream.name.as_str());
    all.filter(|name| seen.insert(*name)).map(|name| (name, [find(before, name), find(after, name)])).collect()
}

fn groups(before: Option<&UpstreamSummary>, after: Option<&UpstreamSummary>) -> String {
    let (Some(old), Some(new)) = (before, after) else {
        return format!("only {}", if before.is_some() { "before" } else { "after" });
    };
    if old.requests + new.requests == 0 {
        return "no requests".to_owned();
    }
    let worst = |upstream: &UpstreamSummary| upstream.imbalance.map_or(0.0, |imbalance| imbalance.worst);
    let p99 = |upstream: &UpstreamSummary| upstream.latency.map_or(0, |latency| latency.p99);
    [
        arrow(count(old.requests), count(new.requests), " requests"),
        arrow(count(old.errors()), count(new.errors()), " errors"),
        format!("p99 {}", arrow(duration(p99(old)), duration(p99(new)), "")),
        format!("worst share {}", arrow(format!("{:.2}", worst(old)), format!("{:.2}", worst(new)), " × its weight")),
    ]
    .join(", ")
}

/// Both values, or the one if they are the same.
fn arrow(before: String, after: String, unit: &str) -> String {
    if before == after { before + unit } else { format!("{before} → {after}{unit}") }
}

fn peers(before: Option<&UpstreamSummary>, after: Option<&UpstreamSummary>) -> comfy_table::Table {
    let [old, new] = [before, after].map(|upstream| upstream.map_or(&[][..], |upstream| &upstream.peers));
    let mut seen = BTreeSet::new();
    let addresses = old.iter().chain(new).map(|peer| peer.address.as_str()).filter(|address| seen.insert(*address));
    let mut table = plain(1, &["peer", "share", "after", "change", "failed", "after", "p95", "after"]);
    for address in addresses {
        let [old, new] = [old, new].map(|peers| peers.iter().find(|peer| peer.address == address));
        let pair = |cell: fn(&PeerSummary) -> String| [old, new].map(|peer| peer.map_or_else(|| "-".to_owned(), cell));
        let [share, share_after] = pair(|peer| percent(peer.share));
        let [failed, failed_after] = pair(|peer| count(peer.failed()));
        let [p95, p95_after] =
            pair(|peer| peer.latency.map_or_else(|| "-".to_owned(), |latency| duration(latency.p95)));
        let part = |peer: Option<&PeerSummary>| peer.map_or(0.0, |peer| peer.share);
        let change = change(part(old), part(new));
        table.add_row([address.to_owned(), share, share_after, change, failed, failed_after, p95, p95_after]);
    }
    table
}
