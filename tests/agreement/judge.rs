//! One configuration, two programs, one verdict on whether they agree; many of them, a report.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::quiet::{Ended, Quiet};

/// What `nginx -t` says, in the parts that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub status: i32,
    /// The first `[emerg]`, `[alert]` or `[crit]`, without place.
    pub message: String,
    pub line: String,
    /// Warnings before it, with their places.
    pub warnings: Vec<String>,
}

impl Verdict {
    pub fn read(status: i32, stderr: &str) -> Verdict {
        let mut verdict = Verdict { status, message: String::new(), line: String::new(), warnings: Vec::new() };
        for line in stderr.lines() {
            let Some((level, text)) = line.strip_prefix("nginx: [").and_then(|rest| rest.split_once("] ")) else {
                continue;
            };
            if level == "warn" {
                verdict.warnings.push(text.to_owned());
            } else if verdict.message.is_empty() && ["emerg", "alert", "crit"].contains(&level) {
                (verdict.message, verdict.line) = split_place(text);
            }
        }
        verdict.message = without_library_wording(&verdict.message);
        verdict
    }
}

fn split_place(text: &str) -> (String, String) {
    match text.rsplit_once(" in ").and_then(|(message, place)| Some((message, place.rsplit_once(':')?))) {
        Some((message, (file, line))) if !file.contains(' ') && line.bytes().all(|b| b.is_ascii_digit()) => {
            (message.to_owned(), line.to_owned())
        }
        _ => (text.to_owned(), String::new()),
    }
}

/// The texts of PCRE and of the TLS library depend on the build, not on nginx: what they say is cut out.
fn without_library_wording(message: &str) -> String {
    for start in ["pcre_compile() failed: ", "pcre2_compile() failed: "] {
        if let Some((_, pattern)) = message.strip_prefix(start).and_then(|rest| rest.split_once(" in \"")) {
            return format!("pcre_compile() failed: in \"{pattern}");
        }
    }
    for start in ["cannot load certificate \"", "cannot load certificate key \""] {
        if let Some((path, _)) = message.strip_prefix(start).and_then(|rest| rest.split_once('"')) {
            return format!("{start}{path}\"");
        }
    }
    message.to_owned()
}

/// Two programs to compare.
pub struct Pair<'a> {
    pub oracle: &'a Path,
    /// A file with the oracle's `-V` output.
    pub target: PathBuf,
    /// The prefix for both.
    pub prefix: &'a Path,
}

/// How two programs did on a number of configurations.
#[derive(Debug, Default)]
pub struct Report {
    pub total: usize,
    pub verdict: usize,
    pub message: usize,
    pub line: usize,
    pub warnings: usize,
    pub differences: Vec<String>,
}

impl Report {
    pub fn add(&mut self, name: &str, theirs: &Verdict, ours: &Verdict) {
        let verdict = theirs.status == ours.status;
        let message = verdict && theirs.message == ours.message;
        let line = message && theirs.line == ours.line;
        let warnings = line && theirs.warnings == ours.warnings;
        self.total += 1;
        self.verdict += usize::from(verdict);
        self.message += usize::from(message);
        self.line += usize::from(line);
        self.warnings += usize::from(warnings);
        if !warnings {
            let show = |v: &Verdict| format!("{} {} :{} {:?}", v.status, v.message, v.line, v.warnings);
            self.differences.push(format!("{name}\n    nginx: {}\n    ours:  {}", show(theirs), show(ours)));
        }
    }

    /// Prints the figures and some differences, and fails below the given rates of verdict and line, in percent.
    pub fn require(&self, what: &str, verdict: f64, line: f64) {
        let rate = |n: usize| 100.0 * n as f64 / self.total.max(1) as f64;
        let figures = format!(
            "{what}: {} configurations: verdict {:.2} %, message {:.2} %, and line {:.2} %, and warnings {:.2} %",
            self.total,
            rate(self.verdict),
            rate(self.message),
            rate(self.line),
            rate(self.warnings)
        );
        println!("{figures}");
        let show = std::env::var("NGINXLB_SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
        let differences = self.differences.iter().take(show).cloned().collect::<Vec<_>>().join("\n");
        println!("{differences}");
        assert!(self.total > 0, "{what}: nothing was compared");
        let enough = rate(self.verdict) >= verdict && rate(self.line) >= line;
        assert!(enough, "{figures}; wanted {verdict} % and {line} %\n{differences}");
    }
}

/// Runs `nginx -t` of both on every file, on as many threads as there are processors.
pub fn compare(pair: &Pair, files: &[(String, PathBuf)]) -> Report {
    let report = Mutex::new(Report::default());
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut shell = Quiet::new(pair.prefix);
                while let Some((name, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let theirs = run(&mut shell, &[], &[pair.oracle.to_str().unwrap()], pair.prefix, file);
                    let ours = run(
                        &mut shell,
                        &[("NGINXLB_TARGET", pair.target.to_str().unwrap())],
                        &[env!("CARGO_BIN_EXE_nginxlb"), "nginx"],
                        pair.prefix,
                        file,
                    );
                    report.lock().unwrap().add(name, &theirs, &ours);
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap();
    report.differences.sort();
    report
}

fn run(shell: &mut Quiet, env: &[(&str, &str)], program: &[&str], prefix: &Path, file: &Path) -> Verdict {
    let prefix = format!("{}/", prefix.display());
    let file = file.to_str().unwrap();
    let words = [program, &["-t", "-p", &prefix, "-c", file, "-e", "/dev/null"]].concat();
    let Ended { status, stderr } = shell.run(env, &words);
    Verdict::read(status, &stderr)
}
