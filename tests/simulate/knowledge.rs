//! What is known of nginx's balancers, each with a configuration that shows it; docs/simulate.md tells the same.

use super::inputs;
use super::picks::{Pick, of};

/// The picks of a configuration among the inputs.
fn play(conf: &str, arguments: &[&str]) -> Vec<Pick> {
    of(&inputs(), &[&[conf, "--trace"], arguments].concat())
}

/// The peers of all requests in order, by their last octets; those that one request tried in brackets.
fn peers(conf: &str, arguments: &[&str]) -> String {
    let written = |pick: &Pick| match &pick.hosts()[..] {
        [only] => (*only).to_owned(),
        several => format!("[{}]", several.join(" ")),
    };
    play(conf, arguments).iter().map(written).collect::<Vec<_>>().join(" ")
}

/// How often each of 10.0.0.1, 10.0.0.2, ... was tried.
fn tries<const N: usize>(conf: &str, arguments: &[&str]) -> [usize; N] {
    let picks = play(conf, arguments);
    let tried = |host: &str| picks.iter().flat_map(Pick::hosts).filter(|tried| *tried == host).count();
    std::array::from_fn(|index| tried(&(index + 1).to_string()))
}

/// "a a b a c a a": the commit message of nginx's smooth weighted round robin, and "each 7 requests will be distributed"
/// of its reference.
#[test]
fn weights_5_1_1() {
    let seven = "1 1 2 1 3 1 1";
    assert_eq!(peers("weights.conf", &["gen:requests=7"]), seven);
    assert_eq!(peers("weights.conf", &["gen:requests=21"]), [seven; 3].join(" "));
}

/// "out of every 6 requests, 5 are sent to backend1.example.com and 1 to backend2.example.com" (NGINX Plus admin guide),
/// and the backup server gets none.
#[test]
fn five_to_one() {
    assert_eq!(tries("five_to_one.conf", &["gen:requests=6"]), [5, 1, 0]);
    assert_eq!(tries("five_to_one.conf", &["gen:requests=600"]), [500, 100, 0]);
}

/// What a database, country.dat, says of a client chooses its group.
#[test]
fn countries_have_groups() {
    assert_eq!(peers("country.conf", &["countries.jsonl"]), "2 1 1 2");
}

/// Without a zone each worker counts `max_fails` for itself: four workers, four times as many failures.
#[test]
fn failures_are_counted_by_each_worker() {
    for workers in [1, 2, 4] {
        let number = workers.to_string();
        let dead = ["gen:requests=400,rate=100", "--kill", "10.0.0.1:80", "--workers", &number];
        let [without, ..] = tries::<3>("failures.conf", &dead);
        let [with, ..] = tries::<3>("failures_zone.conf", &dead);
        assert_eq!((without, with), (3 * workers, 3), "{workers} workers");
    }
}

/// Without a zone each worker sees its own connections only, and with few of them begins at the first server.
#[test]
fn least_conn_without_zone_under_low_load() {
    let few = ["gen:requests=8,rate=10,arrival=even,service=2", "--workers", "4"];
    assert_eq!(tries("least_conn_zone.conf", &few), [2, 2, 2, 2]);
    assert_eq!(tries("least_conn.conf", &few), [4, 3, 1, 0]);
    for seed in 1..20 {
        let seed = seed.to_string();
        let few = [&few[..], &["--seed", &seed]].concat();
        assert_eq!(tries("least_conn_zone.conf", &few), [2, 2, 2, 2], "seed {seed}");
        assert!(tries::<4>("least_conn.conf", &few)[0] >= 3, "seed {seed}");
    }
}

/// nginx ignores the failures of a group's only server; a second one, even `down`, ends that.
#[test]
fn a_second_server_ends_the_exemption() {
    let gone = ["gen:requests=5,rate=1,arrival=even", "--fail", "reset:10.0.0.1:80@1s..3s"];
    let seen = |conf| play(conf, &gone).into_iter().map(|pick| (pick.status, pick.tried)).collect::<Vec<_>>();
    let (peer, nobody) = (vec!["10.0.0.1:80".to_owned()], vec!["backend".to_owned()]);
    let well = (200, peer.clone());
    let reset = (502, peer);
    let none = (502, nobody);
    assert_eq!(seen("single.conf"), [reset.clone(), reset.clone(), well.clone(), well.clone(), well]);
    assert_eq!(seen("single_down.conf"), [reset, none.clone(), none.clone(), none.clone(), none]);
}

/// nginx's clock is of whole seconds here: wherever in its second a failure falls, `fail_timeout=2s` lasts for the rest of
/// it and two whole seconds more.
#[test]
fn fail_timeout_counts_whole_seconds() {
    for (failure, back) in [("0.2s..0.3s", 3), ("0.7s..0.8s", 3), ("1.2s..1.3s", 4), ("1.7s..1.8s", 4)] {
        let kill = format!("10.0.0.1:80@{failure}");
        let picks = play("fail_timeout.conf", &["gen:requests=40,rate=4,arrival=even", "--kill", &kill]);
        let failed = picks.iter().position(|pick| pick.tried.len() == 2).unwrap();
        let again = picks.iter().skip(failed + 1).find(|pick| pick.hosts() == ["1"]).unwrap();
        // Requests come every quarter of a second, from 0.25 s on.
        assert_eq!((again.id + 1) / 4, back, "{failure}: {again:?}");
    }
}

/// The method is asked for `backup` while the `server` line is read: before the method's own line it is still round robin.
#[test]
fn backup_before_hash_is_used() {
    let dead = ["gen:requests=4,rate=4,arrival=even", "--kill", "10.0.0.2:80", "--kill", "10.0.0.3:80"];
    assert_eq!(peers("backup_hash.conf", &dead), "[2 3 1] 1 1 1");
}

/// 502, and the name of the group where there would be an address.
#[test]
fn no_live_peer() {
    let picks = play("nobody.conf", &["gen:requests=2"]);
    for pick in picks {
        assert_eq!((pick.status, pick.tried, pick.statuses), (502, vec!["backend".to_owned()], vec!["502".to_owned()]));
    }
}

/// `http_404` and `http_403` retry and do not count as failures; `http_503` counts.
#[test]
fn which_answers_count() {
    let tries = |code: &str| {
        let fail = format!("status={code}:10.0.0.1:80");
        tries::<2>("next_upstream.conf", &["gen:requests=10,rate=10", "--fail", &fail])
    };
    assert_eq!(tries("404"), [5, 10]);
    assert_eq!(tries("403"), [5, 10]);
    assert_eq!(tries("503"), [1, 10]);
}
