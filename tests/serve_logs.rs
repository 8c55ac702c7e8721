//! What a server writes down: access logs, the error log about requests, and the trace of what it served.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;

use crate::common::live::{free_port, listening, wait_until};
use crate::common::served::{Served, all_or_reset, user};
use nix::sys::signal::Signal;

/// A backend that answers every request with its port.
fn backend() -> u16 {
    let (socket, port) = listening();
    thread::spawn(move || {
        for connection in socket.incoming() {
            let Ok(mut connection) = connection else { return };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                match connection.read(&mut byte) {
                    Ok(1) => head.push(byte[0]),
                    _ => break,
                }
            }
            let body = port.to_string();
            let length = body.len();
            let _ =
                write!(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        }
    });
    port
}

impl Served {
    /// In the configuration of `http`, `PORT` is where it is to listen.
    fn start(http: &str, arguments: &[&str]) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let http = http.replace("PORT", &format!("127.0.0.1:{port}"));
        let conf = format!("{} error_log error.log info; events {{}}\nhttp {{ {http} }}\n", user());
        fs::write(folder.path().join("nginx.conf"), conf).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
        command.env_remove("NGINXLB_TARGET").arg("serve").arg(folder.path().join("nginx.conf")).args(arguments);
        command.current_dir(folder.path());
        let server = Served::spawn(command, folder, port);
        server.logged("start worker process ");
        server
    }

    /// Sends this, and gives what comes until the connection is closed.
    fn send(&self, request: &str) -> String {
        let mut connection = self.connect();
        connection.write_all(request.as_bytes()).unwrap();
        String::from_utf8_lossy(&all_or_reset(connection)).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.0\r\nHost: example.com\r\n\r\n"))
    }

    fn stop(&mut self) {
        self.signal(Signal::SIGQUIT);
        self.ended();
    }
}

#[test]
fn a_request_is_logged_once_whatever_became_of_it() {
    let mut server = Served::start(
        "log_format f '$request|$status|$body_bytes_sent|$request_length|$connection_requests|$pipe|$request_completion';
         access_log access.log f;
         server { listen PORT; location / { return 200 hello; } }",
        &[],
    );
    server.get("/a");
    server.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    server.send("GET /bad HTTP/1.1\r\n\r\n");
    server.send("G\u{1}T / HTTP/1.1\r\n\r\n");
    // Nothing was sent, so there is nothing to log.
    drop(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    server.stop();
    let log = server.read("access.log");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], "GET /a HTTP/1.0|200|5|38|1|.|OK");
    assert_eq!(lines[1], "GET /b HTTP/1.1|200|5|28|1|.|OK");
    assert_eq!(lines[2], "GET /c HTTP/1.1|200|5|47|2|p|OK");
    assert!(lines[3].starts_with("GET /bad HTTP/1.1|400|"), "{log}");
    assert!(lines[4].starts_with("G\\x01T / HTTP/1.1|400|"), "{log}");
    assert_eq!(lines.len(), 5, "{log}");
    let errors = server.log();
    assert!(
        errors.contains(
            "client sent HTTP/1.1 request without \"Host\" header while reading client request headers, \
             client: 127.0.0.1, server: , request: \"GET /bad HTTP/1.1\"\n"
        ),
        "{errors}"
    );
    assert!(errors.contains("client sent invalid method while reading client request line, client: "), "{errors}");
}

#[test]
fn formats_conditions_buffers_and_names_with_variables() {
    let mut server = Served::start(
        "log_format f '$uri $arg_a';
         log_format j escape=json '{\"a\":\"$arg_a\"}';
         log_format n escape=none '$arg_a';
         root .;
         server { listen PORT;
           location / { access_log plain.log f; access_log json.log j if=$arg_a; access_log none.log n; return 204; }
           location /buffered { access_log buffered.log f buffer=1k; return 204; }
           location /packed { access_log packed.log f gzip; return 204; }
           location /named { access_log $arg_a.log f; return 204; }
           location /off { access_log off; return 204; } }",
        &[],
    );
    server.get("/?a=\"x\\");
    server.get("/");
    server.get("/off?a=1");
    server.get("/named?a=one");
    server.get("/buffered?a=1");
    server.get("/packed?a=1");
    assert_eq!(server.read("buffered.log"), "", "it waits");
    server.stop();
    assert_eq!(server.read("plain.log"), "/ \\x22x\\x5C\n/ -\n");
    assert_eq!(server.read("json.log"), "{\"a\":\"\\\"x\\\\\"}\n");
    assert_eq!(server.read("none.log"), "\"x\\\n\n");
    assert_eq!(server.read("named.log"), "");
    assert_eq!(server.read("one.log"), "/named one\n");
    assert_eq!(server.read("buffered.log"), "/buffered 1\n");
    let mut unpacked = String::new();
    let packed = fs::read(server.path("packed.log")).unwrap();
    flate2::read::GzDecoder::new(&*packed).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, "/packed 1\n");
}

