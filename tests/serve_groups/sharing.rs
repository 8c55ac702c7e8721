//! Sticky cookies, queues, idle connections, local addresses.

use std::io::{Read as _, Write as _};

use crate::common::served::Served;
use crate::server::{body, header, listen, status};

#[test]
fn a_sticky_cookie_says_all() {
    let server = Served::start(
        "",
        "upstream all { server 127.0.0.1:%1 route=a;
            sticky cookie c expires=1h domain=$arg_d path=/p httponly secure samesite=$arg_s; }
         upstream max { server 127.0.0.1:%1 route=a; sticky cookie c expires=max samesite=Lax; }
         upstream gone { server 127.0.0.1:%7 route=b max_fails=0; sticky cookie c; }
         upstream down { server 127.0.0.1:%7 down; sticky cookie c; }
         server { listen 127.0.0.1:%0;
            location /all { proxy_pass http://all; } location /max { proxy_pass http://max; }
            location /gone { proxy_pass http://gone; } location /down { proxy_pass http://down; } }
         server { listen 127.0.0.1:%1; location / { add_header Set-Cookie own=1; return 200; } }",
        None,
    );
    let cookie = |path: &str| header(&server.get(path, ""), "Set-Cookie").to_owned();
    let all = cookie("/all?d=d.test&s=none");
    assert!(all.starts_with("c=a; expires=") && all.contains(" GMT; max-age=3600; domain=d.test; "), "{all}");
    assert!(all.ends_with("; domain=d.test; httponly; secure; samesite=none; path=/p"), "{all}");
    assert!(cookie("/all?s=wrong").ends_with("max-age=3600; httponly; secure; samesite=strict; path=/p"));
    assert!(cookie("/all").ends_with("max-age=3600; httponly; secure; path=/p"));
    assert_eq!(cookie("/max"), "c=a; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000; samesite=Lax");
    // The peer was chosen, so its cookie is set, whatever came of it.
    let answer = server.get("/gone", "");
    assert_eq!((status(&answer), header(&answer, "Set-Cookie")), ("502", "c=b"));
    assert!(!server.get("/down", "").contains("Set-Cookie"));
    assert!(server.get("/max", "").contains("Set-Cookie: own=1"));
}

/// Requests wait for the one connection that the peer may have, whichever worker they are of.
#[test]
fn a_queue_has_turns() {
    let (peer, address) = listen("127.0.0.1:0");
    let conf = format!(
        "upstream u {{ zone z 64k; server {address} max_conns=1; queue 8 timeout=60s; }}
         server {{ listen 127.0.0.1:%0 reuseport; proxy_http_version 1.0; location / {{ proxy_pass http://u; }} }}"
    );
    let server = Served::start("worker_processes 2;", &conf, Some("plus@r37"));
    let requests: Vec<_> = (0..8).map(|n| format!("/{n}")).map(|path| (server.begin(&path, ""), path)).collect();
    for _ in &requests {
        let (mut next, _) = peer.accept().unwrap();
        let mut room = [0; 4096];
        let length = next.read(&mut room).unwrap();
        peer.set_nonblocking(true).unwrap();
        assert!(peer.accept().is_err(), "more connections than max_conns");
        peer.set_nonblocking(false).unwrap();
        let path = String::from_utf8_lossy(&room[..length]).split(' ').nth(1).unwrap().to_owned();
        let answer = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len());
        next.write_all(answer.as_bytes()).unwrap();
    }
    for (request, path) in requests {
        assert_eq!(body(&request.end()), path);
    }
}

#[test]
fn a_queue_has_an_end() {
    let (peer, address) = listen("127.0.0.1:0");
    let conf = format!(
        "upstream u {{ server {address} max_conns=1; queue 1 timeout=100ms; }}
         server {{ listen 127.0.0.1:%0; location / {{ proxy_pass http://u; }} }}"
    );
    let server = Served::start("", &conf, Some("plus@r37"));
    let first = server.begin("/", "");
    let (mut busy, _) = peer.accept().unwrap();
    assert_eq!(status(&server.get("/", "")), "502");
    // Who goes away while waiting leaves room.
    drop(server.begin("/", ""));
    assert_eq!(status(&server.get("/", "")), "502");
    busy.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
    assert_eq!(body(&first.end()), "ok");
}

const KEPT: &str = "upstream u { server 127.0.0.1:%1; keepalive 1 %local; keepalive_requests 3; }
    server { listen 127.0.0.1:%0; proxy_set_header Connection ''; proxy_http_version 1.1;
        location /a { proxy_pass http://u; } location /b { proxy_pass http://u; } location /closed { proxy_pass http://u; } }
    server { listen 127.0.0.1:%1; location / { return 200 $connection; } location /closed { keepalive_timeout 0;
        return 200 $connection; } }";

#[test]
fn connections_are_kept() {
    let server = Served::start("", &KEPT.replace("%local", ""), None);
    let used = |path: &str| body(&server.get(path, "")).to_owned();
    let first = used("/a");
    assert_eq!([used("/b"), used("/a")], [first.clone(), first.clone()]);
    let second = used("/a");
    assert_ne!(second, first, "after keepalive_requests");
    assert_eq!(used("/closed"), second);
    assert_ne!(used("/a"), second, "the peer closed it");
}

#[test]
fn connections_are_of_a_location() {
    let server = Served::start("", &KEPT.replace("%local", "local"), None);
    let used = |path: &str| body(&server.get(path, "")).to_owned();
    let first = used("/a");
    let other = used("/b");
    assert_ne!(first, other);
    assert_eq!(used("/b"), other);
    assert_ne!(used("/a"), first, "the second took the only place");
}

/// A peer that closes a connection while it is idle is not asked over it.
#[test]
fn a_connection_that_ended_is_not_used() {
    let (peer, address) = listen("127.0.0.1:0");
    let conf = format!(
        "upstream u {{ server {address}; keepalive 4; }}
         server {{ listen 127.0.0.1:%0; location / {{ proxy_pass http://u; }} }}"
    );
    let server = Served::start("", &conf, None);
    for text in ["one", "two"] {
        let request = server.begin("/", "");
        let (mut connection, _) = peer.accept().unwrap();
        let mut room = [0; 4096];
        assert!(connection.read(&mut room).unwrap() > 0);
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len());
        connection.write_all(answer.as_bytes()).unwrap();
        assert_eq!(body(&request.end()), text);
    }
}

#[test]
fn the_near_end() {
    let server = Served::start(
        "",
        "server { listen 127.0.0.1:%0; proxy_bind 127.0.0.2; proxy_socket_keepalive on;
            location / { proxy_pass http://127.0.0.1:%1; }
            location /off { proxy_bind off; proxy_pass http://127.0.0.1:%1; }
            location /text { proxy_bind $arg_b; proxy_pass http://127.0.0.1:%1; }
            location /far { proxy_bind 192.0.2.1; proxy_pass http://127.0.0.1:%1; } }
         server { listen 127.0.0.1:%1; return 200 $remote_addr; }",
        None,
    );
    let cases = [
        ("/", "127.0.0.2"),
        ("/off", "127.0.0.1"),
        ("/text?b=127.0.0.3", "127.0.0.3"),
        ("/text", "127.0.0.1"),
        ("/text?b=no", "127.0.0.1"),
    ];
    for (path, address) in cases {
        assert_eq!(body(&server.get(path, "")), address, "{path}");
    }
    server.logged("invalid local address \"no\"");
    assert_eq!(status(&server.get("/far", "")), "500");
    server.logged("bind(192.0.2.1) failed (99: Cannot assign requested address) while connecting to upstream");
}
