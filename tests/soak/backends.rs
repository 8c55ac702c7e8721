//! `nginxlb backend` as the soak uses it: each tells which requests it saw.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A request that came to a backend.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub post: bool,
    /// The status or the fault that it got.
    pub what: &'static str,
}

/// All that a request can get.
const WHAT: &[&str] = &["200", "503", "reset", "close", "cut", "hang"];

pub struct Backend {
    process: Process,
    pub port: u16,
    log: JoinHandle<Vec<(u64, Seen)>>,
}

/// It does not outlive a test that fails.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Backend {
    pub fn start(chunked: bool) -> Backend {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nginxlb"))
            .args(["backend", "--port", "0", "--log", "--echo", "--size", "3000", "--jitter", "5ms"])
            .args(chunked.then_some("--chunked"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.next().unwrap();
        let port = first.rsplit(':').next().unwrap().parse().unwrap();
        let log = thread::spawn(move || lines.filter_map(|line| seen(&line)).collect());
        Backend { process: Process(child), port, log }
    }

    /// Has it do something; `false` when it is dead.
    pub fn tell(&self, command: &str) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let request = format!("GET /_backend/{command} HTTP/1.0\r\n\r\n");
        let mut answer = String::new();
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 200 ")
    }

    /// Ends it; all it saw.
    pub fn stop(self) -> Vec<(u64, Seen)> {
        drop(self.process);
        self.log.join().unwrap()
    }
}

/// Of a line such as `9001 GET /r/17 200`.
fn seen(line: &str) -> Option<(u64, Seen)> {
    let mut words = line.split(' ').skip(1);
    let post = words.next()? == "POST";
    let id = words.next()?.strip_prefix("/r/")?.parse().ok()?;
    let what = words.next()?;
    let what = WHAT.iter().find(|known| **known == what).unwrap_or_else(|| panic!("{line}"));
    Some((id, Seen { post, what }))
}
