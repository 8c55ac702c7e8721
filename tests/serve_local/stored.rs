//! Answers of upstreams that are stored as files.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use crate::common::live::{DEADLINE, listening, wait_until};
use crate::common::served::Served;

/// A backend that gives each connection the answer at the end of the path (or, without one, the last), with spaces for
/// `_`, and closes it. After `<wait>` it waits until it is told.
fn backend(answers: &'static [(&'static str, &'static str)], told: Receiver<()>) -> u16 {
    let (listener, port) = listening();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..count]);
            let known = answers.iter().find(|(name, _)| request.contains(&format!("/{name}")));
            for (n, part) in known.or(answers.last()).unwrap().1.split("<wait>").enumerate() {
                if n > 0 {
                    told.recv_timeout(DEADLINE).unwrap();
                }
                // Where the proxy has gone, that is what the test will see.
                let _ = stream.write_all(part.as_bytes());
            }
        }
    });
    port
}

fn contents(server: &Served, name: &str) -> Option<String> {
    fs::read_to_string(server.path(name)).ok()
}

fn is_empty(server: &Served, folder: &str) -> bool {
    fs::read_dir(server.path(folder)).unwrap().next().is_none()
}

const ANSWERS: &[(&str, &str)] = &[
    ("whole", "HTTP/1.1 200 OK\r\nLast-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\nContent-Length: 3\r\n\r\nabc"),
    ("close", "HTTP/1.0 200 OK\r\n\r\nuntil the end"),
    ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    ("empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"),
    ("torn", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
    ("none", "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"),
    ("part", "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nabc"),
    ("stream", "HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nContent-Length: 3\r\n\r\nabc"),
    ("head", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"),
    ("html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nabc"),
];

/// One that stores what backends say below `html`, whose temporary files are in `temp`.
fn start(rules: &str, port: u16) -> Served {
    let rules =
        format!("proxy_temp_path temp; proxy_store on; {}", rules.replace("BACKEND", &format!("127.0.0.1:{port}")));
    Served::start(&[("taken/", "")], &rules, "")
}

#[test]
fn what_is_whole_is_stored() {
    let port = backend(ANSWERS, channel().1);
    let server = start(
        "location / { proxy_pass http://BACKEND; } location /off/ { proxy_pass http://BACKEND; proxy_store off; }",
        port,
    );
    let kept =
        [("whole", "abc"), ("close", "until the end"), ("chunks", "abcde"), ("empty", ""), ("deep/down/whole", "abc")];
    for (name, content) in kept {
        assert_eq!(
            server.get(&format!("/{name}?x"), "").body().replace("\r\n", "").is_empty(),
            content.is_empty(),
            "{name}"
        );
        assert_eq!(contents(&server, &format!("html/{name}")).as_deref(), Some(content), "{name}");
    }
    for name in ["short", "torn", "none", "part", "stream", "off/whole"] {
        server.get(&format!("/{name}"), "");
        assert_eq!(contents(&server, &format!("html/{name}")), None, "{name}");
    }
    server.send("HEAD /head HTTP/1.0\r\n\r\n");
    assert_eq!(contents(&server, "html/head"), None);
    assert!(is_empty(&server, "temp"));
    let data = fs::metadata(server.path("html/whole")).unwrap();
    assert_eq!(data.modified().unwrap(), UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    assert_eq!(data.permissions().mode() & 0o777, 0o600);
}

#[test]
fn files_have_the_name_and_the_rights_that_are_asked_for() {
    let port = backend(ANSWERS, channel().1);
    let server = start(
        "proxy_store_access group:rw all:r;
         location /named { proxy_pass http://BACKEND/html; proxy_store $document_root/$arg_to; sub_filter b X; }
         location /alias/ { proxy_pass http://BACKEND/; alias html/other/; proxy_store_access user:r; }
         location /scgi/ { scgi_pass BACKEND; scgi_store on; scgi_temp_path temp; }",
        port,
    );
    assert!(server.get("/named?to=new/name", "").0.contains("aXc"));
    assert_eq!(contents(&server, "html/new/name").as_deref(), Some("abc"), "as it came");
    let mode = |name: &str| fs::metadata(server.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("html/new/name"), 0o664);
    assert_eq!(server.get("/alias/whole", "").status(), 200);
    assert_eq!(contents(&server, "html/other/whole").as_deref(), Some("abc"));
    assert_eq!(mode("html/other/whole"), 0o400);
    server.get("/named?to=taken", "");
    let named = server.path("html/taken");
    server.logged(&format!(
        "\" to \"{}\" failed (21: Is a directory) while reading upstream, client: 127.0.0.1",
        named.display()
    ));
    assert_eq!(server.get("/scgi/x", "").status(), 200);
    assert_eq!(contents(&server, "html/scgi/x").as_deref(), Some("abc"), "as it came");
    assert_eq!(mode("html/scgi/x"), 0o600);
    assert!(is_empty(&server, "temp"));
}

#[test]
fn a_client_that_goes_away_is_not_waited_for() {
    const ANSWERS: &[(&str, &str)] = &[
        ("late", "<wait>HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
        ("half", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc<wait>def<wait>ghi"),
        ("torn", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc<wait>def<wait>gh"),
    ];
    let (tell, told) = channel();
    let server = start("location / { proxy_pass http://BACKEND; postpone_output 0; }", backend(ANSWERS, told));
    for (name, waits, content) in [("late", 1, Some("abc")), ("half", 2, Some("abcdefghi")), ("torn", 2, None)] {
        let mut client = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        write!(client, "GET /{name} HTTP/1.0\r\n\r\n").unwrap();
        if waits > 1 {
            // What is not read makes the connection end with a reset.
            assert_eq!(client.read(&mut [0; 1]).unwrap(), 1);
            wait_until("the temporary file", || !is_empty(&server, "temp"));
        }
        drop(client);
        for _ in 0..waits {
            tell.send(()).unwrap();
        }
        match content {
            Some(_) => wait_until("the file", || contents(&server, &format!("html/{name}")).is_some()),
            None => server.logged("upstream prematurely closed connection"),
        }
        assert_eq!(contents(&server, &format!("html/{name}")).as_deref(), content, "{name}");
        wait_until("no temporary file", || is_empty(&server, "temp"));
    }
}
