//! Whole configurations at random, and requests at random to them: what nobody thought of when the other cases were
//! written. All of a case follows from its seed.
//!
//! Faults of backends, groups whose turn is anyone's and rewrites are in some cases only: each makes it harder to say
//! which requests a word of a report may excuse.

use std::net::Ipv4Addr;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};

use crate::case::{Case, Choice, Fault, Request};

const PEERS: usize = 6;
const GROUPS: usize = 3;
const REQUESTS: usize = 40;

/// Names of the first server and of the second.
const NAMES: [&[&str]; 2] = [
    &["lb.test", "lb.test *.lb.test", "~^lb\\d*\\.test$"],
    &["other.test", ".wide.test", "other.* www.lb.test", "\"\""],
];

const HOSTS: &[&str] = &[
    "lb.test",
    "lb.test",
    "LB.test:8000",
    "lb.test.",
    "lb7.test",
    "x.lb.test",
    "www.lb.test",
    "other.test",
    "other.test",
    "OTHER.test:99",
    "other.example.org",
    "wide.test",
    "a.b.wide.test",
    "nowhere.test",
    "127.0.0.1:8000",
    "[::1]",
    "",
];

/// Locations: what stands before the block. No two are the same location.
const LOCATIONS: &[&str] = &[
    "= /",
    "= /a",
    "= /a/b.php",
    "= /new/1",
    "/a",
    "/a/",
    "/a/b",
    "/a/b/",
    "/a/b/c/",
    "/ab",
    "/d/",
    "/d/e",
    "/new/",
    "^~ /a/x",
    "^~ /d/e/f/",
    "~ \\.php$",
    "~* \\.(gif|jpg)$",
    "~ ^/d/(\\d+)$",
    "~* ^/Up/(?<rest>.*)$",
    "~ /e/",
];

const PATHS: &[&str] = &[
    "/",
    "/a",
    "/a/",
    "/a/1",
    "/A",
    "/a/b",
    "/a/b/",
    "/a/b/c",
    "/a/b/c/d?x=1",
    "/a/b.php",
    "/a/x/y.php",
    "/ab",
    "/abc",
    "/d/",
    "/d/12",
    "/d/12x",
    "/d/e",
    "/d/e/f",
    "/d/e/f/g.gif",
    "/new/1",
    "/new/x",
    "/P.GIF",
    "/up/1",
    "/UP/1/2",
    "/x.php?y=1",
    "/none",
    "//a/b",
    "/a//b",
    "/d//e/f",
    "/x/../a/b",
    "/a/./b",
    "/a/b/..",
    "/../a",
    "/a%2Fb",
    "/d%2F12",
    "/%61/b",
    "/d/%72",
    "/a/%2e%2e/d/1",
    "/a/b%2Ephp",
    "/a%3Fb",
    "/a/%20%C3%A4",
    "/a%00",
    "/a?",
    "/a/;v=1/b",
    "http://lb.test/a/b?q=1",
    "http://other.test",
];

const ARGUMENTS: &[&str] = &[
    "x=1",
    "x=2&y=%2F//..",
    "be-status=404",
    "be-status=503",
    "be-status=304",
    "be-status=302&be-location=/a/inner",
    "be-status=301&be-location=http://u0/a/inner",
    "be-header=X-Inner:1&be-header=X-Own:2",
    "be-size=9000",
];

/// What may stand in `http`, `server` and `location`, one of each of a row.
const LINES: &[&[&str]] = &[
    &["add_header X-A a;", "add_header X-A a always;", "add_header X-B \"b $request_method\" always;"],
    &["proxy_set_header X-One 1;", "proxy_set_header Host $host;", "proxy_set_header X-Real-IP $remote_addr;"],
    &["proxy_set_header X-Dash \"\";", "proxy_set_header Host \"in.test\";", "proxy_set_header Connection \"\";"],
    &["proxy_hide_header X-Inner;", "proxy_pass_header Server;"],
    &["client_max_body_size 10;", "client_max_body_size 1k;", "client_max_body_size 0;"],
    &["proxy_redirect off;", "proxy_redirect /a/ /z/;"],
    &[
        "proxy_next_upstream off;",
        "proxy_next_upstream error timeout http_503;",
        "proxy_next_upstream error http_503 http_404 non_idempotent;",
        "proxy_next_upstream error timeout http_503;\nproxy_next_upstream_tries 1;",
    ],
];

/// The same of what keeps somebody out.
const GUARDS: &[&[&str]] = &[
    &[
        "deny 127.0.0.2;",
        "allow 127.0.0.1;\ndeny all;",
        "deny 127.1.0.0/16;\nallow all;",
        "allow 127.1.2.3;\ndeny 127.1.0.0/16;",
        "deny all;",
    ],
    &["limit_req zone=z;", "limit_req zone=z burst=2 nodelay;\nlimit_req_status 429;"],
];

