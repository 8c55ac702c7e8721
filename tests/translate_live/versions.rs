//! nginx to nginx: 1.31.3 beside 1.22.1, in both directions. Here nothing is anyone's own business: backends must see the
//! same bytes of requests, headers for the connection among them, over as many connections.

use std::collections::BTreeSet;

use crate::case::{Case, Fault, Observed, Request, Seen};
use crate::cases;
use crate::compare::{Difference, Field, compare};
use crate::play::{Act, apart, folder};
use crate::report::{Class, Entry, reconcile};
use crate::translate::{Translation, translate_from};

/// From one nginx to another: programs, and what `--target` and `--to` call them.
struct Way {
    source: &'static str,
    from: &'static str,
    target: &'static str,
    to: &'static str,
}

const BACK: Way = Way { source: "nginx", from: "nginx@1.31.3", target: "nginx-1.22.1", to: "nginx@1.22.1" };
const FORTH: Way = Way { source: "nginx-1.22.1", from: "nginx@1.22.1", target: "nginx", to: "nginx@1.31.3" };

/// A case in both programs.
struct Both {
    translation: Translation,
    source: Vec<Observed>,
    target: Vec<Observed>,
}

impl Way {
    fn play(&self, case: &Case) -> Result<Both, String> {
        let translation = translate_from(&case.conf, self.to, self.from)?;
        let files = folder(&[("nginx.conf", &case.conf)]);
        let source = apart(self.source, files.path(), case, Act::PlayUnchecked)?.observed;
        let target = apart(self.target, &translation.files(), case, Act::Play)?;
        if !target.checked.good {
            return Err(format!("{} does not take it: {}", self.target, target.checked.text));
        }
        Ok(Both { translation, source, target: target.observed })
    }
}

/// All that a backend saw of a request; the headers' order is nobody's.
fn whole(seen: &Seen) -> String {
    let mut headers: Vec<String> = seen.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    headers.sort();
    format!("{} #{} {} {headers:?} {}", seen.peer, seen.connection, seen.line, seen.body)
}

fn tries(observed: &[Observed]) -> Vec<Vec<String>> {
    observed.iter().map(|one| one.tries.iter().map(whole).collect()).collect()
}

/// A group `u` of two, and lines of the server.
fn case(name: &str, group: &str, lines: &str) -> Case {
    let http = format!(
        "map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}\nproxy_next_upstream_timeout 5s;\nupstream u {{\n{group}\n\
         server 127.0.0.1:9101;\nserver 127.0.0.1:9102 weight=2;\n}}\nserver {{\nlisten 8000;\n{lines}\n}}\n"
    );
    Case::new(name, 2, &http)
}

/// Requests of every kind, one after the other.
fn asked(case: Case) -> Case {
    case.send_all((0..6).map(|n| Request::get(&format!("/a/{n}"))))
        .send(Request::post("/a/post", "x=1"))
        .send(Request { chunked: true, ..Request::post("/a/chunks", "some text") })
        .send(Request::get("/a/old").old())
        .send(Request::get("/a/c").header("Connection", "keep-alive").header("Keep-Alive", "timeout=5"))
        .send(Request::get("/a/p").header("Proxy-Connection", "keep-alive").header("X-Own", "1"))
        .send(Request::get("/a/u").header("Connection", "upgrade").header("Upgrade", "some"))
        .send(Request::get("/b/1"))
        .send(Request::get("/a/x").host("Other.test:8000"))
        .fault("a", Fault::Drop)
        .send_all((0..3).map(|n| Request::get(&format!("/a/drop/{n}"))))
        .fault("a", Fault::None)
        .fault("b", Fault::Refuse)
        .send_all((0..3).map(|n| Request::get(&format!("/a/refuse/{n}"))))
}

