//! Kinds about the way to a group: servers, locations, rewrites, maps, limits, access.

use std::collections::HashMap;

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::case::Request;
use crate::draft::{Draft, FAILING, Pace, SERVED};
use crate::kinds::{CODES, Kind, Needs, TIMES, TROUBLE, plain};

/// In the order of the alphabet.
pub const ROUTING: &[Kind] = &[
    ("access", Needs::Nothing, |d| access(d)),
    ("empty_keys", Needs::Nothing, |d| empty_keys(d)),
    ("hash_keys", Needs::Nothing, |d| hash_keys(d)),
    ("hosts", Needs::Nothing, |d| hosts(d)),
    ("limit_conn", Needs::Nothing, |d| limit_conn(d)),
    ("limit_req", Needs::Nothing, |d| limit_req(d)),
    ("locations", Needs::Nothing, |d| locations(d)),
    ("rewrites", Needs::Nothing, |d| rewrites(d)),
    ("through_variable", Needs::Nothing, |d| through_variable(d)),
];

const KEYED: &[&str] =
    &["", "hash $uri;", "hash $request_uri consistent;", "hash $host$uri consistent;", "least_conn;"];

/// The groups `backend` and `other`, with peers that tell who was asked.
fn two(draft: &mut Draft) {
    let method = draft.one_of(KEYED);
    plain(draft, method);
    let servers = (7..10).map(|at| draft.one_server(at)).collect();
    let method = draft.one_of(KEYED);
    draft.group("other", method, servers);
}

fn access(draft: &mut Draft) {
    two(draft);
    let rules =
        ["deny 10.0.0.0/9;", "allow 10.0.0.0/8;", "allow 172.0.0.0/8;", "allow 2001:db8::/33;", "deny 192.64.0.0/10;"];
    let mut rules: Vec<String> = rules.iter().filter(|_| draft.chance(0.7)).map(|rule| (*rule).to_owned()).collect();
    rules.push(draft.one_of(&["deny all;", "allow all;"]).to_owned());
    draft.ipv6 = true;
    draft.location.extend(rules);
    let satisfy = "location /b/ {\n    allow 10.0.0.0/8;\n    deny all;\n    error_page 403 = @other;\n    proxy_pass http://backend;\n}";
    draft.server.push(satisfy.to_owned());
    draft.server.push("location @other {\n    proxy_pass http://other;\n}".to_owned());
}

fn empty_keys(draft: &mut Draft) {
    draft.pace = FAILING;
    let key = draft.one_of(&["$cookie_sid", "$arg_none", "$http_x_key$arg_k", "\"\"", "$cookie_a$arg_k", "$args"]);
    let consistent = draft.one_of(&["", " consistent"]);
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    draft.backend(&format!("hash {key}{consistent};"), servers);
    draft.fail(TROUBLE, CODES);
}

/// Keys of other natures: bytes of an address, what the configuration computes, what is the same for all.
fn hash_keys(draft: &mut Draft) {
    draft.ipv6 = true;
    draft.methods = &["GET", "POST", "HEAD"];
    let keys = [
        "$binary_remote_addr",
        "$remote_addr$http_x_key",
        "$scheme://$host$request_uri",
        "$server_name",
        "$request_method$is_args$args",
        "\"a b\"",
        "${arg_k}x$arg_z",
        "$http_host",
        "$request",
        "$document_uri-$server_port",
        "$server_protocol$cookie_sid",
    ];
    let key = draft.one_of(&keys);
    let consistent = draft.one_of(&["", " consistent"]);
    let n = draft.between(2, 6);
    let servers = draft.some_servers(n);
    draft.backend(&format!("hash {key}{consistent};"), servers);
}

