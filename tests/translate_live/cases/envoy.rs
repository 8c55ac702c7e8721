//! Cases that Envoy's capabilities need besides: each `exact` is looked at, each `approximate` shows its difference.

use std::net::Ipv4Addr;

use super::{all_to_group, gets, group, server};
use crate::case::{Case, Fault, Request};

pub fn cases() -> Vec<Case> {
    vec![
        conditions(),
        server_program(),
        maps(),
        quoting(),
        variables(),
        lookaround(),
        nested(),
        odd_locations(),
        names(),
        redirect_forms(),
        types(),
        counted("env-least_conn", "least_conn", &["weight=3", "weight=1"]),
        counted("env-least_time", "least_time header", &["weight=3", "weight=1"]),
        counted("env-random", "random", &["", "", ""]),
        counted("env-random-two", "random two", &["", "", ""]),
        hash_down("env-hash-down", "hash $request_uri"),
        hash_down("env-chash-down", "hash $request_uri consistent"),
        hash_down("env-hash-two", "hash $arg_a$http_x_b$remote_addr$cookie_c"),
        ip_hash_down(),
        hash_shared(),
        no_fails(),
        rate_by_header(),
        rate_shared(),
        gzip(),
        no_keepalive(),
        upgrade(),
        sticky(),
        access_wide(),
        access_return(),
        body_any(),
        refused_early(),
        redirect_default(),
        rate_of_two(),
        line_breaks(),
        own_headers(),
        tries_post(),
        rewritten(),
    ]
}

/// One server with these lines and a group `u` of one.
fn new(name: &str, lines: &str) -> Case {
    Case::new(name, 1, &(group("", &[""]) + &server(lines)))
}

