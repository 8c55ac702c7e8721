//! What a real nginx 1.31.5 did, request by request (`testdata/recordings`): every request of every case the same.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use super::{picks, root};

/// Cases and requests of the suite, so that none is lost unnoticed.
const CASES: usize = 48;
const REQUESTS: usize = 7204;

/// The cases, in order.
fn cases() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("testdata/recordings")).unwrap();
    let mut cases: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// How many requests the case has, or where it first parts from nginx.
fn judge(case: &Path) -> Result<usize, String> {
    let meta: Value = serde_json::from_str(&std::fs::read_to_string(case.join("meta.json")).unwrap()).unwrap();
    let rng = meta["rng"].as_str().unwrap();
    let nginx = picks::read(&case.join("expected.jsonl"));
    let ours = picks::of(case, &["nginx.conf", "--trace", "trace.jsonl", "--scenario", "scenario.toml", "--rng", rng]);
    let name = case.file_name().unwrap().display();
    if let Some((ours, nginx)) = ours.iter().zip(&nginx).find(|(ours, nginx)| ours != nginx) {
        return Err(format!("{name}:\n  nginx     {nginx:?}\n  simulated {ours:?}"));
    }
    if ours.len() == nginx.len() {
        Ok(nginx.len())
    } else {
        Err(format!("{name}: {} requests, of which {} were simulated", nginx.len(), ours.len()))
    }
}

#[test]
fn every_request_of_every_case_as_nginx() {
    let (cases, found) = (cases(), Mutex::new(Vec::new()));
    let next = Mutex::new(cases.iter());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = { next.lock().unwrap().next() } {
                    let judged = judge(case);
                    found.lock().unwrap().push(judged);
                }
            });
        }
    });
    let (same, differ): (Vec<_>, Vec<_>) = found.into_inner().unwrap().into_iter().partition(Result::is_ok);
    let mut differ: Vec<String> = differ.into_iter().filter_map(Result::err).collect();
    differ.sort();
    assert!(
        differ.is_empty(),
        "{} of {} cases differ; the first difference of each:\n{}",
        differ.len(),
        cases.len(),
        differ.join("\n")
    );
    assert_eq!((same.len(), same.into_iter().flatten().sum::<usize>()), (CASES, REQUESTS));
}
