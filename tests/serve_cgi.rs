//! FastCGI, SCGI, uwsgi and memcached servers behind the live proxy: what they are sent, and what becomes of their answers.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::common::live::{DEADLINE, free_port, listening};
use crate::common::served::{Served, all, configuration};

impl Served {
    /// One that has these lines in `http` and these in its server.
    fn start(http: &str, server: &str) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let http = format!("default_type text/plain; {http}\nserver {{ listen 127.0.0.1:{port}; {server} }}");
        fs::write(folder.path().join("nginx.conf"), configuration("", &http)).unwrap();
        Served::run(folder, port)
    }

    /// The answer to a request; a first line of `METHOD PATH`, and after a `|` the rest.
    fn ask(&self, request: &str) -> String {
        let (line, rest) = request.split_once('|').unwrap_or((request, "\r\n"));
        let mut stream = self.connect();
        write!(stream, "{line} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{rest}").unwrap();
        all(stream)
    }
}

/// Serves one connection after the other, on a port of its own. What a backend tells comes out of the receiver.
fn backend<T: Send + 'static>(mut serve: impl FnMut(TcpStream, &Sender<T>) + Send + 'static) -> (u16, Receiver<T>) {
    let (listener, port) = listening();
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            serve(stream, &tell);
        }
    });
    (port, told)
}

fn next<T>(told: &Receiver<T>) -> T {
    told.recv_timeout(DEADLINE).unwrap()
}

const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;

fn record(kind: u8, content: &str, padding: u8) -> Vec<u8> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    let mut bytes = vec![1, kind, 0, 1, high, low, padding, 0];
    bytes.extend_from_slice(content.as_bytes());
    bytes.resize(bytes.len() + usize::from(padding), 0);
    bytes
}

fn end() -> Vec<u8> {
    record(3, "\0\0\0\0\0\0\0\0", 0)
}

/// One record: its kind and content; none at the end of the connection.
fn read_record(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 8];
    stream.read_exact(&mut head).ok()?;
    let mut content = vec![0; usize::from(u16::from_be_bytes([head[4], head[5]]))];
    stream.read_exact(&mut content).ok()?;
    stream.read_exact(&mut vec![0; usize::from(head[6])]).ok()?;
    Some((head[1], content))
}

/// A request as text: `keep`, `NAME=value`s and the body; none at the end of the connection. Names and values are short.
fn read_fastcgi(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut body) = (String::new(), Vec::new());
    loop {
        let (kind, content) = read_record(stream)?;
        match kind {
            1 => text += if content[2] == 1 { "keep " } else { "" },
            STDIN if content.is_empty() => return Some(text + &String::from_utf8(body).unwrap()),
            STDIN => body.extend_from_slice(&content),
            _ => {
                let mut at = 0;
                while at < content.len() {
                    let (name, value) = (usize::from(content[at]), usize::from(content[at + 1]));
                    let pair = &content[at + 2..at + 2 + name + value];
                    let pair = pair.iter().map(|byte| char::from(*byte)).collect::<String>();
                    text += &[&pair[..name], "=", &pair[name..], " "].concat();
                    at += 2 + name + value;
                }
            }
        }
    }
}

/// Answers each request on a connection with these bytes, until the proxy closes it; tells the requests, and `closed`.
fn fastcgi(answer: Vec<u8>) -> (u16, Receiver<String>) {
    backend(move |mut stream, tell| {
        while let Some(request) = read_fastcgi(&mut stream) {
            stream.write_all(&answer).unwrap();
            let keeps = request.starts_with("keep");
            let _ = tell.send(request);
            if !keeps {
                return;
            }
        }
        let _ = tell.send("closed".to_owned());
    })
}

