//! What a report found, as one tree of plain values: what the table, the JSON and the HTML page are made of.
//!
//! `docs/simulate.schema.json` describes the JSON form; a test holds the two together.

use std::net::IpAddr;

use serde::Serialize;

use super::axis::Axis;
use super::histogram::Histogram;
use super::numbers::{ratio, rounded};
use super::stats::{PeerStats, Report, UpstreamStats};
use super::tally::Tally;
use crate::exchange::Ending;

/// The version of the form.
pub const SCHEMA: u32 = 1;

/// Below this part of a peer's requests a client is not worth telling.
const HOT: f64 = 0.2;

/// Below so many requests nothing is hot: one client of three is a third.
const ENOUGH: u64 = 20;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Which edition of the schema this is written in.
    pub schema: u32,
    /// How many requests there were.
    pub requests: u64,
    /// When the first came, in seconds of the trace.
    pub start: f64,
    /// When the last answer ended.
    pub end: f64,
    /// Statuses of all answers.
    pub statuses: Vec<Count>,
    /// Statuses of the requests that came to no group: nginx answered itself, or passed them to a name that they brought.
    pub direct: Vec<Count>,
    /// The width of the buckets of all series, in seconds; the first begins at 0.
    pub bucket: f64,
    /// The groups, in the order of the configuration; those that a reload took away at the end.
    pub upstreams: Vec<UpstreamSummary>,
}

/// Requests that got a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The status.
    pub status: u16,
    /// How many.
    pub count: u64,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpstreamSummary {
    /// Its name.
    pub name: String,
    /// Requests that were sent to it last.
    pub requests: u64,
    /// Tries at its peers.
    pub tries: u64,
    /// Tries for each request.
    pub amplification: f64,
    /// Statuses of the answers.
    pub statuses: Vec<Count>,
    /// Answers with 502.
    pub bad_gateway: u64,
    /// Answers with 504.
    pub gateway_timeout: u64,
    /// How often no peer was eligible.
    pub no_live: u64,
    /// Requests whose session had to move to another peer.
    pub sessions_moved: u64,
    /// What waited in nginx: for `limit_req` or in a `queue`.
    pub waited: Waited,
    /// From the request to the end of the answer, waiting and failed tries included.
    pub latency: Option<Latency>,
    /// How far the shares are from the weights' shares; `null` without requests.
    pub imbalance: Option<Imbalance>,
    /// Clients that make much of a peer's requests.
    pub hot: Vec<Hot>,
    /// Its peers, by their numbers; those that a reload took away at the end.
    pub peers: Vec<PeerSummary>,
}

/// Requests that waited in nginx.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Waited {
    /// How many.
    pub requests: u64,
    /// Milliseconds, all together.
    pub milliseconds: u64,
}

/// Percentiles of times, in milliseconds and to 1.6 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half are not longer.
    pub p50: u64,
    /// 95 % are not longer.
    pub p95: u64,
    /// 99 % are not longer.
    pub p99: u64,
    /// The longest, exactly.
    pub max: u64,
}

/// How far shares are from what the weights promise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Imbalance {
    /// The largest share against its share by weight; 1 is perfect.
    pub worst: f64,
    /// The coefficient of variation of the requests for each unit of weight; 0 is perfect.
    pub variation: f64,
}

/// A client that makes much of a peer's requests.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hot {
    /// The client.
    pub client: IpAddr,
    /// The peer, as an index into the group's.
    pub peer: usize,
    /// How many requests at least.
    pub requests: u64,
    /// The part of the peer's requests.
    pub share: f64,
}

/// A peer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeerSummary {
    /// Its address.
    pub address: String,
    /// Its weight.
    pub weight: u32,
    /// It is a backup.
    pub backup: bool,
    /// It is down.
    pub down: bool,
    /// Requests that got its answer.
    pub requests: u64,
    /// Their part of the group's answers, 0 to 1.
    pub share: f64,
    /// The part by weight, of the peers that are neither down nor backup.
    pub expected: f64,
    /// Tries at it.
    pub tries: u64,
    /// Tries that failed, by kind.
    pub failures: Vec<Failure>,
    /// Statuses that it answered.
    pub statuses: Vec<Count>,
    /// `$upstream_response_time` of its answers.
    pub latency: Option<Latency>,
    /// The most connections at once.
    pub connections: u64,
    /// Seconds for which it was not eligible, failed or unhealthy.
    pub unavailable: f64,
    /// Requests whose session moved to it.
    pub sessions_gained: u64,
    /// Requests whose session moved away from it.
    pub sessions_lost: u64,
    /// The same over time.
    pub series: Series,
}

/// Tries that failed in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// How.
    pub kind: &'static str,
    /// How many.
    pub tries: u64,
}

/// A peer over time, by bucket; buckets after the last that has something are left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Requests that got its answer, by arrival.
    pub requests: Vec<u64>,
    /// Tries that failed, by their start.
    pub failures: Vec<u64>,
    /// The part of the time for which it was not eligible, 0 to 1.
    pub unavailable: Vec<f64>,
}

