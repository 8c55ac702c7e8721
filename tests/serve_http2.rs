//! HTTP/2 on both sides of the live proxy: clients (another implementation, and raw frames), and upstreams that speak
//! HTTP/2 or gRPC.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::common::live::{DEADLINE, free_port, wait_until};
use crate::common::served::{Served, all, configuration, connect};
use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Request, Response};
use nginxlb::wire::http2::frame::{self, Head};
use nginxlb::wire::http2::{PREFACE, hpack};
use nix::sys::signal::Signal;
use tokio::task::{LocalSet, spawn_local};

impl Served {
    /// One whose server has these lines; `PORT` is where it listens.
    fn start(server: &str) -> Served {
        Served::start_with("", server)
    }

    /// The same, with more in the main context.
    fn start_with(main: &str, server: &str) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let server = server.replace("PORT", &port.to_string());
        let http = format!("default_type text/plain; server {{ listen 127.0.0.1:{port}; http2 on; {server} }}");
        fs::write(folder.path().join("nginx.conf"), configuration(main, &http)).unwrap();
        Served::run(folder, port)
    }
}

/// Runs tasks of one thread.
fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let work = async { tokio::time::timeout(DEADLINE, work).await.expect("not in time") };
    LocalSet::new().block_on(&runtime, work)
}

async fn client(port: u16) -> SendRequest<Bytes> {
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (send, connection) = h2::client::handshake(stream).await.unwrap();
    spawn_local(async move { drop(connection.await) });
    send.ready().await.unwrap()
}

/// A request's answer: head, body, trailers.
async fn ask(send: &SendRequest<Bytes>, request: Request<()>, body: &[u8]) -> (Response<()>, Vec<u8>, HeaderMap) {
    let mut send = send.clone().ready().await.unwrap();
    let (answer, mut out) = send.send_request(request, body.is_empty()).unwrap();
    if !body.is_empty() {
        out.send_data(Bytes::copy_from_slice(body), true).unwrap();
    }
    let (head, mut incoming) = answer.await.unwrap().into_parts();
    let mut content = Vec::new();
    while let Some(piece) = incoming.data().await {
        let piece = piece.unwrap();
        incoming.flow_control().release_capacity(piece.len()).unwrap();
        content.extend_from_slice(&piece);
    }
    let trailers = incoming.trailers().await.unwrap().unwrap_or_default();
    (Response::from_parts(head, ()), content, trailers)
}

fn get(path: &str) -> Request<()> {
    Request::get(format!("http://example.com{path}")).body(()).unwrap()
}

/// An upstream that speaks HTTP/2: it answers with what it was asked, and a trailer. Says its address.
async fn upstream() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    spawn_local(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            spawn_local(async move {
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    spawn_local(async move {
                        let (head, mut body) = request.into_parts();
                        let mut content = Vec::new();
                        while let Some(Ok(piece)) = body.data().await {
                            body.flow_control().release_capacity(piece.len()).unwrap();
                            content.extend_from_slice(&piece);
                        }
                        let te = head.headers.get("te").map_or("-", |te| te.to_str().unwrap());
                        let said = format!("{} {} te={te} body={}", head.method, head.uri, content.len());
                        let answer = Response::builder().header("x-peer", peer.port().to_string());
                        let mut out = respond.send_response(answer.body(()).unwrap(), false).unwrap();
                        out.send_data(said.into(), false).unwrap();
                        let mut trailers = HeaderMap::new();
                        trailers.insert("grpc-status", "0".parse().unwrap());
                        out.send_trailers(trailers).unwrap();
                    });
                }
            });
        }
    });
    address
}

/// Frames that come before the connection ends, or before one of this kind.
fn frames(stream: &mut TcpStream, last: u8) -> Vec<(Head, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        let mut head = [0; frame::HEAD];
        if stream.read_exact(&mut head).is_err() {
            return all;
        }
        let head = Head::read(&head).unwrap();
        let mut content = vec![0; head.length as usize];
        stream.read_exact(&mut content).unwrap();
        all.push((head, content));
        if head.kind == last {
            return all;
        }
    }
}

fn frame_of(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Head { length: content.len() as u32, kind, flags, stream }.write(&mut out);
    out.extend_from_slice(content);
    out
}

fn request_block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        hpack::write_field(&mut block, name.as_bytes(), value.as_bytes());
    }
    block
}

const ROOT: &[(&str, &str)] = &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "h")];

