//! What is found, for a handful of configurations under all kinds of weather, as it is shown.

use super::{check, check_with, inputs, printed};

/// A hundred requests a second for four seconds.
const STEADY: &str = "gen:requests=400,rate=100,arrival=even";

#[test]
fn weather() {
    check("weather_outage", &["round_robin.conf", "--trace", "gen:requests=400,rate=100", "--scenario", "outage.toml"]);
    check("weather_names", &["names.conf", "--trace", STEADY, "--scenario", "names.toml"]);
    check(
        "weather_reload",
        &["round_robin.conf", "--trace", "gen:requests=400,rate=100,service=0.1", "--scenario", "reload.toml"],
    );
    check(
        "weather_rate",
        &["round_robin.conf", "--trace", "gen:requests=400,rate=60,arrival=even", "--scenario", "rate.toml"],
    );
    check(
        "weather_flags",
        &[
            "round_robin.conf",
            "--trace",
            STEADY,
            "--kill",
            "10.0.0.1:80@1s..2s",
            "--fail",
            "status=503:10.0.0.2:80@2s..3s",
            "--slow",
            "10.0.0.3:80@1s..=x3+50ms",
            "--latency",
            "20ms",
        ],
    );
}

#[test]
fn workers() {
    check("workers_failures", &["failures.conf", "--trace", STEADY, "--kill", "10.0.0.1:80", "--workers", "4"]);
    check(
        "workers_failures_zone",
        &["failures_zone.conf", "--trace", STEADY, "--kill", "10.0.0.1:80", "--workers", "4"],
    );
}

#[test]
fn objects_for_programs() {
    let outage = ["--trace", "gen:requests=60,rate=20", "--scenario", "outage.toml", "--format", "json"];
    check("json_run", &[&["round_robin.conf"], &outage[..]].concat());
    check("json_against", &[&["round_robin.conf"], &outage[..], &["--against", "three.conf"]].concat());
    check("json_backtest", &["logged.conf", "--trace", "upstream.log", "--backtest", "--format", "json"]);
}

/// Pages of more than one run hold each run, and what tells them apart.
#[test]
fn pages_of_comparisons() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("page.html");
    let page = |arguments: &[&str]| {
        let printed = printed(&inputs(), &[arguments, &["--report", path.to_str().unwrap()]].concat());
        (printed, std::fs::read_to_string(&path).unwrap())
    };
    let (text, page_of_two) = page(&["round_robin.conf", "--trace", STEADY, "--against", "three.conf"]);
    let headings = page_of_two.split("<h2>").skip(1).map(|rest| rest.split("</h2>").next().unwrap());
    let group = "upstream <code>backend</code>";
    assert_eq!(headings.collect::<Vec<_>>(), ["Before", group, "After", group]);
    assert!(
        page_of_two.contains(&format!("<pre>{text}</pre>")) && page_of_two.contains("round_robin.conf and three.conf")
    );
    let (text, page_of_one) = page(&["logged.conf", "--trace", "upstream.log", "--backtest"]);
    let (_, rates) = text.split_once("prediction against the log").unwrap();
    assert!(page_of_one.contains(rates) && page_of_one.matches("<h2>").count() == 1);
}

#[test]
fn against() {
    check(
        "against_ring",
        &["uri_ring.conf", "--trace", "gen:requests=2000,uris=500", "--against", "uri_ring_four.conf"],
    );
    check(
        "against_round_robin",
        &["round_robin.conf", "--trace", STEADY, "--against", "three.conf", "--latency", "20ms"],
    );
}

