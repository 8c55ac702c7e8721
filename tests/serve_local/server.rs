//! The program under test in a folder with files, and requests to it as raw bytes.

use std::fs;
use std::io::{Read as _, Write as _};

use crate::common::live::free_port;
use crate::common::served::{Served, configuration};

impl Served {
    /// One with this content of its only server, and of `http`; `%` is the server's port. The files below `html` have these
    /// names and contents; a name that ends with `/` is a folder.
    pub fn start(files: &[(&str, &str)], server: &str, http: &str) -> Served {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join("html").join(name);
            fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            if !name.ends_with('/') {
                fs::write(path, content).unwrap();
            }
        }
        let port = free_port();
        let http = format!("{http}\nserver {{ listen 127.0.0.1:%; server_name localhost;\n{server}\n}}\n");
        let text = configuration("", &http).replace('%', &port.to_string());
        fs::write(folder.path().join("nginx.conf"), text).unwrap();
        Served::run(folder, port)
    }

    /// What a connection gives back, to its end, for these bytes.
    pub fn send(&self, bytes: &str) -> Answer {
        let mut client = self.connect();
        client.write_all(bytes.as_bytes()).unwrap();
        let mut all = Vec::new();
        client.read_to_end(&mut all).unwrap();
        Answer(String::from_utf8_lossy(&all).replace(&self.port.to_string(), "PORT"))
    }

    /// The answer to `GET` with these header lines.
    pub fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"))
    }
}

/// What came back; the server's port is `PORT`.
#[derive(Debug)]
pub struct Answer(pub String);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    pub fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// The value of a header; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
    }

    /// The names of the headers, in order.
    pub fn names(&self) -> Vec<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().skip(1).filter_map(|line| line.split(": ").next()).collect()
    }
}
