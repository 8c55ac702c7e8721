//! Cases that HAProxy's capabilities need besides: each `exact` is looked at, each `approximate` shows its difference.

use std::net::Ipv4Addr;

use crate::case::{Case, Fault, Request};
use crate::cases::{all_to_group, gets, group, server};
use crate::judge::{Target, require};

/// Nothing goes out and nothing is tried again, so that no difference of peers has an excuse.
const STRICT: &str = "proxy_next_upstream off;";

#[test]
fn own_cases() {
    require(Target { to: "haproxy", program: "haproxy" }, &cases());
    let _ = std::fs::remove_file(socket());
    let _ = std::fs::remove_dir_all(certificates());
}

fn cases() -> Vec<Case> {
    vec![
        programs(),
        server_programs(),
        maps(),
        quoting(),
        sockets(),
        tls("hap-tls", "proxy_ssl_verify on; proxy_ssl_server_name on; proxy_ssl_name www.example.com;"),
        tls("hap-tls-unverified", ""),
        tls("hap-tls-other-name", "proxy_ssl_verify on; proxy_ssl_name other.test;"),
        internal(),
        repeated_headers(),
        chunks(),
        weights("hap-equal", "", &["max_fails=0", "max_fails=0", "max_fails=0"]),
        weights("hap-weights", "", &["weight=3", "weight=1"]),
        weights("hap-weights-large", "", &["weight=1000", "weight=300"]),
        weights("hap-least_conn", "least_conn", &["weight=3", "weight=1"]),
        weights("hap-least_time", "least_time header", &["weight=3", "weight=1"]),
        weights("hap-random", "random", &["", "", ""]),
        hashed("hap-hash", "hash $request_uri", &["max_fails=0", "max_fails=0 weight=3", "max_fails=0 weight=2"]),
        hashed("hap-chash", "hash $uri consistent", &["max_fails=0", "max_fails=0 weight=3", "max_fails=0 weight=2"]),
        hashed("hap-hash-down", "hash $request_uri", DOWN),
        hashed("hap-chash-down", "hash $request_uri consistent", DOWN),
        by_source("hap-hash-address", "hash $remote_addr", &["max_fails=0", "max_fails=0 weight=3"]),
        by_source("hap-hash-bytes", "hash $binary_remote_addr consistent", &["max_fails=0", "max_fails=0 weight=3"]),
        by_source("hap-hash-port", "hash $server_port$remote_addr", &["max_fails=0", "max_fails=0 weight=3"]),
        by_source("hap-hash-method", "hash $request_method", &["max_fails=0", "max_fails=0 weight=3"]),
        ip_hash("hap-ip_hash", &["max_fails=0", "max_fails=0 weight=4", "max_fails=0 weight=2"]),
        ip_hash("hap-ip_hash-down", &["max_fails=0", "weight=4 down", "max_fails=0 weight=2"]),
        hash_of_several(),
        no_fails(),
        large_again(),
        shared_turns(),
        timeouts(),
        rate(),
        types(),
        gzip(),
        old_http(),
        no_keepalive(),
        upgrade(),
        sticky(),
        wide_access(),
        captures(),
        redirects(),
    ]
}

/// One server with these lines and a group `u` of one.
fn new(name: &str, lines: &str) -> Case {
    Case::new(name, 2, &(group("", &[""]) + &server(lines)))
}