#[test]
fn fastcgi_requests() {
    let answer = [record(STDOUT, "Status: 201 Made\r\nX-A: b\r\n\r\n", 3), record(STDOUT, "hello", 0), end()].concat();
    let (port, told) = fastcgi(answer);
    let params = "fastcgi_param M $request_method; fastcgi_param L $content_length;";
    let proxy = Served::start("", &format!("location / {{ fastcgi_pass 127.0.0.1:{port}; {params} }}"));
    let found = proxy.ask("GET /");
    assert!(found.starts_with("HTTP/1.1 201 Made\r\n") && found.contains("X-A: b\r\n"), "{found}");
    assert!(found.ends_with("\r\n\r\n5\r\nhello\r\n0\r\n\r\n") && !found.contains("Status:"), "{found}");
    assert_eq!(next(&told), "M=GET L= HTTP_HOST=h HTTP_CONNECTION=close ");
    proxy.ask("PUT /|Content-Length: 3\r\n\r\nabc");
    assert_eq!(next(&told), "M=PUT L=3 HTTP_HOST=h HTTP_CONNECTION=close HTTP_CONTENT_LENGTH=3 abc");
    proxy.ask("PUT /|Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    assert_eq!(next(&told), "M=PUT L=3 HTTP_HOST=h HTTP_CONNECTION=close HTTP_TRANSFER_ENCODING=chunked abc");
    let body = "0123456789".repeat(10_000);
    proxy.ask(&format!("PUT /|Content-Length: {}\r\n\r\n{body}", body.len()));
    assert!(next(&told).ends_with(&body));
}

#[test]
fn fastcgi_connections_that_are_kept() {
    let head = record(STDOUT, "Content-Length: 2\r\n\r\nok", 1);
    let (port, told) = fastcgi([head, record(STDERR, "oh dear.\n", 0), record(STDOUT, "", 0), end()].concat());
    let group = format!("upstream u {{ server 127.0.0.1:{port}; keepalive 1; }}");
    let proxy = Served::start(&group, "location / { fastcgi_pass u; fastcgi_keep_conn on; }");
    for _ in 0..2 {
        assert!(proxy.ask("GET /").ends_with("\r\n\r\nok"));
        assert!(next(&told).starts_with("keep "));
    }
    // Nobody waits for the end of an answer to HEAD.
    assert!(proxy.ask("HEAD /").ends_with("\r\n\r\n"));
    assert!(next(&told).starts_with("keep "));
    assert_eq!(next(&told), "closed");
    proxy.logged("[error]");
    let line = "FastCGI sent in stderr: \"oh dear\" while reading upstream, client: 127.0.0.1, server: , request: \
                \"GET / HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:";
    proxy.logged(line);
}

#[test]
fn fastcgi_records_cut_anywhere() {
    let bytes = [record(STDOUT, "A: b\r\n", 7), record(STDOUT, "\r\nbo", 0), record(STDERR, "x", 2)].concat();
    let bytes = [bytes, record(STDOUT, "dy", 5), record(STDOUT, "", 0), end()].concat();
    let (port, _told) = backend::<()>(move |mut stream, _| {
        stream.set_nodelay(true).unwrap();
        read_fastcgi(&mut stream);
        for byte in &bytes {
            stream.write_all(&[*byte]).unwrap();
        }
    });
    for buffering in ["on", "off"] {
        let proxy = Served::start(
            "",
            &format!("location / {{ fastcgi_pass 127.0.0.1:{port}; fastcgi_buffering {buffering}; }}"),
        );
        let mut stream = proxy.connect();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let found = all(stream);
        assert!(found.contains("\r\nA: b\r\n") && found.ends_with("\r\n\r\nbody"), "{buffering}: {found}");
    }
}

#[test]
fn fastcgi_answers_cut_short() {
    let (port, _told) = fastcgi([record(STDOUT, "Content-Length: 9\r\n\r\nok", 0), end()].concat());
    let proxy = Served::start("", &format!("location / {{ fastcgi_pass 127.0.0.1:{port}; }}"));
    let found = proxy.ask("GET /");
    assert!(found.contains("Content-Length: 9") && found.ends_with("ok"), "{found}");
    proxy.logged("upstream prematurely closed FastCGI request while reading upstream");
}

#[test]
fn fastcgi_texts_that_are_caught() {
    let (bad, _) = fastcgi([record(STDERR, "a fatal one", 0), record(STDOUT, "\r\nbad", 0), end()].concat());
    let (good, _) = fastcgi([record(STDOUT, "\r\ngood", 0), end()].concat());
    let group = format!("upstream u {{ server 127.0.0.1:{bad}; server 127.0.0.1:{good} backup; }}");
    let own = "location / { fastcgi_pass u; fastcgi_catch_stderr fatal; fastcgi_next_upstream invalid_header; }";
    let proxy = Served::start(&group, own);
    assert!(proxy.ask("GET /").contains("good"));
    proxy.logged("FastCGI sent in stderr: \"a fatal one\" while reading response header from upstream");
}

#[test]
fn fastcgi_bodies_as_they_come() {
    let (port, told) = backend(|mut stream, tell| {
        while let Some((kind, content)) = read_record(&mut stream) {
            if kind == STDIN {
                tell.send(String::from_utf8(content.clone()).unwrap()).unwrap();
                if content.is_empty() {
                    break;
                }
            }
        }
        stream.write_all(&[record(STDOUT, "\r\nok", 0), end()].concat()).unwrap();
    });
    let own = format!("location / {{ fastcgi_pass 127.0.0.1:{port}; fastcgi_request_buffering off; }}");
    let proxy = Served::start("", &own);
    let mut stream = proxy.connect();
    stream.write_all(b"PUT / HTTP/1.0\r\nContent-Length: 4\r\n\r\nab").unwrap();
    assert_eq!(next(&told), "ab");
    stream.write_all(b"cd").unwrap();
    assert_eq!(next(&told), "cd");
    assert_eq!(next(&told), "");
    assert!(all(stream).ends_with("ok"));
}

/// Reads `head` bytes and what `more` says of them, tells all, and answers.
fn simple(answer: &'static str, end: &'static [u8]) -> (u16, Receiver<Vec<u8>>) {
    backend(move |mut stream, tell| {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            bytes.push(byte[0]);
        }
        tell.send(bytes).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
    })
}