fn hosts(draft: &mut Draft) {
    two(draft);
    draft.hosts = &[
        "example.com",
        "EXAMPLE.com",
        "example.com:80",
        "www.example.com",
        "a.b.example.com",
        "example.com.",
        "www.example.org",
        "www.example.net",
        "mail.example.org",
        "api1.test",
        "api22.test",
        "apix.test",
        "nowhere",
        "127.0.0.1",
    ];
    let all = [
        "example.com",
        "*.example.com",
        ".example.com",
        "www.example.*",
        "~^api(?<n>\\d+)\\.test$",
        "~^(?<n>.+)\\.example\\.org$",
        "mail.example.org www.example.com",
        "*.b.example.com",
        "\"\" 127.0.0.1",
    ];
    let mut taken = Vec::new();
    for (at, names) in all.into_iter().enumerate() {
        let clash =
            names == ".example.com" && taken.iter().any(|name| name == &"example.com" || name == &"*.example.com");
        if clash || draft.chance(0.3) {
            continue;
        }
        taken.push(names);
        let listen = if taken.len() == 2 && draft.chance(0.3) { "80 default_server" } else { "80" };
        let act = match at % 3 {
            0 => "proxy_pass http://other;".to_owned(),
            1 => format!("return {};", 210 + at),
            _ => "proxy_pass http://backend;".to_owned(),
        };
        draft.servers.push(format!(
            "server {{\n    listen {listen};\n    server_name {names};\n    location / {{\n        {act}\n    }}\n}}"
        ));
    }
}

fn limit_conn(draft: &mut Draft) {
    draft.pace = SERVED;
    draft.services = TIMES;
    plain(draft, "");
    let key = draft.one_of(&["$binary_remote_addr", "$server_name", "$arg_k", "$http_x_key"]);
    let most = draft.between(1, 3);
    draft.http.push(format!("limit_conn_zone {key} zone=conns:1m;"));
    draft.location.push(format!("limit_conn conns {most};"));
    if draft.chance(0.5) {
        draft.location.push("limit_conn_status 429;".to_owned());
    }
    draft.adorn = few_clients;
}

fn few_clients(rng: &mut StdRng, request: &mut Request) {
    request.client = format!("10.0.0.{}", rng.random_range(1..4));
}

/// The bucket of `limit_req`, to leave out what comes too near to an edge of it.
struct Bucket {
    /// Thousandths of a request a millisecond, and a thousand times the burst and the delay.
    rate: f64,
    burst: f64,
    delay: f64,
    clients: HashMap<String, (f64, u64)>,
    starts: Vec<u64>,
}

impl Bucket {
    const NEAR: f64 = 90.0;

    fn keeps(&mut self, request: &Request, pace: Pace) -> bool {
        let before = self.clients.get(&request.client);
        let excess =
            before.map_or(0.0, |(excess, last)| (excess - self.rate * (request.t - last) as f64 + 1000.0).max(0.0));
        let near = |edge: f64| excess > 0.0 && (excess - edge).abs() < Bucket::NEAR;
        if near(self.burst) || near(self.delay) {
            return false;
        }
        if excess > self.burst {
            return true;
        }
        if excess > self.delay {
            let start = request.t + ((excess - self.delay) / self.rate).round() as u64;
            let grid = (start + pace.step - pace.from % pace.step) % pace.step;
            if !(20..=pace.step - 20).contains(&grid) || self.starts.iter().any(|other| other.abs_diff(start) < 20) {
                return false;
            }
            self.starts.push(start);
        }
        self.clients.insert(request.client.clone(), (excess, request.t));
        true
    }
}

fn limit_req(draft: &mut Draft) {
    draft.pace = Pace { from: 50, step: 100, edge: 0, seconds: 9 };
    plain(draft, "");
    let (text, rate) = draft.one_of(&[("3r/s", 3.0), ("90r/m", 1.5), ("1r/s", 1.0), ("7r/s", 7.0)]);
    let burst = draft.between(0, 3);
    let (how, delay) = draft.one_of(&[("", 0.0), (" nodelay", 1e9), (" delay=1", 1000.0)]);
    let burst_text = if burst > 0 { format!(" burst={burst}{how}") } else { String::new() };
    draft.http.push(format!("limit_req_zone $binary_remote_addr zone=requests:1m rate={text};"));
    draft.location.push(format!("limit_req zone=requests{burst_text};"));
    if draft.chance(0.5) {
        draft.location.push("limit_req_status 429;".to_owned());
    }
    draft.adorn = few_clients;
    let delay = if burst > 0 { delay } else { 0.0 };
    let burst = burst as f64 * 1000.0;
    let mut bucket = Bucket { rate, burst, delay, clients: HashMap::new(), starts: Vec::new() };
    let pace = draft.pace;
    draft.keep = Box::new(move |request| bucket.keeps(request, pace));
}

