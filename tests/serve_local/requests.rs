//! nginx's own pages, and what becomes of the connection.

use crate::common::served::Served;

#[test]
fn pages_and_redirects() {
    let server = Served::start(
        &[("sorry.html", "SORRY")],
        "location /gone { return 410; } location /text.html { return 200 $uri; } location /no { return 204; }\n\
         location /away { error_page 404 =302 http://else.where/; }\n\
         location /page { error_page 404 /sorry.html; } location /ok { error_page 404 =200 /sorry.html; }\n\
         location /moved { return 301 /there; } location /near { absolute_redirect off; return 302 /there; }\n\
         location /old { msie_refresh on; return 302 /x; }",
        "",
    );
    let gone = server.get("/gone", "");
    assert_eq!((gone.status(), gone.header("Content-Type")), (410, "text/html"));
    assert!(gone.body().starts_with("<html>\r\n<head><title>410 Gone</title></head>\r\n"));
    assert!(!gone.body().contains("padding"));
    assert!(server.get("/gone", "User-Agent: Chrome/1\r\n").body().contains("a padding to disable"));
    assert_eq!(server.get("/text.html", "").header("Content-Type"), "text/html");
    let no = server.get("/no", "");
    assert_eq!((no.status(), no.header("Content-Length"), no.header("Content-Type")), (204, "", ""));
    assert_eq!(
        (server.get("/away", "").status(), server.get("/away", "").header("Location")),
        (302, "http://else.where/")
    );
    assert_eq!((server.get("/page", "").status(), server.get("/page", "").body()), (404, "SORRY"));
    assert_eq!((server.get("/ok", "").status(), server.get("/ok", "").body()), (200, "SORRY"));
    assert_eq!(server.get("/moved", "").header("Location"), "http://localhost:PORT/there");
    assert_eq!(server.get("/near", "").header("Location"), "/there");
    let old = server.get("/old", "User-Agent: MSIE 6.0\r\n");
    assert_eq!((old.status(), old.header("Location")), (200, ""));
    assert!(old.body().contains("content=\"0; URL=/x\""));
}

#[test]
fn connections_stay_or_are_closed() {
    let server = Served::start(
        &[("t", "T")],
        "location / { } location /bad { return 400; } location /dropped { return 444; } location /text { return 200 x; }",
        "",
    );
    let ask = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let last = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let count = |bytes: &str| server.send(bytes).0.matches("HTTP/1.1 ").count();
    assert_eq!(count(&format!("{}{}{last}", ask("/t"), ask("/none"))), 3);
    assert_eq!(count(&format!("{}{last}", ask("/bad"))), 1);
    assert_eq!(count(&format!("{}{last}", ask("/dropped"))), 0);
    assert_eq!(server.send("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n").status(), 405);
    assert_eq!(server.send("GET http://a.:1.2/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status(), 400);
    let expects = "POST /text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n";
    let answer = server.send(&format!("{expects}Content-Length: 1\r\n\r\nx"));
    assert!(answer.0.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer:?}");
    let chunks = "POST /text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(server.send(&format!("{chunks}1\r\nxx\r\n0\r\n\r\n")).status(), 400);
}

#[test]
fn old_browsers_lose_their_connections() {
    let server = Served::start(
        &[("t", "T")],
        "location / { error_page 405 =200 /t; } location /s { keepalive_disable safari; }",
        "",
    );
    let stays = |method: &str, path: &str, agent: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\n\r\n");
        let last = "GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        server.send(&format!("{request}{last}")).0.matches("HTTP/1.1 ").count() == 2
    };
    assert!(!stays("POST", "/t", "MSIE 5.0") && stays("GET", "/t", "MSIE 5.0") && stays("POST", "/t", "MSIE 7.0"));
    assert!(!stays("GET", "/s", "Mac OS X Safari/1") && stays("GET", "/t", "Mac OS X Safari/1"));
}

#[test]
fn counts_of_connections() {
    let server = Served::start(
        &[],
        "location / { stub_status; add_header X-Active $connections_active; } location /gif { empty_gif; }",
        "",
    );
    let first = server.get("/", "");
    assert_eq!(first.header("X-Active"), "1");
    let second = server.get("/", "");
    assert_eq!(
        second.body(),
        "Active connections: 1 \nserver accepts handled requests\n 2 2 2 \nReading: 0 Writing: 1 Waiting: 0 \n"
    );
    let gif = server.get("/gif", "");
    assert_eq!((gif.header("Content-Type"), gif.header("Content-Length")), ("image/gif", "43"));
    assert_eq!(gif.header("Last-Modified"), "Mon, 28 Sep 1970 06:00:00 GMT");
}
