//! Requests a second and memory of whole runs of `nginxlb simulate`: `cargo bench --bench replay`. Runs are pinned to one
//! processor (`taskset` of util-linux), or to two where that is said; what is printed is the median. `NGINXLB_FULL=1` reads
//! a log of 1 GB, too.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of each command, after one that does not count.
const RUNS: usize = 5;

/// One line of the log is about so many bytes long.
const LINE: u64 = 220;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("nginx.conf");
    std::fs::write(&conf, configuration(4)).unwrap();
    let wide = folder.path().join("wide.conf");
    std::fs::write(&wide, configuration(1024)).unwrap();
    let log = folder.path().join("access.log");
    let lines = 2_000_000;
    write_log(&log, lines);
    let made_up = "gen:requests=1e7,rate=5000,clients=1000";
    let few = "gen:requests=2e6,rate=5000,clients=1000";
    measure("round robin over 4 peers, made up, 1 processor", "0", 10_000_000, &[&conf_of(&conf), made_up]);
    measure("round robin over 1024 peers, made up, 1 processor", "0", 2_000_000, &[&conf_of(&wide), few]);
    let log_name = log.to_str().unwrap();
    measure("a combined log, 1 processor", "0", lines, &[&conf_of(&conf), log_name, "--threads", "1"]);
    measure("a combined log, 2 processors", "0,1", lines, &[&conf_of(&conf), log_name, "--threads", "2"]);
    if std::env::var_os("NGINXLB_FULL").is_some() {
        let lines = 1_000_000_000 / LINE;
        write_log(&log, lines);
        measure("a combined log of 1 GB, 2 processors", "0,1", lines, &[&conf_of(&conf), log_name, "--threads", "2"]);
    }
}

fn conf_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn configuration(peers: u32) -> String {
    let mut text = "events {} http { upstream u {".to_owned();
    for n in 0..peers {
        let _ = write!(text, " server 10.0.{}.{}:80 weight={};", n / 256, n % 256, n % 3 + 1);
    }
    text + " } server { listen 80; location / { proxy_pass http://u; } } }"
}

/// A log in the combined format: 500 requests a second, of as many clients as there are lines.
fn write_log(path: &Path, lines: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
    for n in 0..lines {
        let (second, client) = (n / 500, n.wrapping_mul(0x9e37_79b9) as u32);
        let [a, b, c, d] = client.to_be_bytes();
        let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
        let time = format!("{:02}/Oct/2026:{hour:02}:{minute:02}:{:02} +0000", 1 + second / 86_400, second % 60);
        writeln!(
            out,
            "{}.{b}.{c}.{d} - - [{time}] \"GET /api/v1/users?id={n} HTTP/1.1\" 200 {} \"https://www.example.com/start\" \
             \"{agent}\"",
            a % 223 + 1,
            n % 10_000
        )
        .unwrap();
    }
    out.flush().unwrap();
}

/// Runs the command some times and prints the medians.
fn measure(what: &str, processors: &str, requests: u64, arguments: &[&str]) {
    let (conf, trace, rest) = (arguments[0], arguments[1], &arguments[2..]);
    let mut runs: Vec<(f64, u64)> = (0..=RUNS)
        .map(|_| {
            run(&[&["-c", processors, env!("CARGO_BIN_EXE_nginxlb"), "simulate", conf, "--trace", trace], rest]
                .concat())
        })
        .skip(1)
        .collect();
    runs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (seconds, _) = runs[RUNS / 2];
    let memory = runs.iter().map(|(_, memory)| *memory).max().unwrap_or(0);
    let rate = requests as f64 / seconds / 1e6;
    println!("{what:<52} {rate:>6.2} million requests a second, {:>4} MB", memory / 1024);
}

/// Seconds and most memory (KB) of one run.
#[allow(clippy::disallowed_methods, reason = "measuring is what this program is for")]
fn run(arguments: &[&str]) -> (f64, u64) {
    let start = Instant::now();
    let mut child =
        Command::new("taskset").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut memory = 0;
    loop {
        // The peak so far, as long as the process is there to tell.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        memory = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(memory).max(memory);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{arguments:?} ended with {ended}, signal {:?}", ended.signal());
            return (start.elapsed().as_secs_f64(), memory);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