#[test]
fn another_implementation_is_served() {
    let proxy = Served::start(
        "location / { return 200 \"$request $host $http_cookie $http2\"; }\n\
         location /big { root .; } location /gone { return 204; }",
    );
    fs::write(proxy.path("big"), vec![b'x'; 300_000]).unwrap();
    run(async {
        let send = client(proxy.port).await;
        let mut request = get("/a?b");
        request.headers_mut().append("cookie", "a=1".parse().unwrap());
        request.headers_mut().append("cookie", "b=2".parse().unwrap());
        let (head, body, _) = ask(&send, request, b"").await;
        assert_eq!(head.status(), 200);
        assert_eq!(String::from_utf8(body).unwrap(), "GET /a?b HTTP/2.0 example.com a=1; b=2 h2c");
        // Streams at the same time, more than a window's worth each.
        let (one, two, none) =
            tokio::join!(ask(&send, get("/big"), b""), ask(&send, get("/big"), b""), ask(&send, get("/gone"), b""));
        assert_eq!((one.1.len(), two.1.len()), (300_000, 300_000));
        assert_eq!((none.0.status().as_u16(), none.1.len()), (204, 0));
    });
}

#[test]
fn http1_is_still_spoken_there() {
    let proxy = Served::start("location / { return 200 $server_protocol; }");
    let mut stream = proxy.connect();
    stream.write_all(b"PUT / HTTP/1.1\r\nContent-Length: 0\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let answer = all(stream);
    assert!(answer.ends_with("\r\n\r\nHTTP/1.1"), "{answer}");
}

/// The code of the GOAWAY that these bytes are answered with.
fn check_goaway(proxy: &Served, bytes: &[u8], code: u32) {
    let mut stream = proxy.connect();
    stream.write_all(&[PREFACE, bytes].concat()).unwrap();
    let all = frames(&mut stream, frame::GOAWAY);
    let (head, content) = all.last().unwrap();
    assert_eq!((head.kind, frame::number(&content[4..])), (frame::GOAWAY, code), "{bytes:?}");
}

#[test]
fn bad_frames_end_the_connection() {
    let proxy = Served::start("large_client_header_buffers 4 1k;");
    let headers =
        |flags: u8, stream: u32, block: &[u8]| frame_of(frame::HEADERS, flags | frame::END_STREAM, stream, block);
    check_goaway(&proxy, &frame_of(frame::SETTINGS, 0, 0, &[0, 5, 0, 0, 0, 42]), 1);
    check_goaway(&proxy, &frame_of(frame::PING, 0, 0, b"short"), 6);
    check_goaway(&proxy, &frame_of(frame::WINDOW, 0, 0, &[0; 4]), 1);
    check_goaway(&proxy, &frame_of(frame::WINDOW, 0, 0, &[0x7f, 255, 255, 255]), 3);
    check_goaway(&proxy, &frame_of(frame::PUSH, 4, 1, &[0; 4]), 1);
    check_goaway(&proxy, &headers(frame::END_HEADERS, 2, &request_block(ROOT)), 1);
    check_goaway(&proxy, &headers(frame::END_HEADERS, 1, &[0xbe]), 9);
    check_goaway(&proxy, &headers(frame::END_HEADERS, 1, &request_block(&[("a", &"{".repeat(1100))])), 11);
    check_goaway(&proxy, &[headers(0, 1, &[0x82]), frame_of(frame::PING, 0, 0, &[0; 8])].concat(), 1);
}

/// The status of the answer to a request with this block.
fn check_status(proxy: &Served, fields: &[(&str, &str)], status: &str) {
    let mut stream = proxy.connect();
    let flags = frame::END_HEADERS | frame::END_STREAM;
    let request = frame_of(frame::HEADERS, flags, 1, &request_block(fields));
    stream.write_all(&[PREFACE, &request].concat()).unwrap();
    let all = frames(&mut stream, frame::HEADERS);
    let mut decoder = hpack::Decoder::new(hpack::TABLE);
    let block = &all.last().unwrap().1;
    decoder.read(block, block.len()).unwrap();
    assert_eq!((decoder.name(), decoder.value()), (&b":status"[..], status.as_bytes()), "{fields:?}");
}

#[test]
fn bad_heads_are_answered() {
    let proxy = Served::start("max_headers 3; return 200 ok;");
    let with = |more: &[(&'static str, &'static str)]| [ROOT, more].concat();
    check_status(&proxy, &with(&[("a", "1")]), "200");
    check_status(&proxy, &with(&[("host", "h")]), "200");
    check_status(&proxy, &with(&[("host", "other")]), "400");
    check_status(&proxy, &with(&[("connection", "close")]), "400");
    check_status(&proxy, &with(&[("te", "gzip")]), "400");
    check_status(&proxy, &with(&[("te", "trailers")]), "200");
    check_status(&proxy, &with(&[(":path", "/again")]), "400");
    check_status(&proxy, &with(&[("a", "1"), (":late", "1")]), "400");
    check_status(&proxy, &with(&[("content-length", "5")]), "400");
    check_status(&proxy, &with(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")]), "400");
    check_status(&proxy, &ROOT[..3], "400");
    check_status(&proxy, &[("a", "1")], "400");
    check_status(&proxy, &[&[("host", "h"), (":method", "GET")][..], &ROOT[1..]].concat(), "400");
    check_status(&proxy, &[&[(":method", "CONNECT")][..], &ROOT[1..]].concat(), "405");
}

#[test]
fn the_end_is_announced_and_streams_are_finished() {
    let mut proxy = Served::start("location / { root .; }");
    fs::write(proxy.path("big"), vec![b'x'; 70_000]).unwrap();
    let mut stream = proxy.connect();
    let mut fields = ROOT.to_vec();
    fields[2].1 = "/big";
    let flags = frame::END_HEADERS | frame::END_STREAM;
    let request = frame_of(frame::HEADERS, flags, 1, &request_block(&fields));
    stream.write_all(&[PREFACE, &request].concat()).unwrap();
    let mut body = 0;
    while body < 65535 {
        body += frames(&mut stream, frame::DATA).last().unwrap().0.length;
    }
    proxy.signal(Signal::SIGQUIT);
    let all = frames(&mut stream, frame::GOAWAY);
    assert_eq!(all.last().unwrap().1, [0, 0, 0, 1, 0, 0, 0, 0]);
    let mut more = Vec::new();
    frame::window(&mut more, 0, 10_000);
    frame::window(&mut more, 1, 10_000);
    stream.write_all(&more).unwrap();
    let rest = frames(&mut stream, u8::MAX);
    assert_eq!(rest.iter().map(|(head, _)| head.length).sum::<u32>(), 70_000 - 65535);
    drop(stream);
    assert!(proxy.ended().success());
}

#[test]
fn upstreams_are_asked_by_http2() {
    run(async {
        let peer = upstream().await;
        let proxy = Served::start(&format!(
            "proxy_http_version 2; proxy_set_header Connection ''; client_max_body_size 0;\n\
             location / {{ proxy_pass http://{peer}; }} location /p/ {{ proxy_pass http://{peer}/q/; }}\n\
             location /slow {{ proxy_request_buffering off; proxy_pass_trailers on; proxy_pass http://{peer}; }}\n\
             location /grpc {{ grpc_pass {peer}; }}",
        ));
        let send = client(proxy.port).await;
        let text = |body: Vec<u8>| String::from_utf8(body).unwrap();
        let (_, body, trailers) = ask(&send, get("/p/x?y"), b"").await;
        assert_eq!((text(body), trailers.len()), (format!("GET http://{peer}/q/x?y te=- body=0"), 0));
        // More than the windows that a connection begins with.
        let post = |path: &str| Request::post(format!("http://example.com{path}")).body(()).unwrap();
        let (_, body, _) = ask(&send, post("/"), &vec![b'x'; 200_000]).await;
        assert_eq!(text(body), format!("POST http://{peer}/ te=- body=200000"));
        let (_, body, trailers) = ask(&send, post("/slow"), &vec![b'x'; 200_000]).await;
        assert_eq!(text(body), format!("POST http://{peer}/slow te=- body=200000"));
        assert_eq!(trailers["grpc-status"], "0");
        let mut call = post("/grpc");
        call.headers_mut().insert("te", "trailers".parse().unwrap());
        let (_, body, trailers) = ask(&send, call, b"12345").await;
        assert_eq!(text(body), format!("POST http://{peer}/grpc te=trailers body=5"));
        assert_eq!(trailers["grpc-status"], "0");
    });
}

/// The content of the answer to a request for a path, which is sent in these frames.
fn content(stream: &mut TcpStream, frames_of_request: &[u8]) -> String {
    stream.write_all(frames_of_request).unwrap();
    let all = frames(stream, frame::DATA);
    String::from_utf8(all.last().unwrap().1.clone()).unwrap()
}

/// A request without a body.
fn request_for(path: &str, stream: u32) -> Vec<u8> {
    let mut fields = ROOT.to_vec();
    fields[2].1 = path;
    frame_of(frame::HEADERS, frame::END_HEADERS | frame::END_STREAM, stream, &request_block(&fields))
}

#[test]
fn requests_are_counted_measured_and_logged() {
    let proxy = Served::start(
        "access_log access.log; location / { return 200 \"$connection_requests $request_length $pid\"; }",
    );
    let (block, pid) = (request_block(ROOT), proxy.id());
    let length = block.len();
    let mut stream = proxy.connect();
    stream.write_all(PREFACE).unwrap();
    let first = content(&mut stream, &request_for("/", 1));
    assert_eq!(first, format!("1 {length} {pid}"));
    let (start, rest) = block.split_at(7);
    let cut = [
        frame_of(frame::HEADERS, frame::END_STREAM, 3, start),
        frame_of(frame::CONTINUATION, frame::END_HEADERS, 3, rest),
    ];
    assert_eq!(content(&mut stream, &cut.concat()), format!("2 {length} {pid}"));
    // What is no request is logged without a line.
    stream.write_all(&frame_of(frame::HEADERS, 5, 5, &request_block(&[("a", "1")]))).unwrap();
    wait_until("three lines", || proxy.read("access.log").lines().count() == 3);
    let log = proxy.read("access.log");
    let size = first.len();
    assert_eq!(log.matches(&format!("\"GET / HTTP/2.0\" 200 {size} \"-\" \"-\"\n")).count(), 2, "{log}");
    assert!(log.contains("] \"-\" 400 "), "{log}");
    assert!(!proxy.log().contains("closed keepalive connection"));
}

#[test]
fn variables_tell_what_the_proxy_protocol_said() {
    let port = free_port();
    let said = "return 200 \"$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr $remote_addr\";";
    let _proxy = Served::start(&format!("}} server {{ listen 127.0.0.1:{port} proxy_protocol; http2 on; {said}"));
    let mut stream = connect(port);
    stream.write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 123 456\r\n").unwrap();
    stream.write_all(PREFACE).unwrap();
    for id in [1, 3] {
        assert_eq!(content(&mut stream, &request_for("/", id)), "192.0.2.1:123 192.0.2.2 127.0.0.1");
    }
}

#[test]
fn an_empty_body_has_a_file_where_bodies_stand_in_files() {
    let proxy = Served::start(
        "location / { client_body_in_file_only on; proxy_pass http://127.0.0.1:PORT/back;\n\
         add_header X-File $request_body_file; } location /back { return 200 ok; }",
    );
    let file_of = |name: &str| fs::metadata(name).unwrap().len();
    run(async {
        let send = client(proxy.port).await.ready().await.unwrap();
        // The end of the stream comes in a frame of its own.
        let (answer, mut out) = send.clone().send_request(get("/"), false).unwrap();
        out.send_data(Bytes::new(), true).unwrap();
        let answer = answer.await.unwrap();
        assert_eq!(file_of(answer.headers()["x-file"].to_str().unwrap()), 0);
        let (without, ..) = ask(&send, get("/"), b"").await;
        assert!(!without.headers().contains_key("x-file"));
    });
    let mut stream = proxy.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    let answer = all(stream);
    let name = answer.split("X-File: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("a file");
    assert_eq!(file_of(name), 0);
}

#[test]
fn the_end_of_an_empty_body_is_passed_on_when_it_comes() {
    const PARAMS_END: &[u8] = &[1, 4, 0, 1, 0, 0, 0, 0];
    const BODY_END: &[u8] = &[1, 5, 0, 1, 0, 0, 0, 0];
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Served::start(&format!(
        "location / {{ fastcgi_request_buffering off; fastcgi_pass {}; }}",
        peer.local_addr().unwrap()
    ));
    let mut stream = proxy.connect();
    let fields = [ROOT, &[("content-length", "0")]].concat();
    let head = frame_of(frame::HEADERS, frame::END_HEADERS, 1, &request_block(&fields));
    stream.write_all(&[PREFACE, &head].concat()).unwrap();
    let (mut asked, mut came) = (peer.accept().unwrap().0, Vec::new());
    asked.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut read_up_to = |end: &[u8], came: &mut Vec<u8>| {
        let mut room = [0; 4096];
        while !came.ends_with(end) {
            let count = asked.read(&mut room).unwrap();
            assert!(count > 0, "{came:?}");
            came.extend_from_slice(&room[..count]);
        }
    };
    // Nothing follows the parameters, in the same piece or before the client says more.
    read_up_to(PARAMS_END, &mut came);
    stream.write_all(&frame_of(frame::PING, 0, 0, b"12345678")).unwrap();
    frames(&mut stream, frame::PING);
    stream.write_all(&frame_of(frame::DATA, frame::END_STREAM, 1, b"")).unwrap();
    let before = came.len();
    read_up_to(BODY_END, &mut came);
    assert_eq!(came[before..], *BODY_END);
}

#[test]
fn streams_that_are_cut_off_are_logged() {
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut proxy = Served::start_with(
        "worker_shutdown_timeout 20ms;",
        &format!("access_log access.log; location / {{ proxy_pass http://{}; }}", peer.local_addr().unwrap()),
    );
    let mut stream = proxy.connect();
    stream.write_all(&[PREFACE, &request_for("/", 1)].concat()).unwrap();
    // The answer will never come.
    let _asked = peer.accept().unwrap();
    proxy.signal(Signal::SIGQUIT);
    assert!(proxy.ended().success());
    let log = proxy.read("access.log");
    assert!(log.contains("\"GET / HTTP/2.0\" 499 0 "), "{log}");
}

/// An upstream of HTTP/1 that gives hints before the answer, `version` of HTTP; how many times.
fn hinting(version: &'static str, times: usize, requests: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let (mut stream, mut head) = (stream.unwrap(), Vec::new());
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            for _ in 0..times {
                let hint = "Link: a\r\nDate: d\r\nX-Hidden: h\r\nLink: b\r\n";
                write!(stream, "HTTP/{version} 103 Whatever\r\n{hint}\r\n").unwrap();
            }
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
        }
    });
    address
}

#[test]
fn early_hints_are_passed_on_where_they_are_wanted() {
    let (peer, old) = (hinting("1.1", 2, 5), hinting("1.0", 1, 1));
    let proxy = Served::start(&format!(
        "early_hints '' $arg_hints; proxy_http_version 1.1; proxy_hide_header X-Hidden;\n\
         location / {{ proxy_pass http://{peer}; }} location /old {{ proxy_pass http://{old}; }}\n\
         location /small {{ proxy_buffer_size 100; proxy_pass http://{peer}; }}",
    ));
    let ask1 = |path: &str, version: &str| {
        let mut stream = proxy.connect();
        write!(stream, "GET {path} HTTP/{version}\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
        all(stream)
    };
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: a\r\nLink: b\r\n\r\n";
    assert!(ask1("/?hints=1", "1.1").starts_with(&format!("{hint}{hint}HTTP/1.1 200 OK\r\n")));
    assert!(ask1("/?hints=0", "1.1").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(ask1("/?hints=1", "1.0").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(ask1("/small?hints=1", "1.1").starts_with(&format!("{hint}HTTP/1.1 200 OK\r\n")));
    assert!(ask1("/old?hints=1", "1.1").starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    let log = proxy.log();
    assert_eq!(log.matches("upstream sent too big early hints while reading response header").count(), 1, "{log}");
    assert!(log.contains("upstream sent HTTP/1.0 response with early hints while reading"), "{log}");
    let mut stream = proxy.connect();
    stream.write_all(&[PREFACE, &request_for("/?hints=1", 1)].concat()).unwrap();
    let all = frames(&mut stream, frame::DATA);
    let blocks: Vec<_> = all.iter().filter(|(head, _)| head.kind == frame::HEADERS).collect();
    let mut hints = Vec::new();
    hpack::write_status(&mut hints, 103);
    hpack::write_field(&mut hints, b"link", b"a");
    hpack::write_field(&mut hints, b"link", b"b");
    assert_eq!(blocks.len(), 3);
    assert!(blocks[..2].iter().all(|(head, block)| head.flags == frame::END_HEADERS && *block == hints));
}

#[test]
fn early_hints_come_before_the_answer_does() {
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let proxy = Served::start(&format!("early_hints 1; location / {{ grpc_pass {address}; }}"));
    let mut stream = proxy.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let mut asked = peer.accept().unwrap().0;
    let head = |status: u16, flags: u8, fields: &[(&str, &str)]| {
        let mut block = Vec::new();
        hpack::write_status(&mut block, status);
        block.extend(request_block(fields));
        frame_of(frame::HEADERS, frame::END_HEADERS | flags, 1, &block)
    };
    let mut out = Vec::new();
    frame::settings(&mut out, &[]);
    out.extend(head(103, 0, &[("link", "a"), ("content-length", "5")]));
    asked.write_all(&out).unwrap();
    let hint = b"HTTP/1.1 103 Early Hints\r\nlink: a\r\ncontent-length: 5\r\n\r\n";
    let mut came = vec![0; hint.len()];
    stream.read_exact(&mut came).unwrap();
    assert_eq!(came, hint);
    asked.write_all(&head(200, frame::END_STREAM, &[("x-a", "1")])).unwrap();
    let answer = all(stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\r\nx-a: 1\r\n"), "{answer}");
}
