//! Requests through configurations, with what becomes of them.

use super::{Content, Failed, Found, Reply, To};
use crate::balance::Millis;
use crate::config::{NoHost, Options, compile};
use crate::exchange::{Connection, Exchange, Line, ListenerId, Site, Slice};
use crate::modules::Target;
use crate::syntax::{Files, ReadError, Sources};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, ReadError> {
        Ok(Vec::new())
    }
    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

/// Compiles the inside of `http`, or with `server` around it that of one server.
fn site(body: &str) -> (crate::config::Config, Site) {
    let text = format!(
        "events {{}} http {{ upstream app {{ server 127.0.0.1:1; }} upstream b {{ server 127.0.0.1:2; }} {body} }}"
    );
    let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
    let target = Target::default();
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    let faults: Vec<_> =
        compiled.diagnostics.iter().filter(|said| said.level >= crate::diagnostics::Level::Emerg).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let (site, _) = Site::compile(&compiled.config, &target);
    (compiled.config, site)
}

/// Sends `METHOD TARGET [Name: value]...` (lines), from 10.0.0.1.
fn send(site: &Site, exchange: &mut Exchange, request: &str) -> Found {
    let mut lines = request.split('\n');
    let (method, target) = lines.next().unwrap_or_default().split_once(' ').unwrap_or(("GET", "/"));
    let connection = Connection {
        client: Some([10, 0, 0, 1].into()),
        client_port: 4000,
        server: Some(([192, 0, 2, 1], 8000).into()),
        ..Connection::default()
    };
    let line = Line { method: method.as_bytes(), target: target.as_bytes(), version: 11 };
    exchange.start(&connection, line, Millis(0));
    let mut host = false;
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        host |= name == "Host";
        exchange.request.header(name.as_bytes(), value.as_bytes());
    }
    if !host {
        exchange.request.header(b"Host", b"localhost");
    }
    exchange.begin(site, ListenerId(0))
}

fn reply(site: &Site, exchange: &Exchange, reply: Reply) -> String {
    let text = |slice: Slice| String::from_utf8_lossy(exchange.text(site, slice)).into_owned();
    let mut shown = reply.status.to_string();
    if let Some(location) = reply.location {
        shown = format!("{shown} -> {}", text(location));
    }
    if let Some(body) = reply.body {
        shown = format!("{shown} {}", text(body));
    }
    shown
}

/// What becomes of it: `STATUS [-> LOCATION] [BODY]`, or where it is passed to.
fn settle(site: &Site, exchange: &mut Exchange, config: &crate::config::Config, mut found: Found) -> String {
    loop {
        let answer = match found {
            Found::Answer(answer) => return reply(site, exchange, answer),
            Found::Location(_) => exchange.access(site),
        };
        if let Err(status) = answer {
            match exchange.fail(site, status) {
                Failed::Answer(status) => return status.to_string(),
                Failed::Again(again) => found = again,
            }
            continue;
        }
        match exchange.content(site) {
            Content::Answer(answer) => return reply(site, exchange, answer),
            Content::Again(location) => found = Found::Location(location),
            Content::Local(handler) => return format!("{handler:?} {}", exchange.request.uri().escape_ascii()),
            Content::Pass(destination) => {
                let http = config.http.map(|http| config.scope(http)).expect("http");
                let upstreams = http.slot::<crate::modules::shared::upstream::Upstreams>().expect("upstreams");
                return match destination.to {
                    To::Group(id) => format!("{}:{}", upstreams.get(id).name, upstreams.get(id).port),
                    To::Address(address) => address.to_string(),
                    To::Name { host, port } => {
                        format!("name {}:{port}", String::from_utf8_lossy(exchange.text(site, host)))
                    }
                };
            }
        }
    }
}

/// Judges each request under the inside of one server.
fn check(server: &str, cases: &[(&str, &str)]) {
    check_http(&format!("server {{ listen 8000; {server} }}"), cases);
}