impl Summary {
    /// What a report found.
    #[must_use]
    pub fn of(report: &Report) -> Summary {
        let mut statuses = report.direct.clone();
        let all = || report.upstreams.iter();
        for (status, count) in all().flat_map(|stats| stats.statuses.sorted()) {
            statuses.add_many(status, count);
        }
        let (start, end) = report.span.map_or((0, 0), |(start, end)| (start.0, end.0));
        Summary {
            schema: SCHEMA,
            requests: report.requests,
            start: seconds(start),
            end: seconds(end),
            statuses: counts(&statuses),
            direct: counts(&report.direct),
            bucket: seconds(report.axis.width()),
            upstreams: all().map(|stats| upstream(stats, report.axis)).collect(),
        }
    }
}

impl UpstreamSummary {
    /// Answers with 500 and above.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.statuses.iter().filter(|count| count.status >= 500).map(|count| count.count).sum()
    }
}

impl PeerSummary {
    /// Tries that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failures.iter().map(|failure| failure.tries).sum()
    }
}

fn upstream(stats: &UpstreamStats, axis: Axis) -> UpstreamSummary {
    let all = &stats.peers;
    let answered = all.iter().map(|peer| peer.requests).sum();
    let due = all.iter().map(|peer| u64::from(peer.peer.due())).sum();
    let peers: Vec<_> = all.iter().map(|stats| peer(stats, answered, due, axis)).collect();
    let tries = peers.iter().map(|peer| peer.tries).sum();
    UpstreamSummary {
        name: stats.name.clone(),
        requests: stats.requests,
        tries,
        amplification: rounded(ratio(tries, stats.requests)),
        statuses: counts(&stats.statuses),
        bad_gateway: stats.statuses.get(502),
        gateway_timeout: stats.statuses.get(504),
        no_live: stats.no_live,
        sessions_moved: stats.moved,
        waited: Waited { requests: stats.waited, milliseconds: stats.waited_time },
        latency: latency(&stats.latency),
        imbalance: imbalance(all, answered, due),
        hot: all.iter().enumerate().flat_map(|(at, stats)| hot(at, stats)).collect(),
        peers,
    }
}

fn peer(stats: &PeerStats, answered: u64, due: u64, axis: Axis) -> PeerSummary {
    let kinds = FAILURES.iter().map(|(ending, kind)| Failure { kind, tries: stats.endings[*ending as usize] });
    let part = |time: &u64| rounded(ratio(*time, axis.width()).min(1.0));
    PeerSummary {
        address: stats.peer.address.clone(),
        weight: stats.peer.weight,
        backup: stats.peer.backup,
        down: stats.peer.down,
        requests: stats.requests,
        share: rounded(ratio(stats.requests, answered)),
        expected: rounded(ratio(u64::from(stats.peer.due()), due)),
        tries: stats.tries,
        failures: kinds.filter(|failure| failure.tries > 0).collect(),
        statuses: counts(&stats.statuses),
        latency: latency(&stats.latency),
        connections: stats.peak,
        unavailable: seconds(stats.unavailable),
        sessions_gained: stats.moved_here,
        sessions_lost: stats.moved_away,
        series: Series {
            requests: stats.over_time.counts().to_vec(),
            failures: stats.failures_over_time.counts().to_vec(),
            unavailable: stats.unavailable_over_time.counts().iter().map(part).collect(),
        },
    }
}

/// The endings that are failures of the peer, and what they are called.
const FAILURES: &[(Ending, &str)] = &[
    (Ending::Refused, "refused"),
    (Ending::ConnectTimeout, "connect timeout"),
    (Ending::ReadTimeout, "read timeout"),
    (Ending::Reset, "reset"),
    (Ending::InvalidHeader, "invalid header"),
    (Ending::Status, "status"),
];

fn imbalance(peers: &[PeerStats], answered: u64, due: u64) -> Option<Imbalance> {
    if answered == 0 || due == 0 {
        return None;
    }
    let fair = answered as f64 / due as f64;
    // Requests for each unit of weight, against the fair number.
    let shares = peers.iter().filter(|peer| peer.peer.due() > 0);
    let shares: Vec<f64> = shares.map(|peer| peer.requests as f64 / f64::from(peer.peer.due()) / fair).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / shares.len() as f64;
    let variation = if mean > 0.0 { variance.sqrt() / mean } else { 0.0 };
    Some(Imbalance { worst: rounded(shares.iter().copied().fold(0.0, f64::max)), variation: rounded(variation) })
}

fn hot(peer: usize, stats: &PeerStats) -> Vec<Hot> {
    let all = stats.clients.sorted().into_iter();
    let all =
        all.map(|(client, requests)| Hot { client, peer, requests, share: rounded(ratio(requests, stats.requests)) });
    all.filter(|hot| hot.share >= HOT && stats.requests >= ENOUGH).collect()
}

fn latency(histogram: &Histogram) -> Option<Latency> {
    let max = histogram.max()?;
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|part| histogram.percentile(part));
    Some(Latency { p50: p50?, p95: p95?, p99: p99?, max })
}

fn counts(tally: &Tally<u16>) -> Vec<Count> {
    tally.sorted().into_iter().map(|(status, count)| Count { status, count }).collect()
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}