fn programs() -> Case {
    let lines = "
        location /method { if ($request_method = DELETE) { return 403; } proxy_pass http://u; }
        location /not { if ($request_method != GET) { return 405; } proxy_pass http://u; }
        location /arg { if ($arg_debug) { return 200 \"debug $arg_debug\"; } proxy_pass http://u; }
        location /agent { if ($http_user_agent ~* bot) { return 429; } proxy_pass http://u; }
        location /cookie { if ($http_cookie !~ \"s=\") { return 302 /login?from=$uri; } proxy_pass http://u; }
        location /set { set $who guest; if ($arg_n = 1) { set $who one; } proxy_pass http://u; proxy_set_header X-Who $who; }
        location /first { rewrite ^/first/(\\d+)$ /num/$1 last; rewrite ^/first/(\\w+)$ /word/$1 last; return 400; }
        location /num/ { proxy_pass http://u; }
        location /word/ { return 200 \"$uri\"; }
        location /cut/ { rewrite ^/cut/(.*)$ /$1? break; proxy_pass http://u; }
        location /if/ { if ($arg_to ~ ^(\\w+)$) { rewrite ^ /to/$1? break; } proxy_pass http://u; }
        location /gone/ { rewrite ^/gone/(a+)$ /here/$1 redirect; proxy_pass http://u; }
        location /break/ { set $x 1; break; set $x 2; proxy_pass http://u; proxy_set_header X-X $x; }";
    let paths = [
        "/method",
        "/not",
        "/arg",
        "/arg?debug=1",
        "/arg?debug=0",
        "/arg?debug=",
        "/agent",
        "/cookie",
        "/set",
        "/set?n=1",
        "/set?n=2",
        "/first/12",
        "/first/ab",
        "/first/-",
        "/first/12?q=1",
        "/cut/a/b?q=1",
        "/cut/a",
        "/if/x",
        "/if/x?to=ab",
        "/if/x?to=",
        "/gone/aa?q=1",
        "/gone/b",
        "/gone/aa",
        "/break/x",
        "/first/1%32",
    ];
    let methods = ["DELETE", "POST", "PUT"];
    new("hap-programs", lines)
        .send_all(paths.map(Request::get))
        .send_all(["/method", "/not"].iter().flat_map(|path| methods.map(|method| Request::new(method, path))))
        .send_all(["curl/8", "GoogleBot/2"].map(|agent| Request::get("/agent").header("User-Agent", agent)))
        .send_all(["s=1", "t=1"].map(|cookie| Request::get("/cookie").header("Cookie", cookie)))
}

fn server_programs() -> Case {
    let lines = "
        server_name www.test;
        if ($host = www.test) { return 301 https://lb.test$request_uri; }
        if ($http_x_block) { return 444; }
        rewrite ^/a/(.*)$ /b/$1;
        rewrite ^/b/x/(.*)$ /c/$1 break;
        rewrite ^/(\\w+)\\.html$ /page?name=$1 last;
        location /b/ { proxy_pass http://u; }
        location /c/ { proxy_pass http://u/in/; }
        location / { proxy_pass http://u; }";
    let paths = ["/", "/a/1", "/a/x/2", "/b/x/3", "/c/4", "/about.html", "/about.html?y=2", "/a/b%20c", "/a/%C3%A4"];
    new("hap-server-programs", lines)
        .send_all(paths.map(Request::get))
        .send_all(paths.map(|path| Request::get(path).host("www.test")))
        .send(Request::get("/").header("X-Block", "1"))
}

fn maps() -> Case {
    let map = "
map $http_x_tier $tier {
    default basic;
    gold premium;
    ~^silver-(\\d+)$ \"s$1\";
    \"\" none;
}
map $host $zone {
    hostnames;
    default other;
    lb.test main;
    *.lb.test sub;
    .wide.test wide;
}
";
    let lines = "
        location / { proxy_pass http://u; proxy_set_header X-Tier $tier; proxy_set_header X-Zone $zone; add_header X-T $tier; }
        location /return { return 200 \"$tier in $zone\"; }";
    let tiers = ["gold", "GOLD", "silver-12", "silver-", "tin", ""];
    let hosts = ["lb.test", "a.lb.test", "wide.test", "b.wide.test", "x.test"];
    let http = map.to_owned() + &group("", &[""]) + &server(lines);
    Case::new("hap-maps", 1, &http)
        .send_all(tiers.map(|tier| Request::get("/").header("X-Tier", tier)))
        .send_all(tiers.map(|tier| Request::get("/return").header("X-Tier", tier)))
        .send_all(hosts.map(|host| Request::get("/return").host(host)))
        .send(Request::get("/"))
}

/// Texts that mean something to HAProxy.
fn quoting() -> Case {
    let lines = "
        location /a { return 200 \"say \\\"x\\\" 100% #1 'y' \\\\ {z} $host\"; }
        location /b { return 200 \"a\nb\tc % %[src] ${host}!\"; }
        location /c { proxy_pass http://u; proxy_set_header X-Q \"a 'b' \\\"c\\\" %[src] 5% # \\\\ x\"; add_header X-A \"1 % \\\"2\\\" $scheme\"; }
        location \"/d e/\" { return 200 \"blank\"; }
        location ~ \"^/(f|g) {1,2}(h)'$\" { return 200 \"regex\"; }
        location /i { return 302 \"/j k?%20=%\"; }";
    let paths = ["/a", "/b", "/c", "/d%20e/x", "/f%20h'", "/g%20%20h%27", "/f%20%20%20h'", "/i"];
    new("hap-quoting", lines).send_all(paths.map(Request::get))
}

/// The socket of a run. A program that is killed leaves it behind, and nginx does not take one that is there.
fn socket() -> String {
    let name = format!("nginxlb-haproxy-{}.sock", std::process::id());
    std::env::temp_dir().join(name).display().to_string()
}

/// From one socket of the machine to the next.
fn sockets() -> Case {
    let inner = format!("    listen unix:{};\n", socket());
    let pass = format!("        proxy_pass http://unix:{};\n", socket());
    let server = |listen: &str, pass: &str, host: &str| {
        format!("server {{\n{listen}    location / {{\n{pass}        proxy_set_header Host {host};\n    }}\n}}\n")
    };
    let http = group("", &["", ""])
        + &server(&inner, "        proxy_pass http://u;\n", "$http_host")
        + &server("    listen 8000;\n", &pass, "$host");
    Case::new("hap-sockets", 2, &http).send_all(gets(4))
}

/// A folder of the run with a certificate, and its key where HAProxy looks for it.
fn certificates() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("nginxlb-haproxy-{}", std::process::id()))
}

/// From one server to the next by TLS.
fn tls(name: &str, lines: &str) -> Case {
    let folder = certificates();
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tls");
    std::fs::create_dir_all(&folder).unwrap();
    for (from, to) in [("san.crt", "own.pem"), ("san.key", "own.pem.key")] {
        std::fs::copy(own.join(from), folder.join(to)).unwrap();
    }
    let file = folder.join("own.pem").display().to_string();
    let http = group("", &["", ""])
        + &format!(
            "server {{\n    listen 127.0.0.1:8443 ssl;\n    ssl_certificate {file};\n    ssl_certificate_key {file}.key;\n    \
             ssl_protocols TLSv1.2 TLSv1.3;\n    location / {{\n        proxy_pass http://u;\n        \
             proxy_set_header X-Scheme $scheme;\n    }}\n    location /dir/ {{\n        proxy_pass http://u;\n    }}\n}}\n\
             server {{\n    listen 8000;\n    location / {{\n        proxy_pass https://127.0.0.1:8443;\n        \
             proxy_ssl_trusted_certificate {file};\n        proxy_redirect off;\n        {lines}\n    }}\n}}\n"
        );
    Case::new(name, 2, &http).send_all(gets(4)).send(Request::get("/dir"))
}

/// Who asks for it from outside gets nothing.
fn internal() -> Case {
    let lines = "
        location /in/ { internal; proxy_pass http://u; }
        location /to/ { rewrite ^/to/(.*)$ /in/$1 last; }
        location /own/ { internal; rewrite ^/own/(.*)$ /$1 break; proxy_pass http://u; add_header X-A a always; }
        location / { proxy_pass http://u; }";
    let paths = ["/in/", "/in/x", "/to/x", "/x", "/in", "/own/x"];
    // Nothing that is said of other directives lets anybody in.
    new("hap-internal", lines).send_all(paths.map(|path| Request::get(path).about("internal")))
}

/// nginx joins what comes in several lines.
fn repeated_headers() -> Case {
    let lines = "
        location / {
            proxy_pass http://u;
            proxy_set_header X-Copy $http_x_two;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
        location /cookie { return 200 \"$http_cookie|$http_x_two|$cookie_b\"; }";
    let all = ["/", "/cookie"].map(|path| {
        let request = Request::get(path).header("X-Two", "1, 2").header("X-Two", "3").header("X-Two", "4");
        let request = request.header("X-Forwarded-For", "10.0.0.1").header("X-Forwarded-For", "10.0.0.2, 10.0.0.3");
        request.header("Cookie", "a=1").header("Cookie", "b=2; c=3")
    });
    new("hap-repeated-headers", lines).send_all(all)
}

/// A small limit holds for bodies whose size nobody tells.
fn chunks() -> Case {
    let lines = "
        location / { client_max_body_size 1k; proxy_pass http://u; }
        location /large { client_max_body_size 8k; proxy_pass http://u; }";
    let chunked = |path: &str, size: usize| Request { chunked: true, ..Request::post(path, &"x".repeat(size)) };
    new("hap-chunks", lines)
        .send_all([0, 1000, 1024, 1025, 5000, 100_000].map(|size| chunked("/", size)))
        .send_all([8192, 8193].map(|size| chunked("/large", size)))
}

/// Request by request, so that another order shows.
fn weights(name: &str, method: &str, servers: &[&str]) -> Case {
    Case::new(name, servers.len(), &(group(method, servers) + &all_to_group(STRICT))).send_all(gets(24))
}

/// Keys whose server is `down` are drawn again.
const DOWN: &[&str] = &["weight=2 max_fails=0", "down", "weight=3 down", "max_fails=0", "max_fails=0 weight=2"];

fn hashed(name: &str, method: &str, servers: &[&str]) -> Case {
    let http = group(method, servers) + &all_to_group(STRICT);
    Case::new(name, servers.len(), &http).send_all(gets(300))
}

fn ip_hash(name: &str, servers: &[&str]) -> Case {
    by_source(name, "ip_hash", servers)
}

fn by_source(name: &str, method: &str, servers: &[&str]) -> Case {
    let http = group(method, servers) + &all_to_group(STRICT);
    let source = |n: u32| Request::get("/").from(Ipv4Addr::new(127, (n * 7 % 250) as u8, (n * 13 % 251) as u8, 1));
    Case::new(name, servers.len(), &http).send_all((0..300).map(source))
}

/// A key of several variables.
fn hash_of_several() -> Case {
    let http =
        group("hash \"$host:$arg_k-$http_x_key\"", &["max_fails=0", "max_fails=0 weight=3"]) + &all_to_group(STRICT);
    let request = |n: u32| Request::get(&format!("/x?k={n}")).header("X-Key", &(n % 7).to_string());
    Case::new("hap-hash-several", 2, &http).send_all((0..100).map(request)).send(Request::get("/"))
}

/// Who counts no failures is asked again each time.
fn no_fails() -> Case {
    let http = group("", &["max_fails=0", "max_fails=0"]) + &all_to_group("");
    Case::new("hap-max_fails-0", 2, &http).counted().fault("a", Fault::Refuse).send_all(gets(6))
}

/// What does not fit into a buffer is not sent twice.
fn large_again() -> Case {
    let http = group("", &["", ""]) + &all_to_group("proxy_next_upstream error timeout non_idempotent;");
    let large = Request::post("/", &"x".repeat(60_000));
    Case::new("hap-large-again", 2, &http).fault("a", Fault::Drop).send_all([large, Request::post("/", "x")])
}

/// Two locations and one group take turns together.
fn shared_turns() -> Case {
    let lines = "
        proxy_next_upstream off;
        location /a { proxy_pass http://u; proxy_set_header X-From a; }
        location /b { proxy_pass http://u; proxy_set_header X-From b; }";
    let http = group("", &["max_fails=0", "max_fails=0", "max_fails=0"]) + &server(lines);
    let places = ["/a", "/a", "/b", "/a", "/b", "/b", "/a", "/b", "/a"];
    Case::new("hap-shared-turns", 3, &http).send_all(places.map(Request::get))
}

/// Each location has its own patience.
fn timeouts() -> Case {
    let lines = "
        location /short { proxy_pass http://u; proxy_read_timeout 1s; }
        location /long { proxy_pass http://u; proxy_read_timeout 5s; }";
    new("hap-timeouts", lines).send_all(["/short?be-slow=2500", "/long?be-slow=2000", "/short"].map(Request::get))
}

/// nginx lets one through as soon as one has leaked; a window is slower to forget.
fn rate() -> Case {
    let http = "limit_req_zone $binary_remote_addr zone=z:1m rate=2r/s;\n".to_owned()
        + &group("", &[""])
        + &server(
            "location / { limit_req zone=z burst=3 nodelay; proxy_pass http://u; }\nlocation /wait { proxy_pass http://u; }",
        );
    Case::new("hap-limit_req-later", 1, &http)
        .send_all(gets(8))
        .send(Request::get("/wait?be-slow=1200"))
        .send_all(gets(4))
}

fn types() -> Case {
    let lines = "
        types { text/css css; application/json json; }
        default_type text/x-own;
        location = /a.css { return 200 \"css\"; }
        location = /b { return 200 \"own\"; }
        location / { return 200 \"any\"; }";
    new("hap-types", lines).send_all(["/a.css", "/b", "/c", "/d.css", "/d.JSON"].map(Request::get))
}

fn gzip() -> Case {
    let lines = "
        gzip on;
        gzip_types text/plain;
        location / { proxy_pass http://u; }";
    let ask = |path: &str| Request::get(path).header("Accept-Encoding", "gzip");
    new("hap-gzip", lines)
        .send_all(["/", "/?be-size=10", "/?be-size=5000"].map(ask))
        .send(Request::get("/?be-size=500"))
}

fn old_http() -> Case {
    new("hap-http-1.0", "location / { proxy_pass http://u; proxy_http_version 1.0; }").send_all(gets(2))
}

fn no_keepalive() -> Case {
    let lines = "location / { proxy_pass http://u; proxy_set_header Connection close; }";
    new("hap-no-keepalive", lines).send_all(gets(3))
}

fn upgrade() -> Case {
    let lines = "location / { proxy_pass http://u; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }";
    new("hap-upgrade", lines).send_all(gets(1))
}

fn sticky() -> Case {
    let http = group("sticky cookie srv expires=1h httponly", &["", ""]) + &all_to_group("");
    // The sum of 127.0.0.1:9102.
    let bound = Request::get("/").header("Cookie", "a=1; srv=49d93890628afec4f1964241841ebd2a");
    Case::new("hap-sticky", 2, &http).counted().send_all(gets(4)).send(bound)
}

fn wide_access() -> Case {
    let lines = "
        location /only { allow 127.1.0.0/16; deny all; proxy_pass http://u; }
        location /but { deny 127.1.2.3; deny 127.9.0.0/16; allow all; proxy_pass http://u; }
        location /return { deny all; return 200 \"first\"; }
        location /v6 { allow ::1; deny 127.1.2.0/24; proxy_pass http://u; }";
    let sources = [[1, 2, 3], [1, 2, 4], [9, 0, 1], [2, 0, 1], [0, 0, 1]];
    let all = ["/only", "/but", "/return", "/v6"]
        .into_iter()
        .flat_map(|path| sources.map(|[b, c, d]| Request::get(path).from(Ipv4Addr::new(127, b, c, d))));
    new("hap-access", lines).send_all(all)
}

fn captures() -> Case {
    let lines = "
        location ~ ^/user/(\\d+)/(.*)$ { return 301 /u/$2?id=$1; }
        location ~ ^/x/(?:a|b)(c+)$ { proxy_pass http://u; proxy_set_header X-C $1; }
        location ~* \\.(PNG|gif)$ { return 200 \"$1\"; }
        location / { return 404; }";
    new("hap-captures", lines).send_all(
        ["/user/12/a/b", "/user/12/", "/x/acc", "/x/bc", "/y.Png", "/z.gif?a=1", "/user/x/"].map(Request::get),
    )
}

fn redirects() -> Case {
    let lines = "
        location /rel { absolute_redirect off; return 301 /to; }
        location /path { return 302 $request_uri/x; }
        location /scheme { return 301 $scheme://other.test$uri; }
        location /code { return 303; }
        location /slash/ { proxy_pass http://u; }
        location /re/ { proxy_pass http://u; proxy_redirect ~^http://in\\.test/(\\w+)/(.*)$ /$2/$1; proxy_redirect default; }";
    let hosts = ["lb.test", "LB.test:8000", "lb.test:99"];
    let places = ["/rel", "/path?a=b", "/scheme/%20x", "/code", "/slash", "/slash?a=b"];
    let values = ["http://in.test/a/b", "http://u/x", "http://in.test/a", "/y"];
    new("hap-redirects", lines)
        .send_all(hosts.iter().flat_map(|host| places.map(|place| Request::get(place).host(host))))
        .send_all(values.map(|value| Request::get(&format!("/re/?be-status=302&be-location={value}"))))
}
