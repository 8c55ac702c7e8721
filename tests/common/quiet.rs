//! Many short commands in network namespaces of their own: no name resolves, every port is free, nothing leaves the
//! machine, so that `nginx -t` says the same everywhere.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A shell in a network namespace of its own.
pub struct Quiet {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// How a command ended: exit status, and what it wrote to standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub status: i32,
    pub stderr: String,
}

const MARK: &str = "--- ended";

impl Quiet {
    /// Starts the shell in `folder`.
    ///
    /// # Panics
    /// When `unshare` (util-linux) is missing or user namespaces are forbidden: the comparison cannot be run then.
    pub fn new(folder: &Path) -> Quiet {
        // Root may have a network namespace for the asking; others need a user namespace to own it. nginx that is root
        // only there would fail to give its folders away.
        let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let own: &[&str] = if root { &["--net"] } else { &["--net", "--map-current-user"] };
        // Programs ask which addresses the machine has before they resolve `localhost`.
        let shell = "ip link set lo up 2>/dev/null; exec sh -s";
        let mut child = Command::new("unshare")
            .args(own)
            .args(["sh", "-c", shell])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("`unshare` of util-linux runs the real nginx without a network; install util-linux");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Quiet { child, input, output }
    }

    /// Runs a command given as words, with environment variables, to its end.
    pub fn run(&mut self, env: &[(&str, &str)], words: &[&str]) -> Ended {
        let mut line = String::new();
        for (name, value) in env {
            write!(line, "{name}={} ", quoted(value)).unwrap();
        }
        for word in words {
            write!(line, "{} ", quoted(word)).unwrap();
        }
        writeln!(self.input, "{line} 2>&1 >/dev/null </dev/null; printf '\\n{MARK} %s\\n' $?").unwrap();
        let mut stderr = Vec::new();
        loop {
            let mut bytes = Vec::new();
            let n = self.output.read_until(b'\n', &mut bytes).unwrap();
            assert!(n > 0, "the shell in the network namespace ended: are user namespaces allowed here?");
            let text = String::from_utf8_lossy(&bytes);
            if let Some(status) = text.strip_prefix(MARK) {
                let stderr = String::from_utf8_lossy(&stderr).trim_end().to_owned();
                return Ended { status: status.trim().parse().unwrap(), stderr };
            }
            stderr.extend(bytes);
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = writeln!(self.input, "exit");
        let _ = self.child.wait();
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
