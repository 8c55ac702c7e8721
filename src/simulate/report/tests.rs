//! Hand-made outcomes, and how they look in each rendering.

use std::net::IpAddr;

use super::*;
use crate::balance::Millis;
use crate::exchange::{Attempt, Ending};
use crate::simulate::outcome::{Label, Outcome, Production};

/// A try at peer 10.0.0.N+1:80 that took 20 ms and N more.
pub fn attempt(peer: u32, started: u64, status: u16, ending: Ending) -> Attempt {
    let answered = (ending == Ending::Answered).then_some(20 + u64::from(peer));
    let failed = matches!(ending, Ending::Refused | Ending::ReadTimeout);
    Attempt {
        upstream: Some(0),
        conns: 12 - u64::from(peer),
        unavailable_until: failed.then_some(Millis(started + 500)),
        status,
        connect_time: answered.map(|_| 1),
        header_time: answered,
        response_time: answered.or(Some(0)),
        ending,
        ..Attempt::new(&format!("10.0.0.{}:80", peer + 1), Some(peer), Millis(started))
    }
}

/// A request that ended 25 ms after it came.
pub fn outcome(time: u64, upstream: Option<u32>, attempts: &[Attempt], status: u16) -> Outcome<'_> {
    Outcome {
        id: Label::Number(7),
        number: 0,
        line: 1,
        time: Millis(time),
        client: None,
        session: None,
        production: Production::default(),
        worker: 0,
        upstream,
        attempts,
        status,
        finished: Millis(time + 25),
        waited: 0,
        moved_from: None,
    }
}

/// Compares with what stands in `snapshots/simulate`.
pub fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/simulate"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, text) });
}

/// A report of two groups, of which the second has one peer.
fn groups() -> Report {
    let peer = |n: u32, weight, backup, down| Peer { address: format!("10.0.0.{n}:80"), weight, backup, down };
    let backend =
        [peer(1, 3, false, false), peer(2, 1, false, false), peer(3, 1, false, true), peer(4, 1, true, false)];
    let mut report = Report::default();
    report.new_group("backend");
    for peer in backend {
        report.new_peer(0, peer);
    }
    report.new_group("other");
    report.new_peer(1, Peer { address: "unix:/run/<app>".to_owned(), ..peer(0, 1, false, false) });
    report
}

/// 2000 requests in 40 s: the second peer fails between 10 and 20 s, one client makes most of the first one's.
fn played(mut report: Report, pick: impl Fn(u64) -> u32) -> Report {
    each(pick, |outcome| report.add(&outcome));
    report.close();
    report
}

