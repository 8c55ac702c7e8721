//! The same configuration, trace, scenario and seed: the same bytes.

use std::path::Path;

use proptest::prelude::*;

use super::{inputs, printed, program};

/// All that a run leaves behind: what it prints, its picks, its page.
fn all(conf: &str, arguments: &[&str]) -> [String; 3] {
    let scratch = tempfile::tempdir().unwrap();
    let (picks, page) = (scratch.path().join("picks.jsonl"), scratch.path().join("page.html"));
    let written = ["--picks", picks.to_str().unwrap(), "--report", page.to_str().unwrap()];
    let printed = printed(&inputs(), &[&[conf], arguments, &written].concat());
    let file = |path: &Path| std::fs::read_to_string(path).unwrap();
    [printed, file(&picks), file(&page)]
}

const TRACE: &str = "gen:requests=3000,rate=500,sessions=50,keys=20,service=exp:0.02";

#[test]
fn same_inputs_same_bytes() {
    let fault = ["--trace", TRACE, "--scenario", "outage.toml", "--workers", "3"];
    for conf in ["random.conf", "sticky.conf", "uri_ring.conf", "least_conn.conf", "failures.conf"] {
        for format in ["table", "json"] {
            for seed in ["0", "7"] {
                let arguments = [&fault[..], &["--format", format, "--seed", seed]].concat();
                assert_eq!(all(conf, &arguments), all(conf, &arguments), "{conf} {arguments:?}");
            }
        }
    }
}

#[test]
fn another_seed_another_chance() {
    let picks = |chance: &[&str]| {
        let [_, picks, _] = all("random.conf", &[&["--trace", TRACE], chance].concat());
        picks
    };
    assert_ne!(picks(&["--seed", "1"]), picks(&["--seed", "2"]));
    assert_ne!(picks(&["--rng", "glibc:1"]), picks(&["--rng", "glibc:2"]));
    assert_eq!(picks(&["--rng", "glibc:1", "--seed", "1"]), picks(&["--rng", "glibc:1", "--seed", "2"]));
}

#[test]
fn threads_change_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let log = scratch.path().join("access.log");
    let line = |n: u32| {
        format!(
            "10.1.{}.{} - - [25/Nov/2026:10:{:02}:{:02} +0000] \"GET /u/{} HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
            n % 7,
            n % 251,
            n / 600 % 60,
            n / 10 % 60,
            n % 31
        )
    };
    std::fs::write(&log, (0..20_000).map(line).collect::<String>()).unwrap();
    let with = |threads| all("uri_ring.conf", &["--trace", log.to_str().unwrap(), "--threads", threads]);
    let one = with("1");
    assert!(one[1].lines().count() == 20_000);
    // The page names the trace, which is the same file.
    assert_eq!(one, with("2"));
    assert_eq!(one, with("5"));
}

/// A trace that is written down, in either form, is the trace that is made up.
#[test]
fn a_trace_on_paper_is_the_same() {
    let scratch = tempfile::tempdir().unwrap();
    let picks = |trace: &str| {
        let [_, picks, _] = all("sticky.conf", &["--trace", trace]);
        picks
    };
    let made_up = picks("gen:requests=500,sessions=30,service=exp:0.05");
    for form in ["jsonl", "csv"] {
        let file = scratch.path().join(form);
        let file = file.to_str().unwrap();
        let gen_it = ["trace", "gen", "--requests", "500", "--sessions", "30", "--service", "exp:0.05"];
        let written = program::run(&inputs(), &[&gen_it[..], &["--format", form, "-o", file]].concat(), "");
        assert!(written.status.success());
        assert_eq!(picks(file), made_up, "{form}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// A run is a function of configuration, trace, scenario and seed.
    #[test]
    fn a_run_is_a_function_of_its_inputs(
        conf in prop::sample::select(vec!["random.conf", "sticky.conf", "uri_ring.conf", "max_conns.conf", "least_conn_zone.conf"]),
        (seed, trace_seed) in (0u64..1000, 0u64..1000),
        (workers, rate) in (1u32..6, 10u32..2000),
        killed in prop::option::of(1u8..4),
    ) {
        let trace = format!("gen:requests=300,rate={rate},sessions=9,service=exp:0.03,seed={trace_seed}");
        let (seed, workers) = (seed.to_string(), workers.to_string());
        let kill = killed.map_or("*@9s..10s".to_owned(), |peer| format!("10.0.0.{peer}:80@0.1s.."));
        let arguments = ["--trace", &trace, "--seed", &seed, "--workers", &workers, "--kill", &kill];
        prop_assert_eq!(all(conf, &arguments), all(conf, &arguments));
    }
}
