//! `stream`: connections that are passed on as they are, by every way to listen, to choose a peer and to end.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::live::{DEADLINE, free_port, free_ports, listening, wait};
use crate::common::served::{self, Served, all_or_reset, connect, user};
use nix::sys::signal::Signal;
use tempfile::TempDir;

/// In `main` and `stream` an `@` is the folder.
fn write(folder: &TempDir, main: &str, stream: &str) {
    let head = format!("{} pid nginx.pid; error_log error.log info; {main} events {{}}", user());
    let text = format!("{head}\nstream {{\n{stream}\n}}\n").replace('@', folder.path().to_str().unwrap());
    fs::write(folder.path().join("nginx.conf"), text).unwrap();
}

fn command(folder: &TempDir) -> Command {
    let mut command = served::command(folder);
    command.args(["-g", "daemon off;"]);
    command
}

impl Served {
    fn start(main: &str, stream: &str) -> Served {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, main, stream);
        // The tests know their ports themselves.
        Served::spawn(command(&folder), folder, 0).listening()
    }

    /// Waits until a file has this many lines, and gives them.
    fn lines(&self, name: &str, count: usize) -> Vec<String> {
        wait(name, || {
            let lines: Vec<String> = self.read(name).lines().map(str::to_owned).collect();
            (lines.len() >= count).then_some(lines)
        })
    }
}

/// All that comes until the end, however it ends.
fn all(stream: TcpStream) -> String {
    String::from_utf8_lossy(&all_or_reset(stream)).into_owned()
}

/// What comes next, which is as long as `want`.
#[track_caller]
fn expect(stream: &mut impl Read, want: &str) {
    let mut got = vec![0; want.len()];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(String::from_utf8_lossy(&got), want);
}

/// A backend that says its name to everyone and then closes.
fn naming(name: &'static str) -> u16 {
    let (socket, port) = listening();
    thread::spawn(move || {
        for stream in socket.incoming() {
            let _ = stream.unwrap().write_all(name.as_bytes());
        }
    });
    port
}

/// A backend that says what it hears.
fn echoing() -> u16 {
    let (socket, port) = listening();
    thread::spawn(move || {
        for stream in socket.incoming() {
            thread::spawn(move || {
                let (mut from, mut to) = (stream.as_ref().unwrap(), stream.as_ref().unwrap());
                let _ = std::io::copy(&mut from, &mut to);
            });
        }
    });
    port
}

#[test]
fn bytes_go_both_ways_by_every_kind_of_address() {
    let (first, peer) = (free_ports(2), echoing());
    let server = Served::start(
        "",
        &format!(
            "server {{ listen {first}; listen [::1]:{first}; listen unix:@/front; proxy_pass 127.0.0.1:{peer}; }}\n\
             server {{ listen 127.0.0.1:{}; proxy_pass unix:@/front; proxy_timeout 1h; }}",
            first + 1
        ),
    );
    let tcp = |address: &str| TcpStream::connect(address).unwrap();
    for address in [format!("127.0.0.1:{first}"), format!("[::1]:{first}"), format!("127.0.0.1:{}", first + 1)] {
        let mut stream = tcp(&address);
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(b"hello").unwrap();
        expect(&mut stream, "hello");
    }
    let mut stream = UnixStream::connect(server.path("front")).unwrap();
    stream.write_all(b"hello").unwrap();
    expect(&mut stream, "hello");
    server.logged(&format!("connected to 0.0.0.0:{first}\n"));
    server.logged(&format!(" client unix: connected to unix:{}/front\n", server.folder.path().display()));
    server.logged(&format!(" connected to 127.0.0.1:{peer}\n"));
    drop(stream);
    server.logged("client disconnected, bytes from/to client:5/5, bytes from/to upstream:5/5");
}

