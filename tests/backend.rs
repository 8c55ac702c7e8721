//! `nginxlb backend`, as a client sees it.

mod common;

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use common::program;

/// A backend that runs for as long as this lives.
struct Backend {
    child: Child,
    out: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Backend {
    fn start(options: &[&str]) -> Backend {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nginxlb"))
            .args(["backend", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut backend = Backend { child, out, address: ([127, 0, 0, 1], 0).into() };
        let line = backend.line();
        backend.address = line.rsplit("http://").next().unwrap().parse().unwrap();
        backend
    }

    /// The next line of its output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// All that comes back for these bytes, until the end of the connection.
    fn send(&self, request: &str) -> Result<String, ErrorKind> {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(|error| error.kind())?;
        Ok(String::from_utf8(answer).unwrap())
    }

    fn get(&self, path: &str) -> Result<String, ErrorKind> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn check(answer: &str, status: &str, body: &str) {
    let (head, found) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
    assert_eq!(found, body, "{head}");
}

#[test]
fn it_says_who_answers() {
    let backend = Backend::start(&["--name", "blue"]);
    let answer = backend.get("/").unwrap();
    check(&answer, "200 OK", "blue\n");
    assert!(answer.contains("\r\nX-Backend: blue\r\n") && answer.contains("\r\nConnection: close\r\n"), "{answer}");
}

#[test]
fn without_a_name_the_port_is_its_name() {
    let backend = Backend::start(&[]);
    check(&backend.get("/").unwrap(), "200 OK", &format!("{}\n", backend.address.port()));
}

#[test]
fn every_port_has_a_line() {
    let mut backend = Backend::start(&["--port", "0,0"]);
    let mut addresses = vec![backend.address];
    for _ in 0..2 {
        addresses.push(backend.line().rsplit("http://").next().unwrap().parse().unwrap());
    }
    for address in &addresses {
        TcpStream::connect(address).unwrap();
    }
    addresses.dedup();
    assert_eq!(addresses.len(), 3);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mut backend = Backend::start(&["--log", "--name", "b"]);
    let answers = backend
        .send(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
             POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
             POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n2;x=y\r\n /\r\n0\r\nT: r\r\n\r\n\
             HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n\
             GET /5 HTTP/1.0\r\n\r\n\
             GET /6 HTTP/1.1\r\nHost: a\r\n\r\n",
        )
        .unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 5, "{answers}");
    assert_eq!(answers.matches("\r\n\r\nb\n").count(), 4, "the HEAD has no body: {answers}");
    let port = backend.address.port();
    for told in ["GET /1", "POST /2", "POST /3", "HEAD /4", "GET /5"] {
        assert_eq!(backend.line(), format!("{port} {told} 200"));
    }
}

#[test]
fn a_body_is_as_long_as_asked_for() {
    let backend = Backend::start(&["--size", "100000", "--name", "b"]);
    let answer = backend.get("/").unwrap();
    assert!(answer.contains("\r\nContent-Length: 100000\r\n"));
    assert_eq!(answer.split_once("\r\n\r\n").unwrap().1.len(), 100_000);
}

#[test]
fn chunks_are_for_http_1_1_only() {
    let backend = Backend::start(&["--chunked", "--size", "5", "--name", "b"]);
    let answer = backend.get("/").unwrap();
    assert!(answer.contains("\r\nTransfer-Encoding: chunked\r\n"), "{answer}");
    check(&answer, "200 OK", "5\r\nb\nxxx\r\n0\r\n\r\n");
    check(&backend.send("GET / HTTP/1.0\r\n\r\n").unwrap(), "200 OK", "b\nxxx");
}

#[test]
fn a_status_without_a_body_has_none() {
    let backend = Backend::start(&["--status", "204", "--chunked"]);
    let answer = backend.get("/").unwrap();
    check(&answer, "204 No Content", "");
    assert!(!answer.contains("Transfer-Encoding") && !answer.contains("Content-Length"), "{answer}");
}

#[test]
fn an_echo_tells_the_request() {
    let backend = Backend::start(&["--echo", "--name", "b"]);
    let answer = backend.send("PUT /a?b HTTP/1.1\r\nX-Id: 7\r\nConnection: close\r\n\r\n").unwrap();
    check(&answer, "200 OK", "b\nPUT /a?b HTTP/1.1\nX-Id: 7\nConnection: close\n");
}

#[test]
fn who_expects_100_gets_it_before_the_body_is_sent() {
    let backend = Backend::start(&["--name", "b"]);
    let mut stream = backend.connect();
    let head = b"POST / HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"x").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    check(&answer, "200 OK", "b\n");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the time of a process is real")]
fn latency_is_waited() {
    let backend = Backend::start(&["--latency", "150ms"]);
    let start = Instant::now();
    backend.get("/").unwrap();
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn faults_are_what_was_asked_for() {
    let fault = |with| Backend::start(&["--fail", "100%", "--with", with, "--size", "10", "--name", "b"]).get("/");
    check(&fault("418").unwrap(), "418 I'm a teapot", "b\nxxxxxxxx");
    check(&fault("cut").unwrap(), "200 OK", "b\nxxx");
    assert_eq!(fault("close"), Ok(String::new()));
    assert_eq!(fault("reset"), Err(ErrorKind::ConnectionReset));
}

#[test]
fn the_log_tells_faults_too() {
    let mut backend = Backend::start(&["--fail", "1", "--with", "close", "--log"]);
    assert_eq!(backend.get("/a"), Ok(String::new()));
    assert_eq!(backend.line(), format!("{} GET /a close", backend.address.port()));
}

#[test]
fn one_that_hangs_says_nothing_until_the_client_has_enough() {
    let backend = Backend::start(&["--fail", "1", "--with", "hang"]);
    let mut stream = backend.connect();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn a_rate_is_a_share_of_the_requests() {
    let backend = Backend::start(&["--fail", "0.3", "--with", "503"]);
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(999);
    let answers = backend.send(&(request + "GET / HTTP/1.0\r\n\r\n")).unwrap();
    let failed = answers.matches("HTTP/1.1 503 Service Unavailable").count();
    assert_eq!(failed + answers.matches("HTTP/1.1 200 OK").count(), 1000);
    assert!((250..350).contains(&failed), "{failed} of 1000");
}

#[test]
fn it_changes_while_it_runs_and_goes_back() {
    let backend = Backend::start(&["--name", "b"]);
    check(&backend.get("/_backend/status/404").unwrap(), "200 OK", "done\n");
    check(&backend.get("/").unwrap(), "404 Not Found", "b\n");
    check(&backend.get("/_backend/reset").unwrap(), "200 OK", "done\n");
    check(&backend.get("/").unwrap(), "200 OK", "b\n");
    check(&backend.get("/_backend/count").unwrap(), "200 OK", "2\n");
}

#[test]
fn what_it_cannot_become_is_refused() {
    let backend = Backend::start(&["--name", "b"]);
    for (asked, said) in [
        ("status/99", "`99` is no status from 200 to 599"),
        ("latency/soon", "`soon` is no time such as 20ms or 1.5s"),
        ("fail/2", "`2` is no rate from 0 to 1, or 0% to 100%"),
        ("with/pleasure", "`pleasure` is none of reset, close, cut, hang, 200..599"),
        ("size/-1", "`-1` is no size"),
        ("die/young", "`young` is no time such as 20ms or 1.5s"),
        ("x", "`x` is none of count, die, reset, fail, jitter, latency, size, status, with"),
    ] {
        check(&backend.get(&format!("/_backend/{asked}")).unwrap(), "400 Bad Request", &format!("{said}\n"));
    }
    check(&backend.get("/").unwrap(), "200 OK", "b\n");
}

#[test]
fn a_dead_port_resets_its_connections_and_ends_the_program() {
    let mut backend = Backend::start(&["--latency", "1m"]);
    let mut waiting = backend.connect();
    waiting.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    // Answered, so the first has been accepted.
    check(&backend.get("/_backend/die").unwrap(), "200 OK", "done\n");
    assert_eq!(waiting.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(backend.child.wait().unwrap().success());
}

#[test]
fn a_port_comes_back_from_the_dead() {
    let mut backend = Backend::start(&["--name", "b"]);
    check(&backend.get("/_backend/die/500ms").unwrap(), "200 OK", "done\n");
    assert_eq!(backend.line(), "b is gone");
    assert_eq!(TcpStream::connect(backend.address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(backend.line(), format!("b answers on http://{}", backend.address));
    check(&backend.get("/").unwrap(), "200 OK", "b\n");
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let backend = Backend::start(&[]);
    let port = backend.address.port().to_string();
    let output = program::run(Path::new("."), &["backend", "--port", &port], "");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("nginxlb: cannot listen on 127.0.0.1:{port}: ")), "{said}");
}
