//! The report on a terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::numbers::{count, duration, percent};
use super::summary::{Count, Hot, Latency, PeerSummary, Summary, UpstreamSummary};

/// Peers of a group that are shown; of more the busiest.
const PEERS: usize = 64;

/// Hot clients of a group that are shown.
const HOT: usize = 8;

/// A report as lines and tables.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let took = duration(((summary.end - summary.start) * 1000.0).round() as u64);
    let mut text = format!("{} in {took}", plural(summary.requests, "request"));
    if !summary.statuses.is_empty() {
        let _ = write!(text, ": {}", statuses(&summary.statuses));
    }
    text.push('\n');
    if !summary.direct.is_empty() {
        let direct = summary.direct.iter().map(|count| count.count).sum();
        let _ = writeln!(text, "{} without a group: {}", count(direct), statuses(&summary.direct));
    }
    for upstream in &summary.upstreams {
        let _ = write!(text, "\n{}", group(upstream));
    }
    text
}

fn group(upstream: &UpstreamSummary) -> String {
    let mut text = format!("upstream {}: {}\n", upstream.name, facts(upstream).join(", "));
    if upstream.requests + upstream.tries == 0 {
        return text;
    }
    let mut shown: Vec<_> = upstream.peers.iter().collect();
    if shown.len() > PEERS {
        shown.sort_by_key(|peer| std::cmp::Reverse(peer.requests));
        shown.truncate(PEERS);
    }
    let used = columns(&upstream.peers);
    let mut table = plain(1, &used.iter().map(|column| column.head).collect::<Vec<_>>());
    for peer in &shown {
        table.add_row(used.iter().map(|column| (column.cell)(peer)));
    }
    let _ = writeln!(text, "{}", table.trim_fmt());
    let left = upstream.peers.len() - shown.len();
    if left > 0 {
        let _ = writeln!(text, "and {} with fewer requests", plural(left as u64, "peer"));
    }
    for hot in hottest(upstream) {
        let _ = writeln!(text, "{}", told(upstream, hot));
    }
    text
}

/// The hot clients to show, the most frequent first.
pub(super) fn hottest(upstream: &UpstreamSummary) -> Vec<&Hot> {
    let mut hot: Vec<_> = upstream.hot.iter().collect();
    hot.sort_by_key(|hot| std::cmp::Reverse(hot.requests));
    hot.truncate(HOT);
    hot
}

/// A hot client in words.
pub(super) fn told(upstream: &UpstreamSummary, hot: &Hot) -> String {
    let peer = &upstream.peers[hot.peer].address;
    format!("{} is {} of {peer} ({})", hot.client, percent(hot.share), plural(hot.requests, "request"))
}

/// What there is to say of a group, the uneventful left out.
fn facts(upstream: &UpstreamSummary) -> Vec<String> {
    let mut facts = vec![plural(upstream.requests, "request")];
    let mut tell = |there: bool, fact: String| facts.extend(there.then_some(fact));
    let failed = upstream.tries > upstream.requests;
    tell(failed, format!("{} ({:.3} each)", plural_of(upstream.tries, "try", "tries"), upstream.amplification));
    tell(upstream.bad_gateway > 0, format!("{} × 502", count(upstream.bad_gateway)));
    tell(upstream.gateway_timeout > 0, format!("{} × 504", count(upstream.gateway_timeout)));
    tell(upstream.no_live > 0, format!("no live peer {}", times(upstream.no_live)));
    tell(upstream.sessions_moved > 0, format!("{} with a moved session", plural(upstream.sessions_moved, "request")));
    let waited = upstream.waited;
    let mean = duration(waited.milliseconds / waited.requests.max(1));
    tell(waited.requests > 0, format!("{} waited {mean} on average", count(waited.requests)));
    if let Some(latency) = upstream.latency {
        facts.push(format!("p50 {}, p99 {}", duration(latency.p50), duration(latency.p99)));
    }
    if let Some(imbalance) = upstream.imbalance {
        let (worst, variation) = (imbalance.worst, imbalance.variation);
        facts.push(format!("worst share {worst:.2} × its weight, variation {}", percent(variation)));
    }
    facts
}

/// What stands where there is nothing.
const NONE: &str = "";

/// A column of a group's table.
pub(super) struct Column {
    /// What stands above it.
    pub head: &'static str,
    /// It is there even if no peer has anything in it.
    always: bool,
    /// What it says of a peer.
    pub cell: fn(&PeerSummary) -> String,
}

/// The columns that say something of any of these peers.
pub(super) fn columns(peers: &[PeerSummary]) -> Vec<&'static Column> {
    let says = |column: &Column| column.always || peers.iter().any(|peer| (column.cell)(peer) != NONE);
    COLUMNS.iter().filter(|column| says(column)).collect()
}

const COLUMNS: &[Column] = &[
    Column { head: "peer", always: true, cell: |peer| peer.address.clone() },
    Column { head: "weight", always: true, cell: weight },
    Column { head: "requests", always: true, cell: |peer| count(peer.requests) },
    Column { head: "share", always: true, cell: |peer| percent(peer.share) },
    Column { head: "by weight", always: true, cell: |peer| percent(peer.expected) },
    Column { head: "tries", always: true, cell: |peer| count(peer.tries) },
    Column { head: "failed", always: false, cell: failures },
    Column { head: "p50", always: false, cell: |peer| time(peer, |latency| latency.p50) },
    Column { head: "p95", always: false, cell: |peer| time(peer, |latency| latency.p95) },
    Column { head: "p99", always: false, cell: |peer| time(peer, |latency| latency.p99) },
    Column { head: "most conns", always: false, cell: |peer| some(peer.connections, count) },
    Column { head: "out for", always: false, cell: |peer| some((peer.unavailable * 1000.0).round() as u64, duration) },
    Column { head: "sessions", always: false, cell: sessions },
];

fn weight(peer: &PeerSummary) -> String {
    let state = [(peer.backup, " backup"), (peer.down, " down")];
    state.iter().filter(|(is, _)| *is).fold(peer.weight.to_string(), |text, (_, word)| text + word)
}

fn failures(peer: &PeerSummary) -> String {
    peer.failures.iter().map(|f| format!("{} {}", count(f.tries), f.kind)).collect::<Vec<_>>().join(", ")
}

fn sessions(peer: &PeerSummary) -> String {
    match (peer.sessions_gained, peer.sessions_lost) {
        (0, 0) => NONE.to_owned(),
        (gained, lost) => format!("+{} -{}", count(gained), count(lost)),
    }
}

fn time(peer: &PeerSummary, which: fn(&Latency) -> u64) -> String {
    peer.latency.as_ref().map_or_else(String::new, |latency| duration(which(latency)))
}

fn some(number: u64, write: fn(u64) -> String) -> String {
    if number == 0 { NONE.to_owned() } else { write(number) }
}

/// No frame: a line under the heads.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// A table without frame: so many columns of texts to the left, then numbers to the right.
pub(super) fn plain(texts: usize, heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heads);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((2, 0));
        column.set_cell_alignment(if at < texts { CellAlignment::Left } else { CellAlignment::Right });
    }
    table
}

/// `200 × 12, 502 × 1`.
pub(super) fn statuses(counts: &[Count]) -> String {
    counts.iter().map(|c| format!("{} × {}", count(c.count), c.status)).collect::<Vec<_>>().join(", ")
}

/// `1 request`, `2 requests`.
pub(super) fn plural(number: u64, word: &str) -> String {
    plural_of(number, word, &format!("{word}s"))
}

fn plural_of(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

fn times(number: u64) -> String {
    plural(number, "time")
}
