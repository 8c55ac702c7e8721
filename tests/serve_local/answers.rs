//! What the header and body filters make of answers.

use crate::common::served::Served;

const TEXT: &str = "0123456789abcdefghij";

#[test]
fn conditions() {
    let server = Served::start(
        &[("t", TEXT)],
        "error_page 412 /t; location /before/ { alias html/; if_modified_since before; } location /off/ { alias html/; etag off; }",
        "",
    );
    let first = server.get("/t", "");
    let (tag, time) = (first.header("ETag"), first.header("Last-Modified"));
    let later = "Sun, 01 Jan 2090 00:00:00 GMT";
    let cases = [
        ("/t", format!("If-None-Match: {tag}"), 304),
        ("/t", format!("If-None-Match: \"x\", W/{tag}"), 304),
        ("/t", "If-None-Match: \"x\"".to_owned(), 200),
        ("/t", format!("If-Modified-Since: {time}"), 304),
        ("/t", format!("If-Modified-Since: {later}"), 200),
        ("/before/t", format!("If-Modified-Since: {later}"), 304),
        ("/t", format!("If-Match: {tag}"), 200),
        ("/t", "If-Match: \"x\"".to_owned(), 412),
        ("/t", format!("If-Unmodified-Since: {later}"), 200),
        ("/t", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT".to_owned(), 412),
        ("/off/t", format!("If-Match: {tag}"), 412),
    ];
    for (path, condition, status) in cases {
        let answer = server.get(path, &format!("{condition}\r\n"));
        assert_eq!(answer.status(), status, "{path} {condition}");
        match status {
            304 => assert_eq!((answer.body(), answer.header("Content-Type")), ("", ""), "{condition}"),
            // The page for it is the file again, whose conditions no longer count.
            _ => assert_eq!(answer.body(), TEXT, "{condition}"),
        }
    }
    assert_eq!(server.get("/off/t", "").header("ETag"), "");
}

#[test]
fn ranges() {
    let server = Served::start(
        &[("t", TEXT)],
        "location / { } location /one/ { alias html/; max_ranges 1; }\n\
         location /proxy/ { proxy_pass http://127.0.0.1:%/; proxy_force_ranges on; proxy_set_header Range \"\"; }",
        "",
    );
    for path in ["/t", "/proxy/t"] {
        let answer = server.get(path, "Range: bytes=2-4\r\n");
        assert_eq!(answer.status(), 206, "{path}");
        assert_eq!((answer.header("Content-Range"), answer.header("Content-Length")), ("bytes 2-4/20", "3"), "{path}");
        assert_eq!(answer.body(), "234", "{path}");
    }
    assert_eq!(server.get("/t", "Range: bytes=-3\r\n").body(), "hij");
    let none = server.get("/t", "Range: bytes=20-\r\n");
    assert_eq!((none.status(), none.header("Content-Range")), (416, "bytes */20"));
    assert_eq!(server.get("/one/t", "Range: bytes=0-1,3-4\r\n").body(), TEXT);
    let several = server.get("/t", "Range: bytes=0-1,18-\r\n");
    assert_eq!(several.header("Content-Length"), several.body().len().to_string());
    let boundary = several.header("Content-Type").strip_prefix("multipart/byteranges; boundary=").expect("parts");
    let part = |range, text| {
        format!("\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes {range}/20\r\n\r\n{text}")
    };
    assert_eq!(several.body(), format!("{}{}\r\n--{boundary}--\r\n", part("0-1", "01"), part("18-19", "ij")));
    let tag = server.get("/t", "").header("ETag").to_owned();
    assert_eq!(server.get("/t", &format!("Range: bytes=0-0\r\nIf-Range: {tag}\r\n")).status(), 206);
    assert_eq!(server.get("/t", "Range: bytes=0-0\r\nIf-Range: \"x\"\r\n").status(), 200);
}

#[test]
fn headers_are_added() {
    let server = Served::start(
        &[("t", TEXT)],
        "add_header X-All $host always; add_header X-Good good;\n\
         location /none { }\n\
         location /own/ { alias html/; add_header X-Own own; expires 60; }\n\
         location /merged/ { alias html/; add_header X-Own own; add_header_inherit merge; expires epoch; add_header ETag a; }\n\
         location /dynamic/ { alias html/; expires $arg_e; }",
        "",
    );
    let good = server.get("/t", "");
    assert_eq!((good.header("X-All"), good.header("X-Good")), ("localhost", "good"));
    let bad = server.get("/none", "");
    assert_eq!((bad.status(), bad.header("X-All"), bad.header("X-Good")), (404, "localhost", ""));
    let own = server.get("/own/t", "");
    assert_eq!((own.header("X-All"), own.header("X-Own"), own.header("Cache-Control")), ("", "own", "max-age=60"));
    let merged = server.get("/merged/t", "");
    assert_eq!((merged.header("X-All"), merged.header("X-Own"), merged.header("ETag")), ("localhost", "own", "a"));
    assert_eq!(merged.header("Expires"), "Thu, 01 Jan 1970 00:00:01 GMT");
    assert_eq!(server.get("/dynamic/t?e=max", "").header("Cache-Control"), "max-age=315360000");
    assert_eq!(server.get("/dynamic/t?e=-1", "").header("Cache-Control"), "no-cache");
    assert_eq!(server.get("/dynamic/t?e=x", "").header("Cache-Control"), "");
}

#[test]
fn trailers_follow_chunks() {
    let server = Served::start(&[("t", TEXT)], "add_trailer X-T $host; add_trailer X-No '';", "");
    let answer = server.get("/t", "");
    assert_eq!((answer.header("Content-Length"), answer.header("Transfer-Encoding")), ("", "chunked"));
    assert_eq!(answer.body(), format!("14\r\n{TEXT}\r\n0\r\nX-T: localhost\r\n\r\n"));
    let old = server.send("GET /t HTTP/1.0\r\n\r\n");
    assert_eq!((old.header("Content-Length"), old.body()), ("20", TEXT));
}

#[test]
fn charsets_are_told_and_recoded() {
    let server = Served::start(
        &[("t", "a\u{e4}\u{20ac}")],
        "location / { charset one; source_charset utf-8; }\n\
         location /proxy/ { proxy_pass http://127.0.0.1:%/; charset utf-8; override_charset on; }\n\
         location /told/ { alias html/; charset koi8-r; } location /moved { charset koi8-r; return 301 /; }",
        "charset_map one utf-8 { E4 C3A4; }",
    );
    let one = server.send("GET /t HTTP/1.0\r\n\r\n");
    assert_eq!(one.header("Content-Type"), "text/plain; charset=one");
    assert_eq!(one.body(), "a\u{fffd}&#8364;");
    let back = server.send("GET /proxy/t HTTP/1.0\r\n\r\n");
    assert_eq!((back.header("Content-Type"), back.body()), ("text/plain; charset=utf-8", "a\u{e4}&#8364;"));
    assert_eq!(server.get("/told/t", "").header("Content-Type"), "text/plain; charset=koi8-r");
    assert_eq!(server.get("/moved", "").header("Content-Type"), "text/html");
}

#[test]
fn cookies_make_clients_known() {
    let server = Served::start(
        &[("t", TEXT)],
        "userid on; userid_path /p; add_header X-Got $uid_got; add_header X-Set $uid_set;",
        "",
    );
    let first = server.get("/t", "");
    let cookie = first.header("Set-Cookie");
    let uid = cookie.strip_suffix("; path=/p").and_then(|cookie| cookie.strip_prefix("uid=")).expect("a cookie");
    assert!(uid.len() == 24 && uid.ends_with("=="), "{uid}");
    assert!(first.header("X-Set").starts_with("uid=") && first.header("X-Got").is_empty());
    let second = server.get("/t", &format!("Cookie: uid={uid}\r\n"));
    assert_eq!((second.header("Set-Cookie"), second.header("X-Set")), ("", ""));
    assert_eq!(second.header("X-Got"), first.header("X-Set"));
    assert_ne!(server.get("/t", "").header("Set-Cookie"), cookie);
}