fn locations(draft: &mut Draft) {
    two(draft);
    let all = [
        "location = / {\n    return 211;\n}",
        "location = /d {\n    proxy_pass http://other;\n}",
        "location /u {\n    proxy_pass http://other/base;\n}",
        "location /u/1 {\n    return 212;\n}",
        "location ^~ /u/2 {\n    return 213;\n}",
        "location ~ ^/u/(?<n>\\d)$ {\n    return 214;\n}",
        "location ~* \\.PHP$ {\n    proxy_pass http://other;\n}",
        "location /b/ {\n    location ~ [135]$ {\n        return 215;\n    }\n    proxy_pass http://other/;\n}",
        "location /x {\n    location /x/y {\n        proxy_pass http://other;\n    }\n    location = /x {\n        return 216;\n    }\n}",
        "location ~ //|%|\\+ {\n    return 217;\n}",
        "location /up/ {\n    proxy_pass http://other;\n}",
    ];
    draft.server = all.into_iter().filter(|_| draft.chance(0.7)).map(str::to_owned).collect();
    draft.uri = |rng| {
        let paths = [
            "/", "/d", "/D", "/u", "/u/1", "/u/12", "/u/2", "/u/25", "/u/7", "/u/7?x=1", "/a.php", "/A.PHP", "/b/1",
            "/b/2", "/b/x35", "/x", "/x/y/z", "/x/yy", "/up", "/up/", "/%75/1", "/a//b", "/u//1", "/u/../d", "/u/./1",
            "/p%2Fq", "/?d",
        ];
        (*paths.choose(rng).unwrap()).to_owned()
    };
}

fn rewrites(draft: &mut Draft) {
    two(draft);
    let all = [
        "rewrite ^/x$ /u/9 last;",
        "rewrite ^/y /moved? redirect;",
        "rewrite ^/u/(\\d)(\\d)$ /b/$2?tens=$1 break;",
        "if ($http_x_key ~ ^[12]) {\n    return 403;\n}",
        "if ($arg_z = 3) {\n    rewrite ^ /z3 last;\n}",
        "location /b/ {\n    rewrite ^/b/(.*)$ /d/$1 last;\n    return 500;\n}",
        "location /d {\n    if ($request_method = POST) {\n        return 405;\n    }\n    proxy_pass http://other;\n}",
        "location /z3 {\n    set $which other;\n    if ($cookie_sid) {\n        set $which backend;\n    }\n    proxy_pass http://$which;\n}",
        "location /u/3 {\n    rewrite ^/u/3(.*)$ /u/3$1x last;\n}",
        "location = /u/5 {\n    if ($http_x_key) {\n        proxy_pass http://other;\n    }\n    return 204;\n}",
        "location /u/1 {\n    return 301 /u/;\n}",
        "location /u/2 {\n    error_page 404 = @other;\n    return 404;\n}",
    ];
    draft.server = all.into_iter().filter(|_| draft.chance(0.7)).map(str::to_owned).collect();
    draft.server.push("location @other {\n    proxy_pass http://other;\n}".to_owned());
    draft.methods = &["GET", "GET", "POST"];
}

fn through_variable(draft: &mut Draft) {
    two(draft);
    let maps = [
        "map $http_x_key $group {\n    default backend;\n    ~^[1-3] other;\n    5 other;\n}",
        "map $host $group {\n    hostnames;\n    default backend;\n    *.example.org other;\n    .example.com other;\n}",
        "geo $group {\n    default backend;\n    10.0.0.0/8 other;\n    10.128.0.0/9 backend;\n    192.0.0.0/8 other;\n}",
        "split_clients \"${remote_addr}\" $group {\n    30% other;\n    20.5% backend;\n    * other;\n}",
        "map $uri$arg_k $group {\n    volatile;\n    ~a other;\n    \"~*B(?<rest>.*)\" backend;\n    default other;\n}",
    ];
    let map = draft.one_of(&maps);
    draft.http.push(map.to_owned());
    "http://$group".clone_into(&mut draft.target);
}
