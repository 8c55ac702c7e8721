//! What the log says of peers that fail.

use std::io::Read as _;

use crate::common::live::free_port;
use crate::common::served::Served;
use crate::server::{body, listen};

/// That a peer is disabled is said as soon as the balancer knows: after a connection broke, before a timeout is told, and
/// of a status that nothing else tells.
#[test]
fn a_peer_that_failed_too_often() {
    let (closed, (_peer, silent)) = (free_port(), listen("127.0.0.1:0"));
    let conf = format!(
        "upstream u {{ server 127.0.0.1:{closed}; server {silent}; server 127.0.0.1:%1; server 127.0.0.1:%2; }}
         server {{ listen 127.0.0.1:%0; location / {{ proxy_pass http://u; proxy_read_timeout 50ms;
             proxy_next_upstream error timeout http_503; }} }}
         server {{ listen 127.0.0.1:%1; return 503; }}
         server {{ listen 127.0.0.1:%2; return 200 well; }}"
    );
    let server = Served::start("", &conf, None);
    assert_eq!(body(&server.get("/", "")), "well");
    let log = server.log();
    let told = log.lines().filter_map(|line| {
        let (start, peer) = line.split_once(", upstream: \"http://")?;
        let message = start.split_once(" *").and_then(|(_, rest)| rest.split_once(' '))?.1;
        let level = line.split(['[', ']']).nth(1)?;
        Some(format!("{level}: {} {}", message.split(", client").next()?, peer.split('/').next()?))
    });
    let (closed, connecting) = (format!("127.0.0.1:{closed}"), "while connecting to upstream");
    let (refusing, reading) = (format!("127.0.0.1:{}", server.port + 1), "while reading response header from upstream");
    let disabled = "warn: upstream server temporarily disabled";
    let expected = [
        format!("error: connect() failed (111: Connection refused) {connecting} {closed}"),
        format!("{disabled} {connecting} {closed}"),
        format!("{disabled} {reading} {silent}"),
        format!("error: upstream timed out (110: Connection timed out) {reading} {silent}"),
        format!("{disabled} {reading} {refusing}"),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// A client that goes away is told of once, as long as nothing has come as of a request that is sent; no peer is blamed.
#[test]
fn a_client_that_does_not_wait() {
    let (peer, silent) = listen("127.0.0.1:0");
    let conf = format!(
        "upstream u {{ server {silent}; server {silent}; }}
         server {{ listen 127.0.0.1:%0; location / {{ proxy_pass http://u; }} }}"
    );
    let server = Served::start("", &conf, None);
    let request = server.begin("/", "");
    let (mut connection, _) = peer.accept().unwrap();
    assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
    drop(request);
    // It is closed after the log was written.
    assert_eq!(connection.read(&mut [0; 16]).unwrap(), 0);
    let log = server.log();
    let gone =
        "client prematurely closed connection, so upstream connection is closed too while sending request to upstream";
    assert_eq!((log.matches("client prematurely").count(), log.matches(gone).count()), (1, 1), "{log}");
    assert!(!log.contains("temporarily disabled"), "{log}");
}

/// Why there is no answer is told where the request was, not where the page for that is.
#[test]
fn an_error_page_comes_after_the_reasons() {
    let conf = format!(
        "upstream u {{ server 127.0.0.1:{0}; server 127.0.0.1:{0}; }}
         server {{ listen 127.0.0.1:%0; error_page 502 /page;
             location / {{ error_log there.log; proxy_pass http://u/passed/; }}
             location /page {{ error_log page.log; return 200 page; }} }}",
        free_port()
    );
    let server = Served::start("", &conf, None);
    for _ in 0..2 {
        assert_eq!(body(&server.get("/path", "")), "page");
    }
    let there = server.read("there.log");
    assert_eq!(there.matches("/passed/path\", host").count(), 3, "{there}");
    assert!(there.contains("no live upstreams while connecting to upstream"), "{there}");
    assert!(server.read("page.log").is_empty());
}
