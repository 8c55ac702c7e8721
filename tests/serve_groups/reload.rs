//! What a reload keeps of zones: limits and learned sessions go on, groups begin anew.

use crate::common::served::Served;
use crate::server::{body, status};

const BACK: &str = "server { listen 127.0.0.1:%1; listen 127.0.0.1:%2; location / { add_header Set-Cookie s=$arg_s;
    return 200 $server_port; } }";

fn limited(zones: &str, more: &str) -> String {
    format!(
        "{zones} limit_req_zone $host zone=r:64k rate=1r/m;
         upstream u {{ server 127.0.0.1:%1; server 127.0.0.1:%2; sticky learn create=$upstream_cookie_s
             lookup=$cookie_s zone=s:64k timeout=1h; }}
         server {{ listen 127.0.0.1:%0; location / {{ limit_req zone=r; proxy_pass http://127.0.0.1:%1; }}
             location /s {{ proxy_pass http://u; }} {more} }}
         {BACK}"
    )
}

#[test]
fn limits_and_sessions() {
    let server = Served::start("", &limited("", ""), None);
    assert_eq!(status(&server.get("/", "")), "200");
    let first = body(&server.get("/s?s=me", "")).to_owned();
    let other = body(&server.get("/s?s=you", "")).to_owned();
    assert_ne!(first, other);
    // One more zone, before the others: each goes on by its name.
    server.reload(
        "",
        &limited("limit_req_zone $uri zone=new:64k rate=5r/s;", "location /new { limit_req zone=new; return 200; }"),
    );
    assert_eq!(status(&server.get("/", "")), "503");
    for _ in 0..3 {
        assert_eq!(body(&server.get("/s", "Cookie: s=me\r\n")), first);
        assert_eq!(body(&server.get("/s", "Cookie: s=you\r\n")), other);
    }
}

/// nginx does not go on from a zone that counts by something else.
#[test]
fn another_key() {
    let server = Served::start("", &limited("", ""), None);
    assert_eq!(status(&server.get("/", "")), "200");
    server.reload("", &limited("", "").replace("$host", "$uri"));
    server.logged("limit_req \"r\" uses the \"$uri\" key while previously it used the \"$host\" key");
    assert_eq!(status(&server.get("/", "")), "503");
}