#[test]
fn scgi() {
    let (port, told) = simple("Location: http://a/\r\nContent-Length: 2\r\n\r\nokay", b"!");
    let own = format!("scgi_request_buffering off; scgi_param SCGI 1; location / {{ scgi_pass 127.0.0.1:{port}; }}");
    let proxy = Served::start("", &own);
    // A body in chunks is read whole all the same: its length comes first.
    let found = proxy.ask("PUT /|Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\n!\r\n0\r\n\r\n");
    assert!(found.starts_with("HTTP/1.1 302 Moved Temporarily\r\n"), "{found}");
    assert!(found.contains("Location: http://a/\r\n") && found.ends_with("\r\n\r\nok"), "{found}");
    let sent = String::from_utf8(next(&told)).unwrap();
    let params =
        "CONTENT_LENGTH\x003\0SCGI\x001\0HTTP_HOST\0h\0HTTP_CONNECTION\0close\0HTTP_TRANSFER_ENCODING\0chunked\0";
    assert_eq!(sent, format!("{}:{params},ab!", params.len()));
    proxy.logged("upstream sent more data than specified in \"Content-Length\" header while reading upstream");
}

#[test]
fn uwsgi() {
    let (port, told) = simple("HTTP/1.1 404 Gone Away\r\nA: b\r\n\r\nbody", b"!");
    let own = format!("uwsgi_modifier1 5; uwsgi_param A b; location / {{ uwsgi_pass uwsgi://127.0.0.1:{port}; }}");
    let proxy = Served::start("", &own);
    let found = proxy.ask("PUT /|Content-Length: 1\r\n\r\n!");
    assert!(found.starts_with("HTTP/1.1 404 Gone Away\r\n") && found.contains("\r\nA: b\r\n"), "{found}");
    assert!(found.ends_with("4\r\nbody\r\n0\r\n\r\n"), "{found}");
    let sent = next(&told);
    assert_eq!((&sent[..1], &sent[3..4]), (&[5][..], &[0][..]));
    assert!(sent[4..].starts_with(b"\x01\0A\x01\0b\x09\0HTTP_HOST\x01\0h"), "{sent:?}");
    assert!(sent.ends_with(b"\x01\x001!"), "{sent:?}");
}