#[test]
fn the_error_log_tells_for_whom() {
    let closed = free_port();
    let mut server = Served::start(
        &format!(
            "limit_req_zone $uri zone=one:1m rate=1r/m; access_log off;
             upstream none {{ server 127.0.0.1:{closed} down; server 127.0.0.1:{closed} down; }}
             server {{ listen PORT; server_name site;
               location / {{ proxy_pass http://127.0.0.1:{closed}/up/; }}
               location /none {{ proxy_pass http://none; }}
               location /limited {{ limit_req zone=one; return 200; }}
               location /denied {{ deny all; }}
               location /cycle {{ rewrite ^ /cycle; }} }}"
        ),
        &[],
    );
    for path in ["/x?y", "/none", "/denied", "/cycle"] {
        server.send(&format!("GET {path} HTTP/1.0\r\nHost: site\r\nReferer: http://r/\r\n\r\n"));
    }
    server.stop();
    let log = server.log();
    let check = |message: &str, request: &str, upstream: &str| {
        let upstream = if upstream.is_empty() { String::new() } else { format!(", upstream: \"{upstream}\"") };
        let want = format!(
            "{message}, client: 127.0.0.1, server: site, request: \"GET {request} HTTP/1.0\"{upstream}, \
             host: \"site\", referrer: \"http://r/\"\n"
        );
        assert!(log.contains(&want), "{want}{log}");
    };
    let refused = "connect() failed (111: Connection refused) while connecting to upstream";
    check(refused, "/x?y", &format!("http://127.0.0.1:{closed}/up/x?y"));
    check("no live upstreams while connecting to upstream", "/none", "http://none/none");
    check("access forbidden by rule", "/denied", "");
    check("rewrite or internal redirection cycle while processing \"/cycle\"", "/cycle", "");
}

#[test]
fn the_end_of_a_connection_is_noted() {
    let server = Served::start("access_log off; server { listen PORT; location / { return 200 hi; } }", &[]);
    let mut kept = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    kept.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut byte = [0];
    kept.read_exact(&mut byte).unwrap();
    kept.shutdown(std::net::Shutdown::Write).unwrap();
    kept.read_to_end(&mut Vec::new()).unwrap();
    drop(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    let unused = format!(
        " client closed connection while waiting for request, client: 127.0.0.1, server: 127.0.0.1:{}\n",
        server.port
    );
    wait_until("both lines", || {
        let log = server.log();
        log.contains(" client 127.0.0.1 closed keepalive connection\n") && log.contains(&unused)
    });
}

#[test]
fn limits_say_by_how_much() {
    let mut server = Served::start(
        "limit_req_zone $uri zone=one:1m rate=1r/m; log_format f '$limit_req_status'; access_log access.log f;
         server { listen PORT; limit_req zone=one; limit_req_log_level warn; location / { try_files /none =404; }
           location /dry { limit_req_dry_run on; try_files /none =404; } }",
        &[],
    );
    for path in ["/a", "/a", "/dry", "/dry"] {
        server.get(path);
    }
    server.stop();
    assert_eq!(server.read("access.log"), "PASSED\nREJECTED\nPASSED\nREJECTED_DRY_RUN\n");
    let log = server.log();
    let limited: Vec<&str> = log.lines().filter(|line| line.contains("limiting")).collect();
    assert!(limited[0].contains("[warn]") && limited[0].contains(": *"), "{log}");
    assert!(limited[0].contains("limiting requests, excess: ") && limited[0].contains(" by zone \"one\", client: "));
    assert!(limited[1].contains("limiting requests, dry run, excess: "), "{log}");
}

#[test]
fn what_is_recorded_is_what_the_simulator_replays() {
    let backends = [backend(), backend(), backend()];
    let servers = backends.map(|port| format!("server 127.0.0.1:{port};")).concat();
    let mut server = Served::start(
        &format!(
            "access_log off; upstream app {{ hash $http_x_key$arg_k; {servers} }}
             server {{ listen PORT; location / {{ proxy_pass http://app; }} }}"
        ),
        &["--record", "served.jsonl"],
    );
    for n in 0..12 {
        let answer = server.send(&format!(
            "GET /?k={n} HTTP/1.0\r\nHost: example.com\r\nX-Key: \"k\\{n}\"\r\nAuthorization: secret\r\n\r\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    server.stop();
    let trace = server.read("served.jsonl");
    assert_eq!(trace.lines().count(), 12, "{trace}");
    assert!(!trace.contains("secret"), "{trace}");
    for line in trace.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["host"], &line["status"]), (&"example.com".into(), &200.into()));
    }
    let mut simulate = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    simulate.args(["simulate", "nginx.conf", "--trace", "served.jsonl", "--backtest", "--strict"]);
    let output = simulate.current_dir(server.folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let same = text.lines().find(|line| line.trim_start().starts_with("app ")).unwrap_or_default();
    assert_eq!(same.split_whitespace().collect::<Vec<_>>(), ["app", "12", "100.0", "%", "100.0", "%"], "{text}");
}
