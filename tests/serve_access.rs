//! Who is let in, whom it is asked of, where copies go, how fast answers are, and what filters make of their content: real
//! requests to a real server.

mod common;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::common::live::free_ports;
use crate::common::served::{Served, all, all_or_reset, configuration, connect};

impl Served {
    /// With the inside of `http`, in which `@1` and `@2` are addresses and `@` is a folder with `index.html`.
    fn start(http: &str) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_ports(2));
        let http = http.replace("@1", &format!("127.0.0.1:{port}")).replace("@2", &format!("127.0.0.1:{}", port + 1));
        let http = http.replace('@', folder.path().to_str().unwrap());
        fs::write(folder.path().join("nginx.conf"), configuration("", &http)).unwrap();
        fs::write(folder.path().join("index.html"), "the index").unwrap();
        fs::write(folder.path().join("users"), "ann:{PLAIN}secret\n").unwrap();
        Served::run(folder, port)
    }

    /// What comes back for these bytes before the connection ends.
    fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        all_or_reset(stream)
    }

    /// The answer to a request with these header lines.
    fn get(&self, target: &str, headers: &str) -> String {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        String::from_utf8_lossy(&self.raw(request.as_bytes())).into_owned()
    }
}

#[track_caller]
fn has(answer: &str, parts: &[&str]) {
    for part in parts {
        assert!(answer.contains(part), "{part:?} is not in {answer:?}");
    }
}

const ANN: &str = "Authorization: Basic YW5uOnNlY3JldA==\r\n";

#[test]
fn passwords_let_in() {
    let server = Served::start(
        "server { listen @1; root @; auth_basic realm; auth_basic_user_file users;
           location /open { auth_basic off; return 200 open; }
           location /any { satisfy any; allow all; try_files /index.html =404; } }",
    );
    has(&server.get("/", ""), &["HTTP/1.1 401", "WWW-Authenticate: Basic realm=\"realm\"\r\n"]);
    has(&server.get("/", ANN), &["HTTP/1.1 200", "the index"]);
    has(&server.get("/open", ""), &["HTTP/1.1 200", "open"]);
    has(&server.get("/any", ""), &["HTTP/1.1 200", "the index"]);
}

#[test]
fn a_subrequest_is_asked() {
    let server = Served::start(
        "server { listen @1; root @;
           location / { auth_request /ask; auth_request_set $who $upstream_http_x_who; add_header X-Who $who; }
           location = /ask { internal; proxy_pass http://@2/$arg_x$http_x_want; proxy_set_header X-Uri $request_uri; } }
         server { listen @2;
           location /yes { add_header X-Who \"ann $request_method $http_x_uri\"; return 204; }
           location /401 { add_header WWW-Authenticate Other always; return 401; }
           location /403 { return 403; } }",
    );
    has(&server.get("/?a", "X-Want: yes\r\n"), &["HTTP/1.1 200", "X-Who: ann GET /?a\r\n", "the index"]);
    has(&server.get("/", "X-Want: 401\r\n"), &["HTTP/1.1 401", "WWW-Authenticate: Other\r\n"]);
    has(&server.get("/", "X-Want: 403\r\n"), &["HTTP/1.1 403"]);
    has(&server.get("/", "X-Want: 404\r\n"), &["HTTP/1.1 500"]);
}

#[test]
fn copies_go_elsewhere() {
    let server = Served::start(
        "server { listen @1; location / { mirror /copy; proxy_pass http://@2; }
           location = /copy { internal; proxy_pass http://@2/copied$request_uri; } }
         limit_req_zone all zone=copies:1m rate=1r/m;
         server { listen @2; location / { return 200 answered; }
           location /copied { limit_req zone=copies; limit_req_status 503; proxy_pass http://@2/answered; } }",
    );
    has(&server.get("/a", ""), &["HTTP/1.1 200", "answered"]);
    // The second copy finds that there was a first one; neither changes an answer.
    has(&server.get("/b", ""), &["HTTP/1.1 200", "answered"]);
    has(&server.get("/copied", ""), &["HTTP/1.1 503"]);
}

#[test]
fn the_proxy_protocol_says_who_it_is() {
    let server = Served::start(
        "server { listen @1 proxy_protocol; set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;
           location / { return 200 $remote_addr,$remote_port,$proxy_protocol_server_port,; }
           location /secret { deny 192.0.2.1; return 200 seen; error_page 403 = /; root @; } }",
    );
    let said = |header: &[u8]| {
        let request = [header, b"GET / HTTP/1.0\r\n\r\n"].concat();
        String::from_utf8_lossy(&server.raw(&request)).into_owned()
    };
    has(&said(b"PROXY TCP4 192.0.2.1 192.0.2.2 4000 80\r\n"), &["192.0.2.1,4000,80,"]);
    has(&said(b"PROXY UNKNOWN\r\n"), &["127.0.0.1,"]);
    assert_eq!(said(b""), "", "without it the connection is closed");
    has(&server.log(), &["broken header: \"GET / HTTP/1.0\" while reading PROXY protocol, client: 127.0.0.1"]);
}

#[test]
fn content_is_changed_on_its_way() {
    let server = Served::start(
        "server { listen @1; root @; location / { sub_filter INDEX \"$arg_w\"; sub_filter the a; }
           location /around { add_before_body /before; add_after_body /after; alias @/; }
           location /before { return 200 [; } location /after { return 200 ]; } }",
    );
    let answer = server.get("/?w=word", "");
    has(&answer, &["Transfer-Encoding: chunked", "a word"]);
    assert!(!answer.contains("Last-Modified") && !answer.contains("ETag") && !answer.contains("Content-Length"));
    has(&server.get("/around/index.html", ""), &["ETag: W/", "[", "the index", "]"]);
}

#[test]
fn content_is_compressed_for_who_takes_it() {
    let server = Served::start(
        "server { listen @1; root @; gzip on; gzip_min_length 0; gzip_vary on; }
         server { listen @2; gunzip on; location / { proxy_pass http://@1; proxy_set_header Accept-Encoding gzip;
           proxy_http_version 1.1; } }",
    );
    has(&server.get("/", ""), &["Vary: Accept-Encoding", "Content-Length: 9", "the index"]);
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n";
    let answer = server.raw(request);
    assert!(answer.windows(4).any(|bytes| bytes == b"\x1f\x8b\x08\0"), "{}", answer.escape_ascii());
    has(&String::from_utf8_lossy(&answer), &["Content-Encoding: gzip", "ETag: W/", "Transfer-Encoding: chunked"]);
    let mut stream = connect(server.port + 1);
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let plain = all(stream);
    has(&plain, &["the index"]);
    assert!(!plain.contains("Content-Encoding"), "{plain}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn answers_take_their_time() {
    let server = Served::start(
        "server { listen @1; location / { limit_rate 10k; limit_rate_after 1k; root @; }
           location /proxied/ { proxy_limit_rate 10k; proxy_pass http://@2/; } }
         server { listen @2; root @; }",
    );
    fs::write(server.path("large"), [b'x'; 15_000]).unwrap();
    for target in ["/large", "/proxied/large"] {
        let begin = Instant::now();
        let answer = server.get(target, "");
        assert!(answer.ends_with(&"x".repeat(1000)) && answer.len() > 15_000);
        assert!(begin.elapsed() >= Duration::from_millis(900), "{target}: {:?}", begin.elapsed());
    }
}
