//! The proxy under test: started, reloaded, measured and ended as nginx is.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::common::live::free_port;
use crate::common::served::TEMPORARY;
use tempfile::TempDir;

/// What nginx tells of backends.
const TOLD: &[&str] = &[
    "connect() failed",
    "recv() failed",
    "upstream prematurely closed",
    "upstream timed out",
    "upstream server temporarily disabled",
    "no live upstreams",
];

pub struct Proxy {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

/// Of all its processes.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Kilobytes, what processes share counted once.
    pub memory: u64,
    pub files: u64,
}

impl Proxy {
    pub fn start(backends: &[u16]) -> Proxy {
        let folder = tempfile::tempdir().unwrap();
        // Where the super-user runs this, `serve` is another user's once it has started, and removes the file of the process
        // number as that one.
        Command::new("chmod").arg("777").arg(folder.path()).status().unwrap();
        let port = free_port();
        fs::write(folder.path().join("nginx.conf"), configuration(port, backends, 0)).unwrap();
        let other = std::env::var("NGINXLB_SOAK_BINARY");
        let mut command = Command::new(other.as_deref().unwrap_or(env!("CARGO_BIN_EXE_nginxlb")));
        command.args(other.is_err().then_some("nginx")).arg("-p").arg(format!("{}/", folder.path().display()));
        let child = command.args(["-c", "nginx.conf", "-e", "error.log"]).stdout(Stdio::null()).spawn().unwrap();
        let mut proxy = Proxy { child, folder, port };
        proxy.wait("listens", |proxy| {
            assert!(proxy.child.try_wait().unwrap().is_none(), "it ended: {}", proxy.error_log());
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        proxy
    }

    fn wait(&mut self, what: &str, mut done: impl FnMut(&mut Proxy) -> bool) {
        for _ in 0..600 {
            if done(self) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("30 seconds, and it does not say that it {what}: {}", self.error_log());
    }

    fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success(), "it is not there");
    }

    /// Another configuration; now and then one that is wrong, which changes nothing.
    pub fn reload(&self, backends: &[u16], number: usize) {
        let text = match number % 5 {
            4 => "http { nonsense; }".to_owned(),
            _ => configuration(self.port, backends, number),
        };
        fs::write(self.folder.path().join("nginx.conf"), text).unwrap();
        self.signal("-HUP");
    }

    /// Ends it gracefully; what it leaves behind or does wrong at that.
    pub fn quit(&mut self) -> Vec<String> {
        let pid = self.folder.path().join("nginx.pid");
        let mut faults = Vec::new();
        let mut check = |right: bool, fault: &str| faults.extend((!right).then(|| fault.to_owned()));
        check(pid.exists(), "it has no pid file");
        self.signal("-QUIT");
        self.wait("has ended", |proxy| proxy.child.try_wait().unwrap().is_some());
        check(self.child.wait().unwrap().success(), "its exit code is not 0");
        check(!pid.exists(), "its pid file stays");
        faults
    }

    pub fn size(&self) -> Size {
        let mut processes = vec![self.child.id()];
        let mut at = 0;
        while let Some(process) = processes.get(at) {
            let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
            processes.extend(children.split_whitespace().flat_map(str::parse::<u32>));
            at += 1;
        }
        // A worker may end while it is looked at: then it is nothing.
        let memory = |process: &u32| -> Option<u64> {
            let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
            text.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().trim_end_matches(" kB").parse().ok()
        };
        let files = |process: &u32| fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count) as u64;
        Size { memory: processes.iter().filter_map(memory).sum(), files: processes.iter().map(files).sum() }
    }

    fn error_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    /// How often the error log tells what went wrong with backends.
    pub fn told(&self) -> String {
        let log = self.error_log();
        let told = |words: &&str| format!("{} {words}", log.lines().filter(|line| line.contains(*words)).count());
        TOLD.iter().map(told).collect::<Vec<_>>().join(", ")
    }

    /// What must not stand in the error log. The wrong configurations are to be told.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.error_log();
        let emerg = |line: &&str| line.contains("[emerg]") && !line.contains("unknown directive \"nonsense\"");
        let bad = log.lines().filter(|line| line.contains("[alert]") || line.contains("panicked") || emerg(line));
        bad.map(|line| format!("error.log: {line}")).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.signal("-TERM");
            let _ = self.child.wait();
        }
    }
}

/// The same in meaning, with other weights each time.
fn configuration(port: u16, backends: &[u16], number: usize) -> String {
    let mut text = format!(
        "daemon off; worker_processes 2; pid nginx.pid; error_log error.log notice;\n\
         events {{ worker_connections 1024; }}\nhttp {{\naccess_log off;\n{TEMPORARY}\n\
         upstream backends {{\nzone backends 256k;\n"
    );
    for (at, backend) in backends.iter().enumerate() {
        let weight = 1 + (at + number) % 3;
        let _ = writeln!(text, "server 127.0.0.1:{backend} weight={weight} max_fails=10 fail_timeout=1s;");
    }
    let _ = write!(
        text,
        "keepalive 8;\n}}\nserver {{\nlisten 127.0.0.1:{port};\nlocation / {{\nproxy_pass http://backends;\n\
         proxy_http_version 1.1;\nproxy_set_header Connection \"\";\nproxy_connect_timeout 1s;\nproxy_read_timeout 1s;\n\
         proxy_next_upstream error timeout http_503;\nproxy_next_upstream_timeout 4s;\n}}\n}}\n}}\n"
    );
    text
}
