//! Whatever the configuration: what is written for it passes the target's checker. A few at random by default, many with
//! `NGINXLB_FULL=1`; `NGINXLB_SEED=7` begins elsewhere.

use std::fs;
use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::common::program;
use crate::configurations::configuration;
use crate::golden::{Golden, codes};

/// How many are judged.
fn count() -> usize {
    if std::env::var_os("NGINXLB_FULL").is_some() { 200 } else { 12 }
}

fn seed() -> [u8; 32] {
    let seed = std::env::var("NGINXLB_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    [seed; 32]
}

/// Translates configurations at random.
///
/// # Panics
/// When the checker does not take what is written for one.
pub fn require(golden: &Golden) {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed());
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let (mut judged, mut faults) = (0, Vec::new());
    while judged < count() {
        let text = configuration().new_tree(&mut runner).unwrap().current();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("nginx.conf"), &text).unwrap();
        let Some(said) = translated(golden.to, folder.path()) else { continue };
        judged += 1;
        let checked = (golden.check)(&folder.path().join("out"));
        if !checked.good {
            if let Some(out) = std::env::var_os("SCRATCH") {
                fs::write(Path::new(&out).join(format!("{judged}.txt")), format!("{text}\n=====\n{}", checked.text))
                    .unwrap();
            }
            faults.push(format!("{text}\n{said}\n{}", checked.text));
        }
    }
    let first = faults.first().map_or("", |fault| fault.as_str());
    assert!(faults.is_empty(), "{}: {} of {judged} are not taken; the first:\n{first}", golden.to, faults.len());
}

/// The report; nothing where nginx would not run the configuration. What is refused is allowed.
fn translated(to: &str, folder: &Path) -> Option<String> {
    let out = folder.join("out");
    let call = |allowed: &[String]| {
        let mut arguments = vec!["translate", "--to", to, "--out", out.to_str().unwrap(), "nginx.conf"];
        arguments.extend(allowed.iter().flat_map(|code| ["--allow-loss", code]));
        let output = program::run(folder, &arguments, "");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (mut code, mut report) = call(&[]);
    if code == Some(3) {
        (code, report) = call(&codes(&report));
    }
    assert!(code < Some(3) || report.contains("the configuration has faults"), "{to}: {code:?}: {report}");
    (code < Some(3)).then_some(report)
}