/// One of five servers goes: its keys are about a fifth of all, and no key moves between those that stay.
#[test]
fn a_ring_without_one_server_moves_its_keys_only() {
    let arguments = ["uri_ring.conf", "--trace", "gen:requests=4000,uris=4000", "--against", "uri_ring_four.conf"];
    let text = printed(&inputs(), &[&arguments[..], &["--format", "json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let moves = found["moved"]["moves"].as_array().unwrap();
    assert!(moves.iter().all(|moved| moved["from"] == "10.0.0.3:80"), "{moves:?}");
    let requests: u64 = moves.iter().map(|moved| moved["requests"].as_u64().unwrap()).sum();
    // 160 points for each server: a share varies by about 1/sqrt(160) of itself, 8 %; three times that.
    assert!((600..=1000).contains(&requests), "{requests} of 4000");
}

#[test]
fn why() {
    check("why_round_robin", &["weights.conf", "--trace", "gen:requests=7", "--why", "2"]);
    check(
        "why_ring",
        &[
            "uri_ring.conf",
            "--trace",
            "gen:requests=100,arrival=even",
            "--why",
            "20",
            "--kill",
            "10.0.0.2:80",
            "--workers",
            "1",
        ],
    );
    let dead = ["--trace", "gen:requests=300,sessions=20,rate=10", "--kill", "10.0.0.2:80@10s..20s"];
    check("why_sticky_dies", &[&["sticky.conf"], &dead[..], &["--why", "94"]].concat());
    check("why_sticky_dead", &[&["sticky.conf"], &dead[..], &["--why", "109"]].concat());
    check("why_named", &["single.conf", "--trace", "requests.csv", "--why", "c"]);
    let dead = ["--kill", "10.0.0.1:80", "--kill", "10.0.0.2:80"];
    check("why_error_page", &[&["error_page.conf", "--trace", "gen:requests=2", "--why", "1"], &dead[..]].concat());
    check("why_nobody_live", &["nobody.conf", "--trace", "gen:requests=1", "--why", "0"]);
    check(
        "why_queue",
        &[
            "queue.conf",
            "--trace",
            "gen:requests=8,rate=10,service=0.5,arrival=even",
            "--target",
            "plus@r37",
            "--why",
            "3",
        ],
    );
}

#[test]
fn sessions_move_when_their_server_dies() {
    check(
        "sticky",
        &["sticky.conf", "--trace", "gen:requests=300,sessions=20,rate=10", "--kill", "10.0.0.2:80@10s..20s"],
    );
}

#[test]
fn forms_of_traces() {
    check("trace_combined", &["weights.conf", "--trace", "combined.log"]);
    check("trace_gzip", &["weights.conf", "--trace", "combined.log.gz"]);
    check("trace_csv", &["weights.conf", "--trace", "requests.csv"]);
    check("trace_declared", &["logged.conf", "--trace", "upstream.log"]);
    let log = std::fs::read_to_string(inputs().join("combined.log")).unwrap();
    check_with("trace_standard_input", &["weights.conf", "--trace", "-"], &log);
}

#[test]
fn backtest() {
    check("backtest_log", &["logged.conf", "--trace", "upstream.log", "--backtest"]);
    check("backtest_no_addresses", &["logged.conf", "--trace", "combined.log", "--backtest"]);
}

#[test]
fn nginx_plus() {
    let plus = ["--target", "plus@r37"];
    let busy = "gen:requests=8,rate=10,service=0.5,arrival=even";
    check("plus_queue", &[&["queue.conf", "--trace", busy][..], &plus].concat());
    check("plus_no_queue", &[&["max_conns.conf", "--trace", busy][..], &plus].concat());
    let back =
        ["slow_start.conf", "--trace", "gen:requests=3000,rate=100,arrival=even", "--kill", "10.0.0.1:80@1s..2s"];
    check("plus_slow_start", &[&back[..], &plus].concat());
    check("plus_health", &[&["health.conf", "--trace", STEADY, "--scenario", "health.toml"][..], &plus].concat());
    let slow = ["random_time.conf", "--trace", "gen:requests=3000,rate=100", "--latency", "10.0.0.1:80=200ms"];
    check("plus_random_two", &[&slow[..], &["--latency", "20ms"], &plus].concat());
}