fn conditions() -> Case {
    let lines = "
        location /method { if ($request_method = DELETE) { return 403; } proxy_pass http://u; }
        location /not { if ($request_method != GET) { return 405; } proxy_pass http://u; }
        location /arg { if ($arg_debug) { return 200 \"debug $arg_debug\"; } proxy_pass http://u; }
        location /agent { if ($http_user_agent ~* bot) { return 429; } proxy_pass http://u; }
        location /cookie { if ($http_cookie !~ \"s=\") { return 302 /login?from=$uri; } proxy_pass http://u; }
        location /host { if ($host = lb.test) { return 301 https://www.test$request_uri; } proxy_pass http://u; }
        location /break { rewrite ^/break/(\\d+)/(.*)$ /inner/$2/$1 break; proxy_pass http://u; }
        location /moved { rewrite ^/moved/([a-z]+)$ /here/$1 permanent; proxy_pass http://u; }
        location / { proxy_pass http://u; }";
    let paths = [
        "/method",
        "/not",
        "/arg",
        "/arg?debug=1",
        "/arg?debug=0",
        "/arg?debug=",
        "/agent",
        "/cookie",
        "/host?a=b",
        "/break/12/x",
        "/break/12/x?q=1",
        "/break/x",
        "/break/1/a%20b",
        "/moved/ab",
        "/moved/ab?q=1",
        "/moved/12",
    ];
    let methods = ["DELETE", "POST", "PUT"];
    new("env-conditions", lines)
        .send_all(paths.map(Request::get))
        .send_all(["/method", "/not"].iter().flat_map(|path| methods.map(|method| Request::new(method, path))))
        .send_all(["curl/8", "GoogleBot/2"].map(|agent| Request::get("/agent").header("User-Agent", agent)))
        .send_all(["s=1", "t=1"].map(|cookie| Request::get("/cookie").header("Cookie", cookie)))
        .send(Request::get("/host").host("other.test"))
}

fn server_program() -> Case {
    let lines = "
        if ($host = www.test) { return 301 https://lb.test$request_uri; }
        if ($http_x_block) { return 403; }
        rewrite ^/old/(.*)$ /new/$1 permanent;
        rewrite ^/gone$ https://else.test/ redirect;
        location / { proxy_pass http://u; }";
    let paths = ["/", "/old/a/b", "/old/a?x=1", "/gone", "/gone?x=1", "/older"];
    new("env-server-program", lines)
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(path).host("www.test")))
        .send(Request::get("/").header("X-Block", "1"))
        .send(Request::get("/").header("X-Block", "0"))
}

fn maps() -> Case {
    let map = "map $http_x_tier $tier {\n    default basic;\n    gold premium;\n    \"\" none;\n}\n";
    let lines = "
        location / { proxy_pass http://u; proxy_set_header X-Tier $tier; add_header X-T $tier; }
        location /return { return 200 \"$tier\"; }";
    let tiers = ["gold", "GOLD", "tin", ""];
    Case::new("env-maps", 1, &(map.to_owned() + &group("", &[""]) + &server(lines)))
        .send_all(tiers.map(|tier| Request::get("/").header("X-Tier", tier)))
        .send_all(tiers.map(|tier| Request::get("/return").header("X-Tier", tier)))
        .send(Request::get("/"))
}

/// What is special to YAML, to formats, to Lua.
fn quoting() -> Case {
    let lines = "
        location / {
            proxy_pass http://u;
            proxy_set_header X-Percent \"100% %REQ(host)% %%\";
            proxy_set_header X-Quotes \"a 'b' \\\"c\\\" # d: {e} [f]\";
            proxy_set_header X-Back \"a\\\\b\";
            proxy_set_header X-Mixed \"<$arg_a> 50% '$http_x_a'\";
            add_header X-Answer \"5% 'x' \\\"y\\\"\";
        }
        location /text { return 200 \"a\\n\\\"b\\\" 'c' 100% # $arg_a\\n\"; }
        location /plain { return 200 \"a\\n  \\\"b\\\" 'c' 100% #\\n\\n\"; }
        location /to { return 302 \"/a%20b?c='d'&e=$arg_a\"; }";
    let paths = ["/", "/text", "/plain", "/to"];
    let ask = |path: &str| Request::get(&format!("{path}?a=1%25'2")).header("X-A", "%{x}\"'");
    new("env-quoting", lines).send_all(paths.map(Request::get)).send_all(paths.map(ask))
}

fn variables() -> Case {
    let lines = "
        location / {
            proxy_pass http://u;
            proxy_set_header X-1 \"$host $http_host $server_name $server_port $scheme\";
            proxy_set_header X-2 \"$uri $args $request_uri $is_args\";
            proxy_set_header X-3 \"$arg_a $cookie_b $http_x_c\";
            proxy_set_header X-4 \"$remote_addr $request_method $server_protocol $content_type\";
            proxy_set_header X-5 $arg_none;
            proxy_set_header X-6 $http_x_6;
            proxy_set_header X-7 \"$proxy_host $proxy_port\";
        }";
    new("env-variables", lines)
        .send(Request::get("/x%20y?a=1&b=2&A=3").host("LB.Test:8000").header("Cookie", "a=1; b=2; c=3"))
        .send(Request::get("/").header("X-C", "1").header("X-C", "2").header("X-5", "5").header("X-6", "6"))
        .send(Request::post("/", "x=1").header("Content-Type", "text/plain"))
        .send(Request::get("/").host("lb.test."))
        .send(Request::get("/").old())
}

fn lookaround() -> Case {
    let lines = "
        location / { proxy_pass http://u; }
        location ~ ^/(?!open) { return 403; }
        location ~ (\\w)\\1 { return 410; }";
    new("env-lookaround", lines).send_all(["/", "/open", "/closed", "/aa"].map(Request::get))
}

fn nested() -> Case {
    let lines = "
        location /a/ {
            location ~ \\.txt$ { return 200 \"text\"; }
            location /a/b/ { location ~ \\.gif$ { return 410; } proxy_pass http://u; }
            proxy_pass http://u/a/;
        }
        location ^~ /a/c/ { proxy_pass http://u; }
        location ~ \\.(gif|jpe?g)$ { return 404; }
        location ~* ^/(?<name>up|down)/ { return 204; }
        location / { proxy_pass http://u; }";
    let paths = [
        "/a/x",
        "/a/x.txt",
        "/a/x.gif",
        "/a/b/x",
        "/a/b/x.gif",
        "/a/b/x.txt",
        "/a/c/x.gif",
        "/x.jpeg",
        "/UP/x",
        "/up",
        "/a",
        "/a/b",
    ];
    new("env-nested", lines).send_all(paths.map(Request::get))
}

/// Paths that clients may escape or not.
fn odd_locations() -> Case {
    let lines = "
        location \"/a b/\" { proxy_pass http://u/in/; }
        location \"= /ä\" { return 410; }
        location \"/q?/\" { return 403; }
        location /plus+/ { proxy_pass http://u; }
        location ~ ^/r\\s { return 404; }
        location / { proxy_pass http://u; }";
    let lines = lines.replace("\"= /ä\"", "= \"/ä\"");
    let paths = [
        "/a%20b/c",
        "/a%20b/c%20d",
        "/%C3%A4",
        "/q%3F/x",
        "/q?/x",
        "/plus+/x",
        "/plus%2B/x",
        "/r%20",
        "/r%0A",
        "/%FF.x",
    ];
    new("env-odd-locations", &lines).send_all(paths.map(Request::get))
}

fn names() -> Case {
    let server = |names: &str, text: &str| {
        format!("server {{\n    listen 8000;\n    server_name {names};\n    location / {{ return 200 {text}; }}\n}}\n")
    };
    let http = server("first.test", "first")
        + &server(".wide.test", "wide")
        + &server("wide.test www.deep.wide.test", "exact")
        + &server("*.deep.wide.test", "deep")
        + &server("any.*", "any")
        + &server("~^v(?<n>\\d+)\\.test$ ~^any\\.", "regex")
        + &server("\"\"", "none");
    let hosts = [
        "first.test",
        "wide.test",
        "WIDE.test:8000",
        "a.wide.test",
        "a.b.wide.test",
        "www.deep.wide.test",
        "x.deep.wide.test",
        "any.org",
        "any.wide.test",
        "v1.test",
        "V22.TEST.",
        "vx.test",
        "nowhere",
        "127.0.0.1",
        "[::1]:8000",
    ];
    let unnamed = Request { headers: Vec::new(), ..Request::get("/").old() };
    Case::new("env-names", 0, &http).send_all(hosts.map(|host| Request::get("/").host(host))).send(unnamed)
}

fn redirect_forms() -> Case {
    let lines = "
        location /rel { absolute_redirect off; return 301 /to; }
        location /noport { port_in_redirect off; return 301 /to; }
        location /name { server_name_in_redirect on; return 301 /to; }
        location /var { return 301 $uri/; }
        location /scheme { return 302 $scheme://$http_host/x; }
        location /slash/ { proxy_pass http://u; }
        location /off/ { absolute_redirect off; proxy_pass http://u; }
        location ~ ^/static/(.+)\\.(css|js)$ { return 302 /assets/$2/$1; }";
    let paths = [
        "/rel",
        "/noport",
        "/name",
        "/var?x=1",
        "/scheme",
        "/slash",
        "/slash?x=1",
        "/off?y",
        "/slash%20",
        "/static/a/b.js?v=1",
    ];
    new("env-redirects", lines)
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(path).host("LB.test:99")))
}

fn types() -> Case {
    let lines = "
        default_type application/x-own;
        types { text/css css; application/json json; }
        location / { return 200 \"text\"; }
        location /none { types { } default_type text/none; return 200 \"text\"; }
        location = /exact.css { return 200 \"text\"; }
        location /empty { return 200; }
        location /created { return 201 \"made\"; }";
    let paths = [
        "/",
        "/a.css",
        "/a.JSON",
        "/a.html",
        "/a.b/c",
        "/none",
        "/none.css",
        "/exact.css",
        "/empty",
        "/created",
        "/a.css?x.json",
    ];
    new("env-types", lines).send_all(paths.map(Request::get))
}

fn counted(name: &str, method: &str, servers: &[&str]) -> Case {
    let http = group(method, servers) + &all_to_group("");
    Case::new(name, servers.len(), &http).counted().send_all(gets(24))
}

fn hash_down(name: &str, method: &str) -> Case {
    let http = group(method, &["weight=2", "down", "weight=3", ""]) + &all_to_group("");
    let ask = |n: u32| {
        let request = Request::get(&format!("/{}?a={}", n * 7919, n % 13)).header("X-B", &(n * 31).to_string());
        request.header("Cookie", &format!("x=1; c={n}")).from(Ipv4Addr::new(127, 2, 3, 1 + (n % 200) as u8))
    };
    Case::new(name, 4, &http).send_all((0..300).map(ask))
}

fn ip_hash_down() -> Case {
    let http = group("ip_hash", &["weight=2", "down", "weight=3", ""]) + &all_to_group("");
    let source = |n: u32| Request::get("/").from(Ipv4Addr::new(127, (n * 7 % 250) as u8, (n * 13 % 251) as u8, 9));
    Case::new("env-ip_hash-down", 4, &http).send_all((0..300).map(source))
}

/// Two locations, one with a key of its own.
fn hash_shared() -> Case {
    let lines = "
        location /a { proxy_pass http://u; }
        location /b { proxy_pass http://u; proxy_connect_timeout 3s; }";
    let http = group("hash $uri$is_args$args", &["", "weight=2", ""]) + &server(lines);
    let ask = |n: u32| [Request::get(&format!("/a{n}?x=%20{n}")), Request::post(&format!("/b//{n}"), "x=1")];
    Case::new("env-hash-shared", 3, &http).send_all((0..40).flat_map(ask))
}

fn no_fails() -> Case {
    let http = group("", &["max_fails=0", "max_fails=0"]) + &all_to_group("proxy_next_upstream off;");
    Case::new("env-no-fails", 2, &http).counted().fault("a", Fault::Refuse).send_all(gets(12))
}

fn rate_by_header() -> Case {
    let zone = "limit_req_zone $http_x_key zone=z:1m rate=1r/m;\n".to_owned();
    let http = zone + &group("", &[""]) + &all_to_group("limit_req zone=z burst=2 nodelay;\nlimit_req_status 429;");
    let ask = |n: u32| Request::get("/").header("X-Key", ["a", "b", "a"][n as usize % 3]);
    Case::new("env-rate-header", 1, &http).send_all((0..12).map(ask)).send_all(gets(6))
}

/// One zone for two locations, and for requests that may not be repeated.
fn rate_shared() -> Case {
    let zone = "limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m;\n".to_owned();
    let lines = "
        location /a { limit_req zone=z burst=4 nodelay; proxy_pass http://u; }
        location /b { limit_req zone=z burst=4 nodelay; proxy_pass http://u; }
        location /free { proxy_pass http://u; }";
    let http = zone + &group("", &["", ""]) + &server(lines);
    let ask = |n: u32| match n % 4 {
        0 => Request::get("/a"),
        1 => Request::post("/b", "x=1"),
        2 => Request::get("/free"),
        _ => Request::post("/a", "x=1"),
    };
    Case::new("env-rate-shared", 2, &http).counted().send_all((0..16).map(ask))
}

fn gzip() -> Case {
    let lines = "
        gzip on;
        gzip_types text/plain;
        gzip_min_length 100;
        location / { proxy_pass http://u; }";
    let ask = |size: u32| Request::get(&format!("/?be-size={size}"));
    new("env-gzip", lines)
        .send_all([10, 5000].map(ask))
        .send_all([10, 5000].map(|size| ask(size).header("Accept-Encoding", "gzip")))
}

fn no_keepalive() -> Case {
    let group = "upstream u {\n    server 127.0.0.1:9101;\n    keepalive 0;\n}\n".to_owned();
    Case::new("env-no-keepalive", 1, &(group + &all_to_group(""))).send_all(gets(3))
}

/// No protocol is switched to, but the request is passed on with what it asks for.
fn upgrade() -> Case {
    let map = "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    \"\" close;\n}\n";
    let lines = "
        location / { proxy_pass http://u; }
        location /ws { proxy_pass http://u; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }";
    let ask = |path: &str| Request::get(path).header("Connection", "Upgrade").header("Upgrade", "websocket");
    Case::new("env-upgrade", 1, &(map.to_owned() + &group("", &[""]) + &server(lines)))
        .send_all(["/", "/ws"].map(Request::get))
        .send(ask("/ws"))
}

fn sticky() -> Case {
    let group =
        "upstream u {\n    server 127.0.0.1:9101;\n    server 127.0.0.1:9102;\n    sticky cookie s path=/;\n}\n";
    Case::new("env-sticky", 2, &(group.to_owned() + &all_to_group(""))).send_all(gets(4))
}

fn access_wide() -> Case {
    let lines = "
        deny 127.5.0.0/16;
        location / { proxy_pass http://u; }
        location /open { allow all; proxy_pass http://u; }
        location /some { allow 127.5.5.0/24; allow ::1; deny all; proxy_pass http://u; }";
    let sources = [[5, 1, 1], [5, 5, 1], [6, 1, 1]].map(|[b, c, d]| Ipv4Addr::new(127, b, c, d));
    let ask = |path: &'static str| sources.map(|source| Request::get(path).from(source));
    new("env-access", lines).send_all(["/", "/open", "/some"].iter().flat_map(|path| ask(path)))
}

/// nginx answers by `return` before it looks at addresses.
fn access_return() -> Case {
    let lines = "
        deny all;
        location /said { return 200 \"said\"; }
        location /moved/ { proxy_pass http://u; }
        location / { proxy_pass http://u; }";
    new("env-access-return", lines).send_all(["/said", "/moved", "/moved/", "/"].map(Request::get))
}

fn body_any() -> Case {
    let lines = "
        client_max_body_size 100;
        location /any { client_max_body_size 0; proxy_pass http://u; }
        location /stream { client_max_body_size 0; proxy_request_buffering off; proxy_pass http://u; }
        location /said { return 200 \"said\"; }
        location / { proxy_pass http://u; }";
    let ask = |path: &str| Request::post(path, &"x".repeat(3000));
    let chunked = |path: &str| Request { chunked: true, ..ask(path) };
    new("env-body", lines)
        .send_all(["/any", "/stream", "/"].map(ask))
        .send_all(["/any", "/stream", "/", "/said"].map(chunked))
        .send(ask("/said"))
}

/// What nginx refuses before it looks for a location has the server's headers, not those of a location.
fn refused_early() -> Case {
    let lines = "
        add_header X-Server s always;
        location / { add_header X-Location l always; proxy_pass http://u; }
        location /said { add_header X-Location l always; return 200 \"said\"; }";
    new("env-refused", lines).send_all(["/said%00", "/%zz", "/../x", "/", "/said"].map(Request::get))
}

/// A `Location` of a backend that is passed to without a URI.
fn redirect_default() -> Case {
    let lines = "
        location / { proxy_pass http://u; }
        location ~ \\.php$ { proxy_pass http://u; }
        location /in/ { proxy_pass http://u/out/; }";
    let paths = ["/a", "/x.php", "/in/a"].map(|path| ["http://u/b", "http://u/out/b", "/b"].map(|to| (path, to)));
    let ask = |(path, to)| Request::get(&format!("{path}?be-status=302&be-location={to}"));
    new("env-redirect-default", lines).send_all(paths.into_iter().flatten().map(ask))
}

/// Two ways of limiting count in one zone.
fn rate_of_two() -> Case {
    let lines = "
        location / { limit_req zone=z; proxy_pass http://u; }
        location /more { limit_req zone=z burst=3 nodelay; proxy_pass http://u; }";
    let http =
        "limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m;\n".to_owned() + &group("", &[""]) + &server(lines);
    Case::new("env-rate-two", 1, &http).send_all(["/more", "/", "/more"].map(Request::get))
}

/// Texts that Envoy has no headers for.
fn line_breaks() -> Case {
    let lines = "
        location / { proxy_set_header X-Own \"a\nX-More: b\"; proxy_pass http://u; }
        location /odd { return 100 \"x\"; }";
    new("env-lines", lines).send_all(["/", "/x"].map(Request::get))
}

/// Headers of answers that no backend gave.
fn own_headers() -> Case {
    let lines = "
        add_header X-Good good;
        add_header X-Always always always;
        location /moved { return 301 /to; }
        location /no { return 403; }
        location /text { return 200 \"text\"; }
        location / { proxy_pass http://u; }";
    new("env-own-headers", lines)
        .send_all(["/moved", "/no", "/text", "/"].map(Request::get))
        .fault("a", Fault::Refuse)
        .send(Request::get("/"))
}

fn tries_post() -> Case {
    let lines = "proxy_next_upstream error timeout http_503 non_idempotent;\nproxy_next_upstream_tries 2;";
    let http = group("", &["max_fails=0", "max_fails=0", "max_fails=0"]) + &all_to_group(lines);
    let mut case = Case::new("env-tries-post", 3, &http).counted();
    for peer in ["a", "b", "c"] {
        case = case.fault(peer, Fault::Status(503));
    }
    case.send_all((0..3).map(|n| Request::post(&format!("/{n}"), "x=1")))
}

/// Paths that become others, and the locations that those belong to.
fn rewritten() -> Case {
    let lines = "
        rewrite ^/api/v1/(.*)$ /v2/$1 last;
        rewrite ^/img/(\\d+)\\.png$ /pictures/p$1 break;
        location /v2/ { proxy_pass http://u; }
        location /pictures/ { proxy_pass http://u/store/; }
        location /in/ { rewrite ^/in/(\\w+)/(\\w+)$ /v2/$2/$1 last; proxy_pass http://u; }
        location /keep/ { rewrite ^/keep/(.*)$ /kept/$1 break; proxy_pass http://u/put/; }
        location /fixed/ { rewrite ^/fixed/a$ /said last; rewrite ^/fixed/b /v2/b; proxy_pass http://u; }
        location = /said { proxy_pass http://u/one; }
        location / { proxy_pass http://u; }";
    let paths = [
        "/api/v1/a",
        "/api/v1/",
        "/api/v1/a%20b",
        "/api/v1//a/../b",
        "/img/12.png",
        "/img/x.png",
        "/in/a/b",
        "/in/a",
        "/keep/a",
        "/keep/a%2Fb",
        "/fixed/a",
        "/fixed/b",
        "/fixed/c",
        "/v2/x",
    ];
    new("env-rewritten", lines)
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(&format!("{path}?q=1"))))
        .send_all(["/api/v1/a", "/in/a/b"].map(|path| Request::post(path, "x=1")))
}
