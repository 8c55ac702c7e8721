//! A real nginx with the servers of a comparison.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::common::oracle;

/// What is around the servers.
const HTTP: &str = include_str!("http.conf");

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 0 where nginx closed the connection without a word.
    pub status: u16,
    pub location: Option<String>,
    /// Nothing where it is not known or does not matter.
    pub body: Option<String>,
}

impl Answer {
    /// Whether this prediction fits what really came.
    pub fn agrees_with(&self, real: &Answer) -> bool {
        self.status == real.status && self.location == real.location && (self.body.is_none() || self.body == real.body)
    }
}

pub struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
    conf: String,
}

impl Nginx {
    /// Starts it with these servers, each on a socket of its own; `SOCKET` in one names it for further servers there.
    pub fn start(servers: &[String]) -> Nginx {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        let listening = |(n, server): (usize, &String)| {
            let socket = format!("unix:{at}/{n}.sock");
            format!("server {{ listen {socket}; {} }}\n", server.replace("SOCKET", &socket))
        };
        let servers: String = servers.iter().enumerate().map(listening).collect();
        let conf = HTTP.replace("FOLDER", &at).replace("SERVERS", &servers);
        let path = folder.path().join("nginx.conf");
        std::fs::write(&path, &conf).unwrap();
        std::fs::create_dir(folder.path().join("logs")).unwrap();
        let child = Command::new(oracle::nginx())
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&path)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx runs");
        let mut nginx = Nginx { child, folder, conf };
        nginx.wait();
        nginx
    }

    pub fn conf(&self) -> &str {
        &self.conf
    }

    /// The prefix of its paths.
    pub fn prefix(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn socket(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("{n}.sock"))
    }

    fn wait(&mut self) {
        while UnixStream::connect(self.socket(0)).is_err() {
            if let Some(ended) = self.child.try_wait().unwrap() {
                let said = std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default();
                panic!("nginx did not start ({ended}): {said}");
            }
            std::thread::yield_now();
        }
    }

    /// Sends `METHOD TARGET` and header lines to the n-th server.
    pub fn ask(&self, n: usize, request: &str) -> Answer {
        let mut stream = UnixStream::connect(self.socket(n)).unwrap();
        let (first, headers) = request.split_once('\n').unwrap_or((request, ""));
        let mut text = format!("{first} HTTP/1.1\r\nConnection: close\r\n");
        for line in headers.lines() {
            text += line;
            text += "\r\n";
        }
        if !headers.contains("Host:") {
            text += "Host: localhost\r\n";
        }
        text += "\r\n";
        let body = headers.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
        text += &"x".repeat(body.unwrap_or(0));
        stream.write_all(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        read_answer(&bytes)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_answer(bytes: &[u8]) -> Answer {
    let text: String = bytes.iter().map(|byte| *byte as char).collect();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    Answer {
        status,
        location: header("Location: ").filter(|location| !location.is_empty()),
        body: Some(body.to_owned()),
    }
}