/// More than any buffer holds, and the end of one half before the other.
#[test]
fn halves_close_apart_where_they_may() {
    let (port, peer) = (free_port(), echoing());
    let _server = Served::start(
        "",
        &format!("server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{peer}; proxy_half_close on; }}"),
    );
    let stream = connect(port);
    let mut writer = stream.try_clone().unwrap();
    let sent: String = (0..400_000).flat_map(|n| format!("{n:08}").into_bytes()).map(char::from).collect();
    let bytes = sent.clone().into_bytes();
    let writing = thread::spawn(move || {
        writer.write_all(&bytes).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let got = all(stream);
    assert_eq!(got.len(), sent.len());
    assert!(got == sent);
    writing.join().unwrap();
}

#[test]
fn without_half_close_the_end_of_one_is_the_end() {
    let (socket, peer) = listening();
    let port = free_port();
    let _server = Served::start("", &format!("server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{peer}; }}"));
    let client = connect(port);
    let (mut accepted, _) = socket.accept().unwrap();
    accepted.set_read_timeout(Some(DEADLINE)).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!((all(client), accepted.read(&mut [0; 1]).unwrap()), (String::new(), 0));
}

#[test]
fn the_next_peer_is_tried_and_the_log_says_so() {
    let (first, good) = (free_ports(4), naming("good"));
    let (dead, dead_too) = (first + 2, first + 3);
    let server = Served::start(
        "",
        &format!(
            "log_format f '$status $upstream_addr $upstream_bytes_received $bytes_sent'; access_log access.log f;\n\
             upstream u {{ server 127.0.0.1:{dead}; server 127.0.0.1:{good} backup; }}\n\
             upstream v {{ server 127.0.0.1:{dead} max_fails=1; server 127.0.0.1:{dead_too} max_fails=1; }}\n\
             server {{ listen 127.0.0.1:{first}; proxy_pass u; }}\n\
             server {{ listen 127.0.0.1:{}; proxy_pass v; }}",
            first + 1
        ),
    );
    assert_eq!(all(connect(first)), "good");
    let about = |port: u16, upstream: &str| {
        format!(
            " while connecting to upstream, client: 127.0.0.1, server: 127.0.0.1:{port}, upstream: \"{upstream}\", \
             bytes from/to client:0/0, bytes from/to upstream:0/0\n"
        )
    };
    server.logged(&format!("connect() failed (111: Connection refused){}", about(first, &format!("127.0.0.1:{dead}"))));
    assert_eq!((all(connect(first + 1)), all(connect(first + 1))), (String::new(), String::new()));
    server.logged(&format!("upstream server temporarily disabled{}", about(first, &format!("127.0.0.1:{dead}"))));
    server.logged(&format!("no live upstreams{}", about(first + 1, "v")));
    let lines = server.lines("access.log", 3);
    assert_eq!(lines[0], format!("200 127.0.0.1:{dead}, 127.0.0.1:{good} 0, 4 4"));
    assert_eq!(lines[1], format!("502 127.0.0.1:{dead}, 127.0.0.1:{dead_too} 0, 0 0"));
    assert_eq!(lines[2], "502 v 0 0");
}

/// A backlog that is full: nobody says no.
#[test]
fn a_peer_that_does_not_answer_is_left_in_time() {
    let full = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    full.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    full.listen(0).unwrap();
    let silent = full.local_addr().unwrap().as_socket().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&silent, Duration::from_millis(200)) {
        held.push(stream);
    }
    let (port, good) = (free_port(), naming("good"));
    let server = Served::start(
        "",
        &format!(
            "upstream u {{ server {silent}; server 127.0.0.1:{good} backup; }}\n\
             server {{ listen 127.0.0.1:{port}; proxy_pass u; proxy_connect_timeout 300ms; }}"
        ),
    );
    assert_eq!(all(connect(port)), "good");
    server.logged("upstream timed out (110: Connection timed out) while connecting to upstream, client: 127.0.0.1, ");
}

#[test]
fn a_silent_session_ends() {
    let (_socket, peer) = listening();
    let port = free_port();
    let server = Served::start(
        "",
        &format!("server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{peer}; proxy_timeout 200ms; }}"),
    );
    assert_eq!(all(connect(port)), "");
    server.logged("connection timed out (110: Connection timed out) while proxying connection, client: 127.0.0.1, ");
}

#[test]
fn the_proxy_protocol_is_taken_and_told() {
    let (first, (socket, peer)) = (free_ports(4), listening());
    let server = Served::start(
        "",
        &format!(
            "server {{ listen 127.0.0.1:{first} proxy_protocol; set_real_ip_from 127.0.0.1;\n\
             return '$remote_addr:$remote_port $realip_remote_addr $proxy_protocol_server_port'; }}\n\
             server {{ listen 127.0.0.1:{} proxy_protocol; set_real_ip_from 127.0.0.1; proxy_protocol on;\n\
             proxy_pass 127.0.0.1:{peer}; }}\n\
             server {{ listen 127.0.0.1:{} proxy_protocol; return no; proxy_protocol_timeout 100ms; }}",
            first + 1,
            first + 2
        ),
    );
    let mut client = connect(first);
    client.write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\n").unwrap();
    assert_eq!(all(client), "192.0.2.1:123 127.0.0.1 5678");
    let mut client = connect(first + 1);
    client.write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\nhello").unwrap();
    let (mut accepted, _) = socket.accept().unwrap();
    expect(&mut accepted, &format!("PROXY TCP4 192.0.2.1 127.0.0.1 123 {}\r\nhello", first + 1));
    let mut client = connect(first);
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(all(client), "");
    server.logged(&format!(
        "broken header: \"GET / HTTP/1.0\" while reading PROXY protocol, client: 127.0.0.1, server: 127.0.0.1:{first}\n"
    ));
    assert_eq!(all(connect(first + 2)), "");
    server.logged("client timed out (110: Connection timed out) while reading PROXY protocol, client: 127.0.0.1, ");
}

#[test]
fn some_are_sent_away() {
    let first = free_ports(2);
    let server = Served::start(
        "",
        &format!(
            "log_format f '$status $limit_conn_status'; access_log access.log f;\n\
             limit_conn_zone $server_port zone=z:1m;\n\
             server {{ listen 127.0.0.1:{first}; deny 127.0.0.1; return secret; }}\n\
             server {{ listen 127.0.0.1:{}; limit_conn z 1; proxy_pass 127.0.0.1:{}; }}",
            first + 1,
            echoing()
        ),
    );
    assert_eq!(all(connect(first)), "");
    server.logged(&format!(
        "access forbidden by rule while initializing session, client: 127.0.0.1, server: 127.0.0.1:{first}\n"
    ));
    let mut kept = connect(first + 1);
    kept.write_all(b"a").unwrap();
    expect(&mut kept, "a");
    assert_eq!(all(connect(first + 1)), "");
    server.logged("limiting connections by zone \"z\" while initializing session, client: 127.0.0.1, ");
    drop(kept);
    let lines = server.lines("access.log", 3);
    assert_eq!(lines, ["403 -", "503 REJECTED", "200 PASSED"]);
}

/// Workers see each other's connections where the group has a zone.
#[test]
fn a_zone_is_shared_by_workers() {
    let (port, (socket, peer), full) = (free_port(), listening(), naming("full"));
    let _server = Served::start(
        "worker_processes 2;",
        &format!(
            "upstream u {{ zone u 1m; server 127.0.0.1:{peer} max_conns=1; server 127.0.0.1:{full} backup; }}\n\
             server {{ listen 127.0.0.1:{port} reuseport; proxy_pass u; }}"
        ),
    );
    let _kept = connect(port);
    let _accepted = socket.accept().unwrap();
    for _ in 0..16 {
        assert_eq!(all(connect(port)), "full");
    }
}

#[test]
fn a_graceful_end_waits_for_sessions() {
    let (port, peer) = (free_port(), echoing());
    let mut server = Served::start("", &format!("server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{peer}; }}"));
    let mut stream = connect(port);
    stream.write_all(b"a").unwrap();
    expect(&mut stream, "a");
    server.signal(Signal::SIGQUIT);
    server.logged("gracefully shutting down");
    wait("the socket's end", || TcpStream::connect(("127.0.0.1", port)).err());
    stream.write_all(b"b").unwrap();
    expect(&mut stream, "b");
    drop(stream);
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_graceful_end_has_its_time() {
    let (port, peer) = (free_port(), echoing());
    let server = Served::start(
        "worker_shutdown_timeout 200ms;",
        &format!("server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{peer}; }}"),
    );
    let mut stream = connect(port);
    stream.write_all(b"a").unwrap();
    expect(&mut stream, "a");
    server.signal(Signal::SIGQUIT);
    assert_eq!(all(stream), "");
}

#[test]
fn a_reload_keeps_sockets_and_sessions() {
    let (first, peer) = (free_ports(2), echoing());
    let old = format!("server {{ listen 127.0.0.1:{first}; proxy_pass 127.0.0.1:{peer}; }}");
    let server = Served::start("", &old);
    let mut stream = connect(first);
    stream.write_all(b"a").unwrap();
    expect(&mut stream, "a");
    let new = format!("server {{ listen 127.0.0.1:{first}; listen 127.0.0.1:{}; return new; }}", first + 1);
    write(&server.folder, "", &new);
    server.signal(Signal::SIGHUP);
    server.logged("gracefully shutting down");
    wait("the new socket", || TcpStream::connect(("127.0.0.1", first + 1)).ok());
    assert_eq!(all(connect(first)), "new");
    stream.write_all(b"b").unwrap();
    expect(&mut stream, "b");
    drop(stream);
    server.logged("exited with code 0");
}

#[test]
fn what_is_not_done_is_refused_at_start() {
    for (stream, message) in [
        ("server {\nlisten 127.0.0.1:1 udp;\nreturn a; }", "\"udp\" in \"listen\" of \"stream\" is not supported in "),
        ("server {\nlisten 127.0.0.1:1; proxy_ssl on; return a; }", "\"proxy_ssl\" is not supported "),
        ("server { listen 127.0.0.1:1; ssl_preread on; return a; }", "\"ssl_preread\" is not supported "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, "", stream);
        assert_eq!(command(&folder).output().unwrap().status.code(), Some(1), "{stream}");
        let log = fs::read_to_string(folder.path().join("early.log")).unwrap();
        let line = log.lines().find(|line| line.contains(message)).unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains("[emerg]"), "{line}");
    }
}

/// What is more than a rate allows in the first second comes in the next ones, and a peer that is read slowly is not
/// taken for silent.
#[test]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn rates_hold_bytes_back() {
    let (first, peer) = (free_ports(2), echoing());
    let server = Served::start(
        "",
        &format!(
            "server {{ listen 127.0.0.1:{first}; proxy_pass 127.0.0.1:{peer}; proxy_download_rate 100; proxy_timeout 500ms; }}\n\
             map $server_port $rate {{ default 100; }}\n\
             server {{ listen 127.0.0.1:{}; proxy_pass 127.0.0.1:{peer}; proxy_upload_rate $rate; }}",
            first + 1
        ),
    );
    let text = "0123456789".repeat(25);
    for port in [first, first + 1] {
        let began = Instant::now();
        let mut stream = connect(port);
        // What comes before the peer is there is read without limit.
        stream.write_all(b"a").unwrap();
        expect(&mut stream, "a");
        stream.write_all(text.as_bytes()).unwrap();
        expect(&mut stream, &text);
        // The clock of the rates ticks in whole seconds, so the first of three may be short.
        assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    }
    assert!(!server.log().contains("timed out"), "{}", server.log());
}

