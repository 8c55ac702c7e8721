//! Kinds about load: connections that are open side by side, times of answers, very many peers.

use crate::case::FaultKind::{Refuse, Slow};
use crate::draft::{Draft, FAILING, Pace, SERVED, add};
use crate::kinds::{Kind, Needs, TIMES, timed};
use crate::retries::RANDOM_TOO;

/// Failing while connections are open.
const BUSY: Pace = Pace { seconds: 8, ..SERVED };

/// In the order of the alphabet.
pub const LOAD: &[Kind] = &[
    ("least_conn_fail", Needs::Nothing, |d| least_conn_fail(d)),
    ("least_conn_slow", Needs::Nothing, |d| least_conn_slow(d)),
    ("least_time_body", Needs::New, |d| least_time_body(d)),
    ("least_time_fail", Needs::New, |d| least_time_fail(d)),
    ("least_time_inflight", Needs::New, |d| least_time_inflight(d)),
    ("many_peers", Needs::Random, |d| many_peers(d)),
    ("max_conns_more", Needs::Random, |d| max_conns_more(d)),
    ("random2_fail", Needs::Random, |d| random2_fail(d)),
];

/// Refusals only: whether a failing answer takes the answer's time is the scenario's to say.
fn least_conn_fail(draft: &mut Draft) {
    draft.pace = BUSY;
    draft.services = TIMES;
    let n = draft.between(2, 5);
    let mut servers = draft.some_servers(n);
    if draft.chance(0.3) {
        add(servers.last_mut().unwrap(), "backup");
    }
    draft.group("backend", "least_conn;", servers);
    draft.fail(&[Refuse], &[]);
}

/// Some peers are slow for a while.
fn least_conn_slow(draft: &mut Draft) {
    draft.pace = BUSY;
    draft.services = TIMES;
    let n = draft.between(2, 5);
    let servers = draft.some_servers(n);
    draft.backend("least_conn;", servers);
    draft.fail(&[Slow], &[]);
}

/// Headers and bodies take times of their own.
fn least_time_body(draft: &mut Draft) {
    timed(draft);
    draft.scenario.backend.clear();
    draft.serve_in(&[0.02, 0.06]);
    for at in 0..draft.scenario.backend.len() {
        draft.scenario.backend[at].body = Some(draft.one_of(&[0.04, 0.08, 0.2]));
    }
}

fn least_time_fail(draft: &mut Draft) {
    timed(draft);
    draft.pace = BUSY;
    draft.fail(&[Refuse], &[]);
}

fn least_time_inflight(draft: &mut Draft) {
    draft.pace = SERVED;
    let method = draft.one_of(&["least_time header inflight;", "least_time last_byte inflight;"]);
    let n = draft.between(2, 4);
    let servers = draft.some_servers(n);
    draft.backend(method, servers);
    draft.serve_in(&[0.02, 0.06, 0.14, 0.26]);
}

/// More peers than a word has bits, and most of them gone.
fn many_peers(draft: &mut Draft) {
    draft.pace = Pace { step: 100, seconds: 6, ..FAILING };
    let n = draft.between(60, 80);
    let patient = draft.chance(0.5);
    let mut servers = if patient { Vec::new() } else { draft.some_servers(n) };
    if patient {
        servers.extend((0..n as usize).map(|at| format!("server {} max_fails=0;", draft.address(at))));
    }
    let method = draft.one_of(RANDOM_TOO);
    draft.group("backend", method, servers);
    for peer in 0..n as usize {
        if draft.chance(0.95) {
            draft.fault(peer, 2000, 4000, Refuse, None);
        }
    }
}

/// Full peers, failing peers and backups.
fn max_conns_more(draft: &mut Draft) {
    draft.pace = BUSY;
    draft.services = TIMES;
    let n = draft.between(2, 5);
    let mut servers = draft.some_servers(n);
    for line in &mut servers {
        let most = draft.between(1, 4);
        add(line, &format!("max_conns={most}"));
    }
    let method = draft.one_of(RANDOM_TOO);
    if matches!(method, "" | "least_conn;") && draft.chance(0.6) {
        add(servers.last_mut().unwrap(), "backup");
    }
    draft.group("backend", method, servers);
    if draft.chance(0.6) {
        draft.fail(&[Refuse], &[]);
    }
}

fn random2_fail(draft: &mut Draft) {
    draft.pace = BUSY;
    draft.services = TIMES;
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    let method = draft.one_of(&["random two;", "random two least_conn;"]);
    draft.group("backend", method, servers);
    draft.fail(&[Refuse], &[]);
}
