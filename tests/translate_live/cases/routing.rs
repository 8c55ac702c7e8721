//! Generated servers and locations, and requests of every shape to them. All of a case follows from its seed.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};

use crate::case::{Case, Request};

const PEERS: usize = 6;
const REQUESTS: usize = 120;

/// Names of servers. No two are the same name.
const NAMES: &[&str] = &[
    "lb.test",
    "*.lb.test",
    ".wide.test",
    "www.lb.test api.lb.test",
    "*.deep.wide.test",
    "any.*",
    "~^v\\d+\\.test$",
    "~^(?<who>\\w+)\\.user\\.test$",
    "\"\"",
];

const HOSTS: &[&str] = &[
    "lb.test",
    "LB.TEST",
    "lb.test:8000",
    "lb.test:99",
    "lb.test.",
    "x.lb.test",
    "x.y.lb.test",
    "www.lb.test",
    "Api.lb.test",
    "wide.test",
    "a.wide.test",
    "a.deep.wide.test",
    "deep.wide.test",
    "any.example",
    "any.example.org",
    "v12.test",
    "vx.test",
    "joe.user.test",
    "nowhere.test",
    "127.0.0.1",
];

/// Locations: what stands before the block. No two are the same location.
const LOCATIONS: &[&str] = &[
    "= /",
    "= /a",
    "= /a/b.php",
    "/a",
    "/a/",
    "/a/b",
    "/ab/",
    "/d/",
    "/d/e/",
    "^~ /static/",
    "^~ /a/x",
    "~ \\.php$",
    "~* \\.(gif|jpg)$",
    "~ ^/d/\\d+$",
    "~* ^/Up/",
    "~ /e/",
];

const PATHS: &[&str] = &[
    "/",
    "/a",
    "/a/",
    "/A",
    "/a/b",
    "/a/b/c",
    "/a/b.php",
    "/a/x/y.php",
    "/ab",
    "/ab/",
    "/abc",
    "/d",
    "/d/12",
    "/d/12x",
    "/d/e",
    "/d/e/f",
    "/static",
    "/static/p.gif",
    "/p.gif",
    "/P.GIF",
    "/up/1",
    "/UP/1",
    "/x.php?y=1",
    "/a?x=/d/",
    "/none",
    "//a/b",
    "/a//b",
    "/d//e/f",
    "/x/../a/b",
    "/a/./b",
    "/a/b/..",
    "/a/..",
    "/../a",
    "/a%2Fb",
    "/d%2F12",
    "/%61/b",
    "/d/%72",
    "/a/b%2Ephp",
    "/a%3Fb",
    "/a%00",
    "/a%",
    "/a#b",
];

pub fn case(seed: u64) -> Case {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut names = NAMES.to_vec();
    names.shuffle(&mut rng);
    names.truncate(rng.random_range(1..5));
    let default = rng.random_bool(0.5).then(|| rng.random_range(0..names.len()));
    let mut http = String::new();
    for (n, name) in names.iter().enumerate() {
        let listen = if default == Some(n) { "8000 default_server" } else { "8000" };
        http += &format!("server {{\n    listen {listen};\n    server_name {name};\n{}}}\n", locations(&mut rng));
    }
    let requests: Vec<Request> = (0..REQUESTS).map(|_| request(&mut rng, names[0])).collect();
    Case::new(&format!("routing-{seed}"), PEERS, &http).send_all(requests)
}

fn locations(rng: &mut StdRng) -> String {
    let mut chosen = LOCATIONS.to_vec();
    chosen.shuffle(rng);
    chosen.truncate(rng.random_range(2..9));
    // Without it nginx would look for files.
    chosen.push("/");
    let mut text = String::new();
    for at in chosen {
        text += &format!("    location {at} {{\n        {}\n    }}\n", act(rng, at));
    }
    text
}

/// What is done in a location. A URI in `proxy_pass` is not allowed in those with regular expressions.
fn act(rng: &mut StdRng, at: &str) -> String {
    let peer = format!("http://127.0.0.1:{}", 9101 + rng.random_range(0..PEERS));
    match rng.random_range(0..12) {
        0 => format!("return {};", [403, 404, 204, 410].choose(rng).unwrap()),
        1 => format!("return {} /to{};", [301, 302, 307, 308].choose(rng).unwrap(), rng.random_range(0..9)),
        2 => format!("return 200 \"text {}\";", rng.random_range(0..99)),
        3 | 4 if !at.starts_with('~') => format!("proxy_pass {peer}/in{};", rng.random_range(0..9)),
        5 if !at.starts_with('~') => format!("proxy_pass {peer}/;"),
        _ => format!("proxy_pass {peer};"),
    }
}

/// Half go to a name of the first server where that is known, so that paths are met too.
fn request(rng: &mut StdRng, name: &str) -> Request {
    let known = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains(['*', ' ']);
    let host = if known && rng.random_bool(0.5) { name } else { HOSTS.choose(rng).unwrap() };
    let path = PATHS.choose(rng).unwrap();
    let request = match rng.random_range(0..12) {
        0 => Request::new("HEAD", path),
        1 => Request::post(path, "x=1"),
        2 => Request::get(path).old(),
        _ => Request::get(path),
    };
    request.host(host)
}
