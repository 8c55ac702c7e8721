//! What is handed on: headers and targets on the way to a backend, and answers on the way back.

use super::{group, server};
use crate::case::{Case, Request};

pub fn cases() -> Vec<Case> {
    vec![request_headers(), answer_headers(), locations(), returns(), targets(), rewrites(), methods(), bodies()]
}

/// One server with these lines and a group `u` of one.
fn new(name: &str, lines: &str) -> Case {
    Case::new(name, 1, &(group("", &[""]) + &server(lines)))
}

fn request_headers() -> Case {
    let lines = "
        location /plain { proxy_pass http://u; }
        location /host { proxy_pass http://u; proxy_set_header Host $host; }
        location /http_host { proxy_pass http://u; proxy_set_header Host $http_host; }
        location /literal { proxy_pass http://u; proxy_set_header Host inner.test; proxy_set_header X-Fixed \"a b\"; }
        location /usual {
            proxy_pass http://u;
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Uri $request_uri;
        }
        location /none { proxy_pass http://u; proxy_set_header X-Secret \"\"; proxy_set_header Accept-Encoding \"\"; }";
    let places = ["/plain", "/host", "/http_host", "/literal", "/usual", "/none"];
    let source = std::net::Ipv4Addr::new(127, 7, 8, 9);
    new("request-headers", lines)
        .send_all(places.map(Request::get))
        .send_all(places.map(|place| Request::get(&format!("{place}?a=b")).host("LB.test:8000").from(source)))
        .send_all(places.map(|place| {
            let request = Request::get(place).header("X-Forwarded-For", "10.1.1.1").header("X-Secret", "s");
            request.header("Accept-Encoding", "gzip").header("Cookie", "a=1; b=2").header("User-Agent", "client/1")
        }))
        .send(Request::get("/plain").header("X_Under", "1").header("X-Dash", "2"))
        .send(Request::get("/plain").header("X-Twice", "1").header("X-Twice", "2"))
        .send(Request::get("/plain").header("Connection", "X-Hop, close").header("X-Hop", "1"))
        .send(Request::get("/plain").header("Expect", "nothing"))
        .send(Request::get("/plain").header("Authorization", "Basic dTpw"))
}

fn answer_headers() -> Case {
    let lines = "
        add_header X-Server s;
        location / { proxy_pass http://u; }
        location /more { proxy_pass http://u; add_header X-More m; add_header X-Always a always; }
        location /hide { proxy_pass http://u; proxy_hide_header X-Inner; }";
    let inner = "be-header=X-Inner:1&be-header=Cache-Control:no-store&be-cookie=s=1";
    let statuses = [200, 201, 204, 301, 304, 307, 400, 404, 500, 503];
    let places = ["/", "/more", "/hide"];
    new("answer-headers", lines)
        .send_all(places.map(|place| Request::get(&format!("{place}?{inner}"))))
        .send_all(statuses.map(|status| Request::get(&format!("/more?be-status={status}"))))
}

/// `proxy_redirect`.
fn locations() -> Case {
    let lines = "
        location /def/ { proxy_pass http://u/inner/; }
        location /off/ { proxy_pass http://u/inner/; proxy_redirect off; }
        location /own/ { proxy_pass http://u; proxy_redirect http://inner.test/ /own/; }";
    let values = ["http://u/inner/x", "http://inner.test/x", "/inner/y", "http://elsewhere.test/", "https://u/inner/x"];
    let ask = |place: &str, value: &str| Request::get(&format!("{place}?be-status=302&be-location={value}"));
    new("proxy_redirect", lines)
        .send_all(values.map(|value| ask("/def/", value)))
        .send_all(values.map(|value| ask("/off/", value)))
        .send_all(values.map(|value| ask("/own/", value)))
}

fn returns() -> Case {
    let lines = "
        location = /301 { return 301 /to; }
        location = /302 { return 302 https://other.test/to; }
        location = /303 { return 303 /to; }
        location = /307 { return 307 /to?x=1; }
        location = /308 { return 308 https://$host$request_uri; }
        location = /url { return https://other.test/; }
        location = /text { default_type text/plain; return 200 \"hello\"; }
        location = /204 { return 204; }
        location = /403 { return 403; }
        location = /404 { return 404 \"no such thing\"; }
        location = /410 { return 410; }
        location = /503 { return 503; }
        location = /444 { return 444; }
        location / { proxy_pass http://u; }";
    let places = ["301", "302", "303", "307", "308", "url", "text", "204", "403", "404", "410", "503", "444", "other"];
    new("returns", lines)
        .send_all(places.map(|place| Request::get(&format!("/{place}"))))
        .send_all(places.map(|place| Request::get(&format!("/{place}?q=1")).host("LB.test:8000")))
        .send_all(["/301", "/text", "/404"].map(|place| Request::new("HEAD", place)))
        .send_all(["/301", "/308", "/text"].map(|place| Request::post(place, "x=1")))
}

/// What a backend is asked for with and without a URI in `proxy_pass`.
fn targets() -> Case {
    let lines = "
        location / { proxy_pass http://u; }
        location /swap/ { proxy_pass http://u/other/; }
        location /root/ { proxy_pass http://u/; }
        location /cut { proxy_pass http://u/; }
        location = /one { proxy_pass http://u/two; }";
    let rests =
        ["x", "a/b?c=d", "", "a%20b", "a%2Fb", "%72", "a//b", "./a/../b", "?x", "%C3%A4", "a+b;c=d", "a%3Fb", "'\"<>"];
    let places = ["/", "/swap/", "/root/", "/cut"];
    let all = places.iter().flat_map(|place| rests.iter().map(move |rest| Request::get(&format!("{place}{rest}"))));
    new("targets", lines)
        .send_all(all)
        .send_all(["/one", "/one?x=1", "/swap", "/root"].map(Request::get))
        .send_all(["/..", "/../x", "/%00", "/swap/../../x", "x", "*"].map(Request::get))
        .send(Request::get("http://lb.test/swap/x?y=1"))
}

fn rewrites() -> Case {
    let lines = "
        rewrite ^/old/(.*)$ /new/$1 permanent;
        rewrite ^/temp/(.*)$ /new/$1? redirect;
        rewrite ^/far$ https://other.test/near redirect;
        location /last/ { rewrite ^/last/(\\w+)/(\\w+)$ /new/$2/$1 last; return 404; }
        location /break/ { rewrite ^/break/(.*)$ /inner/$1 break; proxy_pass http://u; }
        location /args/ { rewrite ^/args/(\\d+)$ /item?id=$1 break; proxy_pass http://u; }
        location /new/ { proxy_pass http://u; }
        location / { return 404; }";
    let paths =
        ["/old/a", "/old/", "/temp/a", "/far", "/last/a/b", "/last/a", "/break/a/b", "/args/12", "/args/x", "/new/x"];
    new("rewrites", lines)
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(&format!("{path}?q=1&r=2"))))
}

fn methods() -> Case {
    let lines = "location / { proxy_pass http://u; }";
    let methods = ["GET", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "PROPFIND", "TRACE", "get", "FOO"];
    let unnamed = |request: Request| Request { headers: Vec::new(), ..request };
    new("methods", lines)
        .send_all(methods.map(|method| Request::new(method, "/m")))
        .send(Request::get("/").old())
        .send(unnamed(Request::get("/").old()))
        .send(unnamed(Request::get("/")))
        .send(Request::get("/").host(""))
        .send(Request::get("/").host("a b"))
        .send(Request { version: "HTTP/9.9".to_owned(), ..Request::get("/") })
}

fn bodies() -> Case {
    let chunked = Request { chunked: true, ..Request::post("/", "hello world") };
    new("bodies", "location / { proxy_pass http://u; }")
        .send_all([Request::post("/", ""), Request::post("/", "x=1"), Request::post("/", &"y".repeat(50_000)), chunked])
        .send_all([0, 1, 5000, 200_000].map(|size| Request::get(&format!("/?be-size={size}"))))
        .send(Request::get("/?be-size=5000").old())
        .send(Request::new("HEAD", "/?be-size=5000"))
}
