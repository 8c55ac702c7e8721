//! The program under test in a folder with files, and requests to it as raw bytes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::common::live::{DEADLINE, free_port, wait_until};
use nix::unistd::Uid;
use tempfile::TempDir;

/// A server whose prefix is a folder of its own; its files are below `html`.
pub struct Server {
    folder: TempDir,
    child: Child,
    pub port: u16,
}

impl Server {
    /// With this content of its only server, and of `http`; `%` is the server's port. The files have these names and
    /// contents; a name that ends with `/` is a folder.
    pub fn start(files: &[(&str, &str)], server: &str, http: &str) -> Server {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join("html").join(name);
            fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            if !name.ends_with('/') {
                fs::write(path, content).unwrap();
            }
        }
        let port = free_port();
        // The super-user stays what it is: it owns the folder.
        let user = if Uid::effective().is_root() { "user root root;" } else { "" };
        let text = format!(
            "{user} daemon off; pid nginx.pid; error_log error.log info;\nevents {{}}\nhttp {{ access_log off;\n\
             client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
             {http}\nserver {{ listen 127.0.0.1:%; server_name localhost;\n{server}\n}}\n}}\n"
        );
        fs::write(folder.path().join("nginx.conf"), text.replace('%', &port.to_string())).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
        command.env_remove("NGINXLB_TARGET").args(["nginx", "-c", "nginx.conf", "-e", "early.log", "-p"]);
        let child = command.arg(folder.path()).stderr(Stdio::null()).spawn().unwrap();
        let server = Server { folder, child, port };
        wait_until("the file of the process number", || {
            let log = server.read("early.log") + &server.read("error.log");
            assert!(!log.contains("[emerg]"), "{log}");
            server.read("nginx.pid").ends_with('\n')
        });
        server
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// The full name of a file.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Waits for this text in the error log.
    pub fn logged(&self, text: &str) {
        wait_until(text, || self.read("error.log").contains(text));
    }

    /// What a connection gives back, to its end, for these bytes.
    pub fn send(&self, bytes: &str) -> Answer {
        let mut client = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
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

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
