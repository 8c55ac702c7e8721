//! What a route can say exactly, where nothing beside it excuses anything but the headers that implementations add.

use crate::case::{Case, Request};

pub fn cases() -> Vec<Case> {
    vec![paths(), hosts()]
}

fn paths() -> Case {
    let http = "
upstream u {
    server 127.0.0.1:9101;
}
upstream down {
    server 127.0.0.1:9101 down;
    server 127.0.0.1:9102;
}
server {
    listen 8000;
    location / { proxy_pass http://u; }
    location /down/ { proxy_pass http://down; }
    location /big/ { proxy_pass http://u; client_max_body_size 0; }
    location /api/ {
        proxy_pass http://u/v1/;
        proxy_set_header Host inner.test;
        proxy_set_header X-Fixed \"a \\\"b\\\" 'c': d\";
        add_header X-Always 1 always;
        proxy_hide_header X-Inner;
    }
    location /api/more/ { proxy_pass http://127.0.0.1:9102; proxy_set_header Host more.test; }
    location = /exact { proxy_pass http://127.0.0.1:9102/two; proxy_set_header Host $http_host; }
    location ~ ^/files(/|$)(.*) {
        proxy_set_header Host files.test;
        proxy_pass http://127.0.0.1:9102;
    }
    location ~ ^/one\\.txt$ { proxy_set_header Host one.test; proxy_pass http://127.0.0.1:9102; }
}";
    let about = |request: Request| request.about("proxy_pass");
    let targets = [
        "/",
        "/other?x=1&y=%20",
        "/down/x",
        "/api/",
        "/api/x/y?z=1",
        "/apix",
        "/api/more/x",
        "/api/morex",
        "/exact",
        "/exact/",
        "/exactly",
        "/files",
        "/files/",
        "/files/a/b?c",
        "/filesystem",
        "/one.txt",
        "/one_txt",
    ];
    let inner = "/api/x?be-header=X-Inner:1&be-status=404";
    Case::new("gateway-paths", 2, http.trim())
        .send_all(targets.map(|target| about(Request::get(target))))
        .send_all(targets.map(|target| about(Request::post(target, "x=1").host("LB.test:8000"))))
        .send(about(Request::get(inner)))
        .send(about(Request::post("/big/x", &"y".repeat(1_200_000))))
        .send(Request::get("/api").about("location"))
        .send(Request::get("/api?x=1").about("location"))
}

fn hosts() -> Case {
    let http = "
server {
    listen 8000 default_server;
    location / { proxy_pass http://127.0.0.1:9101; proxy_set_header Host default.test; }
}
server {
    listen 8000;
    server_name one.test .wide.test;
    location / { proxy_pass http://127.0.0.1:9102; proxy_set_header Host two.test; }
}
server {
    listen 8000;
    server_name old.test;
    if ($host = old.test) {
        return 301 https://new.test$request_uri;
    }
    return 404;
}";
    let hosts = ["one.test", "ONE.test", "wide.test", "a.wide.test", "a.b.wide.test", "none.test", "xwide.test"];
    Case::new("gateway-hosts", 2, http.trim())
        .send_all(hosts.map(|host| Request::get("/x").host(host).about("proxy_pass")))
        .send(Request::get("/x/y?z=1").host("old.test").about("if"))
}