const CONDITIONS: &[&str] = &[
    "if ($request_method = POST) {\nreturn 405;\n}",
    "if ($request_method !~ ^(GET|HEAD|POST)$) {\nreturn 403;\n}",
    "if ($host = www.lb.test) {\nreturn 301 http://lb.test$request_uri;\n}",
    "if ($host ~ \"^other\") {\nreturn 403;\n}",
    "if ($arg_x = 1) {\nreturn 302 /new/x;\n}",
    "if ($arg_x) {\nreturn 403;\n}",
    "if ($http_x_block) {\nreturn 403;\n}",
    "if ($http_x_block = 1) {\nreturn 444;\n}",
];

/// No rule takes what a rule made, so that none goes round.
const REWRITES: &[&str] = &[
    "rewrite ^/a/(.*)$ /new/$1 break;",
    "rewrite ^/a/(\\w+)$ /new/$1 last;",
    "rewrite ^/d/(.*)$ /new/$1?from=d last;",
    "rewrite ^/(a|d)/(.*)$ /new/$2? redirect;",
    "rewrite ^/d/(\\d+)$ http://other.test/new/$1 permanent;",
];

/// What a case has besides.
struct Kind {
    faults: bool,
    turns: bool,
    rewrites: bool,
}

pub fn case(seed: u64) -> Case {
    let rng = &mut StdRng::seed_from_u64(seed);
    // Who fails and whose turn it is together would make any answer right.
    let turns = seed % 4 == 2;
    let kind = Kind { faults: seed % 3 == 1 && !turns, turns, rewrites: seed % 5 == 3 };
    let mut http = "limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m;\n".to_owned();
    for n in 0..GROUPS {
        http += &format!("upstream u{n} {{\n{}}}\n", indented(&group(rng, &kind)));
    }
    http += &some(rng, LINES, 0.1);
    http += &once(rng, 0.15, "underscores_in_headers on;");
    for names in NAMES {
        let name = names.choose(rng).unwrap();
        http += &format!("server {{\n{}}}\n", indented(&server(rng, name, &kind)));
    }
    let mut case = Case::new(&format!("random-{seed}"), PEERS, &http);
    // A play waits for each of them.
    case.ports = [8000, 8001].into_iter().filter(|port| http.contains(&format!("{port};"))).collect();
    if kind.turns {
        case.choice = Choice::Turns;
    }
    for _ in 0..REQUESTS {
        if kind.faults && rng.random_bool(0.3) {
            let fault = [Fault::Refuse, Fault::Drop, Fault::Status(503), Fault::None, Fault::None].choose(rng);
            case = case.fault(["a", "b", "c", "d", "e", "f"].choose(rng).unwrap(), *fault.unwrap());
        }
        case = case.send(request(rng));
    }
    case
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn once(rng: &mut StdRng, chance: f64, line: &str) -> String {
    if rng.random_bool(chance) { format!("{line}\n") } else { String::new() }
}

/// One of each row, or none.
fn some(rng: &mut StdRng, rows: &[&[&str]], chance: f64) -> String {
    rows.iter()
        .map(|row| {
            let line = row.choose(rng).unwrap();
            once(rng, chance, line)
        })
        .collect()
}

/// Servers of a group. Where turns are not wanted, one at most can be chosen, or the request says which.
fn group(rng: &mut StdRng, kind: &Kind) -> String {
    let mut peers: Vec<usize> = (0..PEERS).collect();
    peers.shuffle(rng);
    let server = |peer: usize, rest: &str| format!("server 127.0.0.1:{}{rest};\n", 9101 + peers[peer]);
    if kind.turns && rng.random_bool(0.7) {
        let method = ["", "", "least_conn;\n", "random;\n"].choose(rng).unwrap();
        let rests = ["", " weight=3", " max_fails=0", " down", " max_conns=5"];
        let rest = |rng: &mut StdRng| *rests.choose(rng).unwrap();
        let (second, third) = (rest(rng), rest(rng));
        return method.to_string() + &server(0, "") + &server(1, second) + &server(2, third);
    }
    let methods = ["", "", "", "ip_hash;\n", "hash $request_uri;\n", "hash $arg_x consistent;\n"];
    let method = *methods.choose(rng).unwrap();
    if !method.is_empty() {
        let weight = if method.starts_with("hash") { " weight=3 max_fails=0" } else { " max_fails=0" };
        let last = ["", " down", " max_fails=0"].choose(rng).unwrap();
        return method.to_owned() + &server(0, " max_fails=0") + &server(1, weight) + &server(2, last);
    }
    let first = ["", " max_fails=0", " weight=2 max_fails=3 fail_timeout=1m"].choose(rng).unwrap();
    let others = [vec![], vec![" backup"], vec![" down"], vec![" down", " backup"]];
    let others = others.choose(rng).unwrap();
    let others = others.iter().enumerate().map(|(n, rest)| server(1 + n, rest));
    server(0, first) + &others.collect::<String>()
}

fn server(rng: &mut StdRng, name: &str, kind: &Kind) -> String {
    let listens = ["listen 8000;\n", "listen 8000;\n", "listen 8000;\nlisten 8001;\n", "listen 127.0.0.1:8001;\n"];
    let mut text = listens.choose(rng).unwrap().to_string() + &format!("server_name {name};\n");
    text += &once(rng, 0.15, "merge_slashes off;");
    text += &once(rng, 0.15, "underscores_in_headers on;");
    text += &some(rng, LINES, 0.12);
    text += &some(rng, GUARDS, 0.1);
    let condition = CONDITIONS.choose(rng).unwrap();
    text += &once(rng, 0.2, condition);
    let rewrite = REWRITES.choose(rng).unwrap();
    text += &once(rng, if kind.rewrites { 0.5 } else { 0.0 }, rewrite);
    let mut chosen = LOCATIONS.to_vec();
    chosen.shuffle(rng);
    chosen.truncate(rng.random_range(3..9));
    // Without it nginx would look for files.
    chosen.push("/");
    for at in chosen {
        text += &format!("location {at} {{\n{}}}\n", indented(&location(rng, at, kind)));
    }
    text
}

fn location(rng: &mut StdRng, at: &str, kind: &Kind) -> String {
    let condition = CONDITIONS.choose(rng).unwrap();
    let mut text = once(rng, 0.15, condition);
    let rewrite = REWRITES.choose(rng).unwrap();
    text += &once(rng, if kind.rewrites { 0.4 } else { 0.0 }, rewrite);
    text += &once(rng, 0.05, "internal;");
    text += &some(rng, LINES, 0.15);
    text += &some(rng, GUARDS, 0.1);
    text + &act(rng, at) + "\n"
}

/// What is done in a location. A URI in `proxy_pass` is not allowed in those with regular expressions.
fn act(rng: &mut StdRng, at: &str) -> String {
    let to = match rng.random_range(0..4) {
        0 => format!("127.0.0.1:{}", 9101 + rng.random_range(0..PEERS)),
        _ => format!("u{}", rng.random_range(0..GROUPS)),
    };
    let regex = at.starts_with('~') && !at.starts_with("^~");
    match rng.random_range(0..14) {
        0 => format!("return {};", [403, 404, 444, 410].choose(rng).unwrap()),
        1 => format!("return {} /to{};", [301, 302, 307, 308].choose(rng).unwrap(), rng.random_range(0..9)),
        2 => format!("return 200 \"text $request_method {}\";", rng.random_range(0..99)),
        3 => "return 403 \"not you\";".to_owned(),
        4 | 5 if !regex => format!("proxy_pass http://{to}/in{};", rng.random_range(0..9)),
        6 if !regex => format!("proxy_pass http://{to}/;"),
        7 if !regex => format!("proxy_pass http://{to}/in/;"),
        _ => format!("proxy_pass http://{to};"),
    }
}

fn request(rng: &mut StdRng) -> Request {
    let mut target = PATHS.choose(rng).unwrap().to_string();
    if rng.random_bool(0.3) {
        let mark = if target.contains('?') { '&' } else { '?' };
        target = format!("{target}{mark}{}", ARGUMENTS.choose(rng).unwrap());
    }
    let sizes = [3, 3, 10, 11, 1024, 1025];
    let request = match rng.random_range(0..14) {
        0 => Request::new("HEAD", &target),
        1 | 2 => Request::post(&target, &"x".repeat(*sizes.choose(rng).unwrap())),
        3 => Request { chunked: true, ..Request::post(&target, &"y".repeat(*sizes.choose(rng).unwrap())) },
        4 => Request::get(&target).old(),
        5 => Request::new(["PUT", "DELETE", "OPTIONS", "PROPFIND"].choose(rng).unwrap(), &target),
        _ => Request::get(&target),
    };
    let sources = [[0, 0, 1], [0, 0, 1], [0, 0, 2], [1, 2, 3], [1, 2, 4], [9, 9, 9]];
    let [b, c, d] = *sources.choose(rng).unwrap();
    let request = request.host(HOSTS.choose(rng).unwrap()).from(Ipv4Addr::new(127, b, c, d));
    let request = Request { port: if rng.random_bool(0.2) { 8001 } else { 8000 }, ..request };
    let headers = [
        ("X_Under", "1"),
        ("X-Dash", "2"),
        ("X-Block", "1"),
        ("X-Block", "0"),
        ("X-Real-IP", "10.9.8.7"),
        ("Cookie", "a=1; b=2"),
        ("X-Forwarded-For", "10.1.1.1"),
    ];
    if rng.random_bool(0.4) {
        let (name, value) = headers.choose(rng).unwrap();
        return request.header(name, value);
    }
    request
}
