//! Whole processes side by side, in turns in one run: real `nginx -t`, `nginxlb nginx -t` and `nginxlb lint`, on
//! configurations of 2,000 and 76,000 lines. `cargo bench --bench whole_process`; prints medians and ratios.

#[path = "big.rs"]
mod big;
#[path = "../tests/common/mod.rs"]
mod common;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each command, after one that does not count.
const RUNS: usize = 11;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    for lines in [2_000, 76_000] {
        let path = folder.path().join(format!("{lines}.conf"));
        std::fs::write(&path, big::configuration(lines)).unwrap();
        let prefix = format!("{}/", folder.path().display());
        let test = ["-t", "-p", &prefix, "-c", path.to_str().unwrap(), "-e", "/dev/null"];
        let ours = env!("CARGO_BIN_EXE_nginxlb");
        let commands: [(&str, Vec<&str>); 3] = [
            ("nginx -t", [&[common::oracle::nginx().to_str().unwrap()], &test[..]].concat()),
            ("nginxlb nginx -t", [&[ours, "nginx"], &test[..]].concat()),
            ("nginxlb lint", vec![ours, "lint", "--format", "concise", path.to_str().unwrap()]),
        ];
        let mut times: [Vec<Duration>; 3] = Default::default();
        for run in 0..=RUNS {
            for ((_, words), times) in commands.iter().zip(&mut times) {
                let took = time(words);
                if run > 0 {
                    times.push(took);
                }
            }
        }
        let medians = times.map(|mut times| {
            times.sort();
            times[RUNS / 2]
        });
        println!("{lines} lines, median of {RUNS} runs:");
        for ((name, _), median) in commands.iter().zip(medians) {
            let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
            println!("    {name:<18} {:>8.1} ms   {ratio:.2} x nginx -t", median.as_secs_f64() * 1000.0);
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "measuring is what this program is for")]
fn time(words: &[&str]) -> Duration {
    let start = Instant::now();
    let status = Command::new(words[0]).args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.unwrap();
    start.elapsed()
}