fn each(pick: impl Fn(u64) -> u32, mut add: impl FnMut(Outcome<'_>)) {
    let nat: IpAddr = "192.0.2.1".parse().unwrap();
    for n in 0..2000_u64 {
        let time = n * 20;
        let client = if n % 3 > 0 { nat } else { IpAddr::from([198, 51, 100, (n % 250) as u8]) };
        let peer = pick(n);
        let broken = peer == 1 && (10_000..20_000).contains(&time);
        let tries = match n {
            _ if broken && n % 80 == 7 => vec![attempt(1, time, 502, Ending::Refused), none(time)],
            _ if broken => vec![attempt(1, time, 504, Ending::ReadTimeout), attempt(0, time, 200, Ending::Answered)],
            _ => vec![attempt(peer, time, 200, Ending::Answered)],
        };
        let status = if broken && n % 80 == 7 { 502 } else { 200 };
        let sent = Outcome { client: Some(client), ..outcome(time, Some(0), &tries, status) };
        let moved_from = (broken && status == 200).then_some(1);
        add(match n % 100 {
            50 => outcome(time, None, &[], 404),
            51 => Outcome { waited: 5, ..sent },
            _ => Outcome { moved_from, ..sent },
        });
    }
}

fn none(time: u64) -> Attempt {
    Attempt { addr: "backend".to_owned(), peer: None, ..attempt(0, time, 502, Ending::NoLive) }
}

fn by_weight(n: u64) -> u32 {
    u32::from(n % 4 == 3)
}

#[test]
fn tables() {
    snapshot("report_table", &table::render(&Summary::of(&played(groups(), by_weight))));
    snapshot("report_table_empty", &table::render(&Summary::of(&groups())));
}

#[test]
fn pages() {
    let mut groups = groups();
    groups.upstreams[0].peers[0].peer.address = "<script>\"'&".to_owned();
    let page = html::render(&[html::Part::Run(&Summary::of(&played(groups, by_weight)))], "a <b> & c");
    for foreign in ["<script", "http://", "https://", "<link", "<img", "url(", "@import"] {
        assert!(!page.replace("http://www.w3.org/2000/svg", "").contains(foreign), "{foreign}");
    }
    assert_eq!(page.matches("<figure>").count(), 4);
    assert_eq!(page.matches("role=\"img\"").count(), 4);
    assert!(page.contains("<title>a &lt;b&gt; &amp; c - nginxlb simulate</title>"));
    snapshot("report_html", &page);
}

#[test]
fn objects() {
    let mut summary = Summary::of(&played(groups(), by_weight));
    json::tests::check("report", &summary);
    for peer in summary.upstreams.iter_mut().flat_map(|upstream| &mut upstream.peers) {
        peer.series.requests.truncate(3);
        peer.series.failures.truncate(45);
        peer.series.unavailable.truncate(45);
    }
    snapshot("report_json", &json::render(&summary));
}

#[test]
fn comparisons() {
    let other = |n: u64| (n % 2) as u32;
    let mut compare = compare::Compare::default();
    let mut first = Vec::new();
    each(by_weight, |outcome| first.push((outcome.attempts.to_vec(), outcome.status)));
    let mut at = 0;
    each(other, |after| {
        let (attempts, status) = &first[at];
        at += 1;
        compare.pair(&Outcome { attempts, status: *status, ..after }, &after);
    });
    let summaries = (Summary::of(&played(groups(), by_weight)), Summary::of(&played(groups(), other)));
    let comparison = compare.comparison(summaries.0, summaries.1);
    json::tests::check("comparison", &comparison);
    snapshot("comparison_table", &compare::render(&comparison));
    snapshot("comparison_json", &json::render(&comparison.moved));
}

#[test]
fn what_was_not_described_is_left_out() {
    let mut report = groups();
    let tries = [attempt(6, 0, 200, Ending::Answered)];
    report.add(&outcome(0, Some(0), &tries, 200));
    report.add(&outcome(0, Some(9), &tries, 200));
    let summary = Summary::of(&report);
    assert_eq!((summary.upstreams[0].requests, summary.upstreams[0].tries), (1, 0));
    assert_eq!(summary.direct, [Count { status: 200, count: 1 }]);
}

#[test]
fn tries_belong_to_the_group_they_were_made_in() {
    let mut report = groups();
    let elsewhere = Attempt { upstream: Some(1), ..attempt(0, 0, 502, Ending::Reset) };
    let tries = [elsewhere, attempt(0, 0, 200, Ending::Answered)];
    report.add(&outcome(0, Some(0), &tries, 200));
    let summary = Summary::of(&report);
    assert_eq!(summary.upstreams.iter().map(|upstream| upstream.tries).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn times_out_of_use_join() {
    let mut report = groups();
    let failed = |at: u64, until: u64| Attempt {
        unavailable_until: Some(Millis(until)),
        ..attempt(1, at, 502, Ending::Refused)
    };
    for (at, until) in [(1000, 12_000), (5000, 16_000), (30_000, 41_000)] {
        report.add(&outcome(at, Some(0), &[failed(at, until)], 502));
    }
    report.add(&outcome(35_000, Some(0), &[attempt(0, 35_000, 200, Ending::Answered)], 200));
    report.close();
    // From 1 to 16 s, and from 30 s to the end, which is at 35.025 s.
    let unavailable = Summary::of(&report).upstreams[0].peers[1].unavailable;
    assert!((unavailable - 20.025).abs() < 1e-9, "{unavailable}");
}
