//! Conditions, names of all kinds, several addresses, captures: what not every target is asked for.

use crate::case::{Case, Fault, Request};

pub fn cases() -> Vec<Case> {
    vec![conditions(), names(), always(), ports(), captures(), turns(), rules_and_returns(), maps()]
}

const GROUP: &str = "upstream u {\n    server 127.0.0.1:9101;\n}\n";

fn conditions() -> Case {
    let http = "
server {
    listen 8000;
    server_name new.test old.test;
    set $who inner;
    if ($host = old.test) { return 301 http://new.test$request_uri; }
    if ($request_method = DELETE) { return 403; }
    if ($request_method !~ ^(GET|POST|DELETE)$) { return 405; }
    if ($http_x_block) { return 403; }
    if ($request_uri ~ ^/q/(\\d+)) { return 302 /n/$1; }
    if ($scheme = https) { return 404; }
    location / {
        if ($arg_gone = yes) { return 410; }
        proxy_pass http://u;
        proxy_set_header X-Who $who;
    }
    location /guarded/ {
        if ($http_x_token != secret) { return 403; }
        proxy_pass http://u;
    }
}";
    Case::new("more-conditions", 1, &(GROUP.to_owned() + http))
        .send_all(["/", "/q/12", "/q/x", "/?gone=yes", "/guarded/x"].map(|path| Request::get(path).host("new.test")))
        .send_all(["/", "/a?b=c"].map(|path| Request::get(path).host("Old.test:8000")))
        .send_all(["DELETE", "PUT", "POST"].map(|method| Request::new(method, "/").host("new.test")))
        .send(Request::get("/").host("new.test").header("X-Block", "1"))
        .send(Request::get("/").host("new.test").header("X-Block", "0"))
        .send(Request::get("/guarded/x").host("new.test").header("X-Token", "secret"))
        .send(Request::get("/guarded/x").host("new.test").header("X-Token", "other"))
}

/// Names of all kinds, so that the routes of a server are needed more than once.
fn names() -> Case {
    let server = |names: &str, text: &str| {
        format!(
            "server {{\n    listen 8000;\n    server_name {names};\n    location / {{ return 200 \"{text} $host\"; }}\n}}\n"
        )
    };
    let http = server("a.test *.c.test d.*", "one")
        + &server("*.a.test b.c.test", "two")
        + &server("~^(x|y)\\d+\\. .b.c.test", "three")
        + &server("\"\" d.e.test", "four");
    let hosts = [
        "a.test",
        "A.TEST.",
        "x.a.test",
        "x.c.test",
        "b.c.test",
        "y.b.c.test",
        "d.test",
        "d.e.test",
        "x1.z.test",
        "Y22.zz",
        "x1.c.test",
        "none.test",
        "127.0.0.1:8000",
    ];
    Case::new("more-names", 0, &http).send_all(hosts.map(|host| Request::get("/").host(host)))
}

/// Headers that are added whatever the status, to answers of the proxy's own too.
fn always() -> Case {
    let http = "
server {
    listen 8000;
    location / { proxy_pass http://u; add_header X-A a always; add_header X-B b; }
    location /no { return 404; add_header X-A \"a b\" always; add_header X-B b; }
    location /yes { return 200 \"{braces} $scheme\"; add_header X-A \"a\" always; add_header X-A b; }
}";
    Case::new("more-always", 1, &(GROUP.to_owned() + http))
        .send_all(["/", "/?be-status=500", "/no", "/yes"].map(Request::get))
        .fault("a", Fault::Refuse)
        .send(Request::get("/"))
}

fn ports() -> Case {
    let http = "
server {
    listen 8000;
    listen 8001;
    location /dir/ { proxy_pass http://u; }
    location = /r { return 301 /to; }
    location / { return 200 \"$server_port $host\"; }
}
server { listen 8001; server_name other.test; return 200 other; }
";
    let port = |request: Request| Request { port: 8001, ..request };
    let case = Case::new("more-ports", 1, &(GROUP.to_owned() + http))
        .send_all(["/dir", "/dir?a=b", "/r", "/x"].map(Request::get))
        .send_all(["/dir", "/dir?a=b", "/r", "/x"].map(|path| port(Request::get(path))))
        .send_all(["other.test", "lb.test"].map(|host| port(Request::get("/").host(host))));
    Case { ports: vec![8000, 8001], ..case }
}

fn captures() -> Case {
    let http = "
server {
    listen 8000;
    server_name ~^(?<who>\\w+)\\.user\\.test$;
    location ~ ^/c/(\\w+)/(?<rest>.*)$ { proxy_pass http://u; proxy_set_header X-One $1; proxy_set_header X-Rest $rest; }
    location ~* \\.(PNG|gif)$ { return 200 $1; }
    location / { return 200 $who; }
}";
    let paths = ["/c/ab/rest/x", "/c/ab/", "/c/", "/x.png", "/x.GIF"];
    Case::new("more-captures", 1, &(GROUP.to_owned() + http))
        .send_all(paths.map(|path| Request::get(path).host("joe.user.test")))
        .send(Request::get("/").host("ann.user.test"))
}

/// Two locations pass to one group, whose turn is one.
fn turns() -> Case {
    let http = "
upstream u {
    server 127.0.0.1:9101;
    server 127.0.0.1:9102;
}
server {
    listen 8000;
    location /a { proxy_pass http://u; }
    location /b { proxy_pass http://u; }
}";
    Case::new("more-turns", 2, http).counted().send_all(["/a", "/b"].map(Request::get))
}

/// A `return` comes before the rules of access.
fn rules_and_returns() -> Case {
    let http = "
server {
    listen 8000;
    deny 127.0.0.2;
    location /back { proxy_pass http://u; }
    location /only { allow 127.0.0.2; deny all; proxy_pass http://u; }
    location /said { return 200 said; }
    location /dir/ { proxy_pass http://u; }
}";
    let paths = ["/back", "/only", "/said", "/dir", "/dir/x", "/none"];
    let second = std::net::Ipv4Addr::new(127, 0, 0, 2);
    Case::new("more-rules", 1, &(GROUP.to_owned() + http))
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(path).from(second)))
}

/// Variables that are looked up.
fn maps() -> Case {
    let http = "
map $http_x_kind $kind {
    default plain-$request_method;
    One first;
    ~^n(\\d+)$ number-$1;
    ~*^deep second;
}
map $http_x_kind $bad { default 0; evil 1; }
map $host $site {
    hostnames;
    default other;
    www.a.test www;
    .a.test a;
    *.deep.a.test deep;
    b.* b;
}
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
    listen 8000;
    if ($bad) { return 403; }
    location / {
        proxy_pass http://u;
        proxy_set_header X-Kind $kind;
        proxy_set_header X-Site $site;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
    }
}";
    let kinds = ["one", "ONE", "n12", "n", "Deep x", "evil", "EVIL", ""];
    let hosts = ["www.a.test", "a.test", "A.test.", "x.a.test", "y.deep.a.test", "b.org", "c.test"];
    Case::new("more-maps", 1, &(GROUP.to_owned() + http))
        .send_all(kinds.map(|kind| Request::get("/").header("X-Kind", kind)))
        .send_all(hosts.map(|host| Request::get("/").host(host)))
}
