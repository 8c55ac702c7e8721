//! Configurations of load balancing made up at random, with values that are hard to write down in another format.

use proptest::prelude::*;
use proptest::sample::select;

/// Texts that are hard to write down in another format.
const VALUES: &[&str] = &[
    "plain",
    "\"two words\"",
    "'single \"double\"'",
    "\"a'b\"",
    "\"a\\\\b\"",
    "\"tab\there\"",
    "\"line\nbreak\"",
    "50%",
    "\"%[src] %{+Q}o\"",
    "\"{curly: [x, y]}\"",
    "\"# no comment\"",
    "$remote_addr",
    "\"$scheme://$host$request_uri\"",
    "é",
    "\": - |\"",
    "yes",
    "\"\"",
];

fn value() -> impl Strategy<Value = String> {
    select(VALUES).prop_map(str::to_owned)
}

fn one(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(lines).prop_map(str::to_owned)
}

fn some(line: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(line, 0..=most).prop_map(|lines| lines.concat())
}

/// What may stand more than once in `http`, `server` and `location`.
fn repeated() -> impl Strategy<Value = String> {
    prop_oneof![
        value().prop_map(|value| format!("add_header X-A {value};\n")),
        value().prop_map(|value| format!("add_header X-B {value} always;\n")),
        value().prop_map(|value| format!("proxy_set_header X-C {value};\n")),
        value().prop_map(|value| format!("proxy_set_header Host {value};\n")),
        one(&["allow 10.0.0.0/8;\n", "allow ::1;\n", "deny all;\n", "deny 192.168.1.1;\n", "proxy_hide_header X-D;\n"]),
        one(&["limit_req zone=z burst=5 nodelay;\n", "limit_req zone=y delay=2 burst=9;\n"]),
        one(&["error_page 404 /404.html;\n", "error_page 500 502 =503 @away;\n", "access_log off;\n"]),
    ]
}

/// What may stand once in `http`, `server` and `location`: each with a chance of its own.
fn once() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "proxy_http_version 1.1;\n",
        "proxy_connect_timeout 3s;\n",
        "proxy_read_timeout 1500ms;\n",
        "proxy_next_upstream error timeout http_503 non_idempotent;\n",
        "proxy_next_upstream_tries 2;\n",
        "proxy_buffering off;\n",
        "client_max_body_size 2k;\n",
        "keepalive_timeout 5s 4s;\n",
        "gzip on;\n",
        "auth_basic \"who's there\";\n",
        "proxy_ssl_verify off;\n",
        "satisfy any;\n",
        "root /srv/www;\n",
        "proxy_intercept_errors on;\n",
        "default_type \"text/x; a=b\";\n",
    ];
    prop::sample::subsequence(LINES, 0..4).prop_map(|lines| lines.concat())
}

fn group(n: usize) -> impl Strategy<Value = String> {
    let method = one(&[
        "",
        "",
        "least_conn;\n",
        "ip_hash;\n",
        "hash $request_uri;\n",
        "hash $arg_k$http_x consistent;\n",
        "random two;\n",
    ]);
    let server = one(&[
        "server 127.0.0.1:81;\n",
        "server 127.0.0.1:82 weight=3;\n",
        "server 127.0.0.1:83 max_fails=0;\n",
        "server 127.0.0.1:84 fail_timeout=3s max_fails=2 max_conns=7;\n",
        "server 127.0.0.1:85 down;\n",
        "server [::1]:86;\n",
        "server unix:/run/s;\n",
    ]);
    let servers = prop::collection::vec(server, 1..5).prop_map(|servers| servers.concat());
    let rest = one(&["", "keepalive 8;\n", "keepalive 0;\n", "zone shared 64k;\n"]);
    (method, servers, rest).prop_map(move |(method, servers, rest)| {
        let rest = rest.replace("shared", &format!("shared{n}"));
        format!("upstream u{n} {{\n{method}{servers}{rest}}}\n")
    })
}

fn location(n: usize) -> impl Strategy<Value = String> {
    let paths = select(&["= /p", "/p", "/p/", "^~ /p/q", "~ ^/p/(\\d+)", "~* \\.p$", "/p%q", "\"/p q\""][..]);
    let action = prop_oneof![
        one(&["proxy_pass http://u0;\n", "proxy_pass http://u1/x/;\n", "proxy_pass http://127.0.0.1:99;\n"]),
        one(&[
            "proxy_pass https://u1;\n",
            "proxy_pass http://$host;\n",
            "fastcgi_pass u0;\n",
            "",
            "try_files $uri =404;\n"
        ]),
        (select(&[200, 204, 301, 302, 403, 404, 444, 503][..]), value()).prop_map(|(status, value)| {
            if status == 444 { "return 444;\n".to_owned() } else { format!("return {status} {value};\n") }
        }),
    ];
    let program = one(&[
        "",
        "",
        "rewrite ^/p/(.*)$ /q/$1 break;\n",
        "rewrite ^/p$ /q? permanent;\n",
        "if ($request_method = POST) {\nreturn 405;\n}\n",
        "set $x 1;\n",
    ]);
    (paths, program, action, some(repeated(), 3), once()).prop_map(move |(path, program, action, repeated, once)| {
        // Paths differ from location to location.
        let path = path.replacen('p', &format!("p{n}"), 1);
        // A regular expression leaves no place for a URI.
        let action = if path.starts_with('~') { action.replace("/x/", "") } else { action };
        format!("location {path} {{\n{program}{action}{repeated}{once}}}\n")
    })
}

fn server(n: usize) -> impl Strategy<Value = String> {
    let listen = one(&[
        "listen 80;\n",
        "listen 8080 default_server;\n",
        "listen [::]:80 proxy_protocol;\n",
        "listen unix:/run/l;\n",
        "",
    ]);
    let name = one(&[
        "",
        "server_name a.test *.a.test;\n",
        "server_name ~^x\\d+\\.test$ .b.test;\n",
        "server_name www.* \"\";\n",
    ]);
    let locations = (location(0), location(1), location(2)).prop_map(|(a, b, c)| a + &b + &c);
    (listen, name, some(repeated(), 2), once(), locations).prop_map(move |(listen, name, repeated, once, locations)| {
        let listen = listen.replace("80", &format!("{}", 80 + n)).replace("/l", &format!("/l{n}"));
        format!("server {{\n{listen}{name}{repeated}{once}{locations}}}\n")
    })
}

/// A configuration of load balancing, which nginx may refuse for having two of a kind.
pub fn configuration() -> impl Strategy<Value = String> {
    let zones = "limit_req_zone $binary_remote_addr zone=z:1m rate=5r/s;\nlimit_req_zone $host zone=y:1m rate=30r/m;\n";
    (group(0), group(1), some(repeated(), 2), once(), server(0), server(1)).prop_map(
        move |(one, two, repeated, once, first, second)| {
            format!("user nobody;\nevents {{}}\nhttp {{\n{zones}{one}{two}{repeated}{once}{first}{second}}}\n")
        },
    )
}