/// Judges each request under the inside of `http`.
fn check_http(http: &str, cases: &[(&str, &str)]) {
    let (config, site) = site(http);
    let mut exchange = Exchange::default();
    for (request, want) in cases {
        let found = send(&site, &mut exchange, request);
        assert_eq!(settle(&site, &mut exchange, &config, found), *want, "{request}\nunder {http}");
    }
}

#[test]
fn locations() {
    let server = "location / { return 200 root; } location = / { return 200 exact; } location /a/ { return 200 a; }
        location ^~ /a/static/ { return 200 static; } location ~ \\.PHP$ { return 200 php; }
        location ~* \\.gif$ { return 200 gif; } location /n/ { return 200 n;
            location /n/in { return 200 in; } location ~ ^/n/.*x$ { return 200 x; } }
        location ~ ^/r/(.*) { location ~ y$ { return 200 ry; } return 200 $1; }
        location /dir/ { proxy_pass http://app; } location /%20 { proxy_pass http://app; }";
    check(
        server,
        &[
            ("GET /", "200 exact"),
            ("GET /x", "200 root"),
            ("GET /a/b", "200 a"),
            ("GET /a/b.PHP", "200 php"),
            ("GET /a/static/b.PHP", "200 static"),
            ("GET /b.GIF", "200 gif"),
            ("GET /n/in/z", "200 in"),
            ("GET /n/in/zx", "200 x"),
            ("GET /n/z.PHP", "200 php"),
            ("GET /r/by", "200 ry"),
            ("GET /r/static", "200 static"),
            ("GET /dir", "301 -> /dir/"),
            ("GET /dir?a=b", "301 -> /dir/?a=b"),
            ("GET /dir/", "app:0"),
        ],
    );
}

#[test]
fn servers() {
    let http = "server { listen 8000; server_name a.com; return 200 a; }
        server { listen 8000 default_server; server_name _; return 200 default; }
        server { listen 8000; server_name *.b.com; return 200 under-b; }
        server { listen 8000; server_name .c.com; return 200 $server_name; }
        server { listen 8000; server_name www.*; return 200 www; }
        server { listen 8000; server_name ~^(?<user>.+)\\.u\\.com$; return 200 $user-$1-$server_name; }";
    check_http(
        http,
        &[
            ("GET /\nHost: a.com", "200 a"),
            ("GET /\nHost: A.Com:80", "200 a"),
            ("GET /\nHost: a.com.", "200 a"),
            ("GET /\nHost: x.b.com", "200 under-b"),
            ("GET /\nHost: b.com", "200 default"),
            ("GET /\nHost: c.com", "200 c.com"),
            ("GET /\nHost: www.b.com", "200 under-b"),
            ("GET /\nHost: www.d", "200 www"),
            ("GET /\nHost: joe.u.com", "200 joe-joe-~^(?<user>.+)\\.u\\.com$"),
            ("GET http://a.com/x\nHost: b", "200 a"),
            ("GET /\nHost: a..com", "400"),
            ("GET /\nHost: ", "400"),
            ("GET /\nHost: a\nHost: a", "400"),
            ("GET /a%00", "400"),
            ("GET /..", "400"),
            ("TRACE /", "405"),
        ],
    );
}

#[test]
fn variables() {
    let server = "return 200 $remote_addr|$host|$uri|$request_uri|$args|$arg_a|$http_x_y|$cookie_c|$request_method|$is_args|$scheme|$server_port;";
    check(
        server,
        &[
            (
                "GET /a//b?A=1\nX-Y: 1\nX-Y: 2\nCookie: b=1; c=2",
                "200 10.0.0.1|localhost|/a/b|/a//b?A=1|A=1|1|1, 2|2|GET|?|http|8000",
            ),
            (
                "GET /%41%2F",
                "200 10.0.0.1|localhost|/A/|/%41%2F||||||http|8000".replace("||||||http", "|||||GET||http").as_str(),
            ),
        ],
    );
}