#[test]
fn headers_that_cannot_be() {
    let (port, _told) = simple("Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", b",");
    let proxy = Served::start("", &format!("location / {{ scgi_pass 127.0.0.1:{port}; }}"));
    assert!(proxy.ask("GET /").starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    proxy.logged(
        "upstream sent duplicate header line: \"Content-Length: 2\", previous value: \"Content-Length: 2\" while \
         reading response header from upstream",
    );
}

#[test]
fn memcached() {
    let (port, told) = backend(|stream, tell| {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap_or(0) > 0 {
            let answer = match line.trim_end() {
                "get /found.html" => "VALUE /found.html 2 5\r\nvalue\r\nEND\r\n",
                "get /bad" => "VALUE /bad 0 5\r\nvalue\r\nEND!!",
                _ => "END\r\n",
            };
            stream.write_all(answer.as_bytes()).unwrap();
            let _ = tell.send(line.trim_end().to_owned());
            line.clear();
        }
        let _ = tell.send("closed".to_owned());
    });
    let group = format!("upstream u {{ server 127.0.0.1:{port}; keepalive 1; }}");
    let own = "memcached_gzip_flag 2; set $memcached_key $uri; error_page 404 = @other;
               location / { memcached_pass u; } location @other { return 200 'other\n'; }
               location /none { set $memcached_key ''; memcached_pass u; }";
    let proxy = Served::start(&format!("{group} types {{ text/html html; }}"), own);
    let found = proxy.ask("GET /found.html");
    let head =
        "Content-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\nvalue";
    assert!(found.ends_with(head), "{found}");
    assert!(proxy.ask("GET /a%20b").ends_with("other\n"));
    proxy.logged("[info]");
    proxy.logged("key: \"/a%20b\" was not found by memcached while reading response header from upstream");
    assert!(proxy.ask("POST /").starts_with("HTTP/1.1 405 Not Allowed"));
    assert!(proxy.ask("GET /none").starts_with("HTTP/1.1 500 "));
    proxy.logged("the \"$memcached_key\" variable is not set");
    assert!(proxy.ask("GET /bad").ends_with("value"));
    proxy.logged("memcached sent invalid trailer while reading upstream");
    // One connection for all of them, given up after the last.
    for wanted in ["get /found.html", "get /a%20b", "get /bad", "closed"] {
        assert_eq!(next(&told), wanted);
    }
}

#[test]
fn faults_stand_in_the_log() {
    let dead = free_port();
    let own = format!(
        "location / {{ fastcgi_pass 127.0.0.1:{dead}; }} location /b {{ proxy_pass http://127.0.0.1:{dead}/c; }}\n\
         location /g {{ grpc_pass 127.0.0.1:{dead}; }}\n\
         location /2 {{ proxy_http_version 2; proxy_pass http://127.0.0.1:{dead}; }}"
    );
    let proxy = Served::start("", &own);
    let words =
        "connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: , ";
    let of = |path: &str, upstream: &str| {
        format!("{words}request: \"GET {path} HTTP/1.1\", upstream: \"{upstream}\", host: \"h\"")
    };
    for (path, upstream) in [("/", "fastcgi://{}"), ("/bd", "http://{}/cd"), ("/g", "grpc://{}"), ("/2", "http://{}")] {
        assert!(proxy.ask(&format!("GET {path}")).starts_with("HTTP/1.1 502 Bad Gateway"), "{path}");
        proxy.logged(&of(path, &upstream.replace("{}", &format!("127.0.0.1:{dead}"))));
    }
}