/// Those that must be exact in both directions.
fn exact() -> Vec<Case> {
    let plain = "location /a/ { proxy_pass http://u; }";
    let headers = "proxy_set_header X-Server s;
        location /a/ { proxy_pass http://u; proxy_set_header Host $host; proxy_set_header X-Two \"a b\"; }
        location /b/ { location /b/1 { proxy_pass http://127.0.0.1:9101; } }";
    let upgrade = "location /a/ { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade; }";
    let older = "proxy_http_version 1.0; location /a/ { proxy_pass http://u; }";
    let newer = "location /a/ { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection \"\"; }
        location /b/ { proxy_pass http://127.0.0.1:9101/x/; }";
    let own = "location /a/ { proxy_pass http://u; proxy_set_header connection keep-alive; }";
    vec![
        case("default", "", plain),
        case("headers", "", headers),
        case("upgrade", "", upgrade),
        case("http-1.0", "", older),
        case("http-1.1", "", newer),
        case("own-connection", "", own),
        case("keepalive", "least_conn; keepalive 4;", newer),
        case("keepalive-first", "keepalive 4; ip_hash;", plain),
        case("hash", "hash $request_uri consistent;", headers),
        case("address", "", "location / { proxy_pass http://127.0.0.1:9101; }"),
    ]
    .into_iter()
    .map(asked)
    .collect()
}

/// No word of a report excuses anything here but what only that version can do.
fn require_exact(way: &Way, cases: &[Case]) -> Vec<String> {
    let mut faults = Vec::new();
    for case in cases {
        let name = format!("{} from {} to {}", case.name, way.from, way.to);
        let both = match way.play(case) {
            Ok(both) => both,
            Err(fault) => {
                faults.push(format!("{name}: {fault}"));
                continue;
            }
        };
        let lossy = both.translation.entries.iter().filter(|entry| entry.class >= Class::Approximate);
        let lossy: Vec<&str> = lossy.map(|entry| &*entry.code).filter(|code| *code != "nginx/max-headers").collect();
        if !lossy.is_empty() {
            faults.push(format!("{name}: not exact: {lossy:?}"));
        }
        for difference in compare(case, &both.source, &both.target) {
            faults.push(format!("{name}: {}", difference.shown()));
        }
        let (source, target) = (tries(&both.source), tries(&both.target));
        for (n, (source, target)) in source.iter().zip(&target).enumerate().filter(|(_, (a, b))| a != b) {
            faults.push(format!("{name}: request {n}:\n    {source:?}\n    {target:?}"));
        }
    }
    faults
}

#[test]
fn versions_send_the_same_over_as_many_connections() {
    let cases = exact();
    let mut back = cases.clone();
    back.push(asked(case("keepalive-0", "keepalive 0;", "location /a/ { proxy_pass http://u; }")));
    back.push(asked(case("keepalive-local", "keepalive 3 local;", "location /a/ { proxy_pass http://u; }")));
    let faults = [require_exact(&BACK, &back), require_exact(&FORTH, &cases)].concat();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The judgement sees what it is to see: as it stands the other version does otherwise.
#[test]
fn versions_differ_without_translation() {
    let case = asked(case("untranslated", "", "location /a/ { proxy_pass http://u; }"));
    let files = folder(&[("nginx.conf", &case.conf)]);
    let [newer, older] = [BACK.source, BACK.target].map(|program| {
        let played = apart(program, files.path(), &case, Act::PlayUnchecked);
        tries(&played.unwrap().observed)
    });
    let passed_on: Vec<_> = newer.iter().zip(&older).filter(|(newer, _)| !newer.is_empty()).collect();
    assert!(passed_on.len() > 10 && passed_on.iter().all(|(newer, older)| newer != older), "{passed_on:?}");
}

/// The cases of all targets. Those that the source's version does not take are counted.
fn require_as_told(way: &Way) {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let only = std::env::var("NGINXLB_CASE").unwrap_or_default();
    let (mut faults, mut judged, mut foreign) = (Vec::new(), 0, 0);
    for case in cases::chosen(full).iter().filter(|case| case.name.starts_with(&only)) {
        let both = match way.play(case) {
            Ok(both) => both,
            Err(fault) if fault.contains("the configuration has faults") => {
                foreign += 1;
                continue;
            }
            Err(fault) => {
                faults.push(format!("{}: {fault}", case.name));
                continue;
            }
        };
        judged += 1;
        let differences = compare(case, &both.source, &both.target);
        let untold = reconcile(case, differences, &both.translation.entries).untold;
        faults.extend(untold.iter().map(|one| format!("{}: {}", case.name, one.shown())));
    }
    println!(
        "{} to {}: {judged} cases, {} differences, {foreign} not for {}",
        way.from,
        way.to,
        faults.len(),
        way.from
    );
    assert!(judged > 0 && faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn versions_back() {
    require_as_told(&BACK);
}

#[test]
fn versions_forth() {
    require_as_told(&FORTH);
}

/// What is said to differ does (but for `max_headers`, which Debian has in its 1.22.1, too): the code of an entry, and the difference that it tells of.
fn require_shown(way: &Way, case: &Case, code: &str, field: Field) -> Vec<Entry> {
    let both = way.play(case).unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
    let found = reconcile(case, compare(case, &both.source, &both.target), &both.translation.entries);
    let untold: Vec<String> = found.untold.iter().map(Difference::shown).collect();
    assert!(untold.is_empty(), "{}: {untold:?}", case.name);
    assert!(found.shown.contains(&(code.to_owned(), field)), "{}: {code} does not show: {:?}", case.name, found.shown);
    both.translation.entries
}

#[test]
fn versions_differ_as_told() {
    let plain = "location /a/ { proxy_pass http://u; }";
    let session = |name: &str| Request::get("/a/1").header("Cookie", &format!("sid={name}"));
    let names: Vec<String> = (0..9).flat_map(|n| std::iter::repeat_n(format!("session{n}"), 3)).collect();
    let cookie =
        case("sticky-cookie", "sticky cookie sid path=/;", plain).send_all(names.iter().map(|name| session(name)));
    require_shown(&BACK, &cookie, "nginx/sticky-cookie-hash", Field::Peer);

    let route = case("sticky-route", "sticky route $arg_r;", plain).send_all((0..6).map(|_| Request::get("/a/1")));
    require_shown(&BACK, &route, "nginx/sticky-address", Field::Peer);
}

/// A session stays with its server, and a request without one is given one.
#[test]
fn sticky_cookies_stick_in_the_older_version() {
    let lines = "add_header X-Outer o;\nlocation /a/ { proxy_pass http://u; }\nlocation /b/ { return 204; }";
    let sessions: Vec<String> = (0..9).map(|n| format!("session{n}")).collect();
    let session = |name: &String| Request::get("/a/1").header("Cookie", &format!("sid={name}"));
    let case = case("sticks", "least_conn;\nsticky cookie sid path=/ httponly expires=1h;", lines)
        .send_all(sessions.iter().flat_map(|name| [session(name), session(name), session(name)]))
        .send_all(["/a/1", "/b/"].map(Request::get));
    let target = BACK.play(&case).unwrap().target;
    let peers: Vec<&str> = target[..27].iter().map(|one| one.peer.as_deref().unwrap()).collect();
    assert!(peers.chunks(3).all(|three| three[0] == three[1] && three[1] == three[2]), "{peers:?}");
    assert_eq!(peers.iter().collect::<BTreeSet<_>>().len(), 2);
    assert!(target[..27].iter().all(|one| one.header("set-cookie").is_none()));
    let begun = target[27].header("set-cookie").unwrap();
    assert!(begun.starts_with("sid=") && begun.ends_with("; Path=/; HttpOnly; Max-Age=3600"), "{begun}");
    assert_eq!(target[27].header("x-outer"), Some("o"));
    assert_eq!(target[28].header("set-cookie"), None);
}

/// What the older version shares the newer one keeps apart, and the report says so.
#[test]
fn locations_that_share_connections_are_told_of() {
    let lines = "location /a/ { proxy_pass http://u; }\nlocation /b/ { proxy_pass http://u; }";
    let case = case("shared", "", lines).send_all((0..6).flat_map(|_| ["/a/1", "/b/1"].map(Request::get)));
    let both = BACK.play(&case).unwrap();
    assert!(both.translation.entries.iter().any(|entry| entry.code == "nginx/keepalive-shared"));
    let most = |observed: &[Observed]| observed.iter().flat_map(|one| &one.tries).map(|seen| seen.connection).max();
    assert!(most(&both.source) > most(&both.target), "{:?} {:?}", most(&both.source), most(&both.target));
}