#[test]
fn variables_say_where_to() {
    let (first, good) = (free_ports(3), naming("good"));
    let server = Served::start(
        "",
        &format!(
            "upstream u {{ server 127.0.0.1:{good}; }}\n\
             map $server_port $to {{ {first} u; {} 127.0.0.1:{good}; default nobody; }}\n\
             server {{ listen 127.0.0.1:{first}; listen 127.0.0.1:{}; listen 127.0.0.1:{}; proxy_pass $to; }}",
            first + 1,
            first + 1,
            first + 2
        ),
    );
    assert_eq!(
        (all(connect(first)), all(connect(first + 1)), all(connect(first + 2))),
        ("good".into(), "good".into(), String::new())
    );
    server.logged(&format!(
        "no port in upstream \"nobody\", client: 127.0.0.1, server: 127.0.0.1:{}, bytes from/to client:0/0, \
         bytes from/to upstream:0/0\n",
        first + 2
    ));
}

/// A path that a peer listens on.
#[test]
fn a_peer_may_be_a_path() {
    let port = free_port();
    let server = Served::start("", &format!("server {{ listen 127.0.0.1:{port}; proxy_pass unix:@/back; }}"));
    let path = server.path("back");
    assert_eq!(all(connect(port)), "");
    server.logged(&format!("connect() to unix:{} failed (2: No such file or directory)", path.display()));
    let socket = UnixListener::bind(&path).unwrap();
    let mut client = connect(port);
    let (mut accepted, _) = socket.accept().unwrap();
    client.write_all(b"hello").unwrap();
    expect(&mut accepted, "hello");
}
