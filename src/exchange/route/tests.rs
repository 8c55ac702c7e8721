//! Requests through configurations, with what becomes of them.

use super::{Content, Failed, Found, Reply, To};
use crate::balance::Millis;
use crate::config::compiled;
use crate::exchange::{Connection, Exchange, Line, ListenerId, Site, Slice};
use crate::modules::Target;

/// Compiles the inside of `http`, or with `server` around it that of one server.
fn site(body: &str) -> (crate::config::Config, Site) {
    let text = format!(
        "events {{}} http {{ upstream app {{ server 127.0.0.1:1; }} upstream b {{ server 127.0.0.1:2; }} {body} }}"
    );
    let target = Target::default();
    let config = compiled(&text, &target);
    let (site, _) = Site::compile(&config, &target);
    (config, site)
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

#[test]
fn programs() {
    check(
        "location /a { rewrite ^/a/(.*)$ /b/$1?from=a last; } location /b { return 200 '$uri $args'; }
            location /c { rewrite ^ /d break; proxy_pass http://app; } location /d { return 200 never; }
            location /loop { rewrite ^ /loop last; } location /e { set $x $arg_x; if ($x = 1) { return 201 one; }
            if ($arg_y) { proxy_pass http://b; } proxy_pass http://app; }
            location /r { rewrite ^/r(.*) http://other$1 permanent; } location /n { return 404; error_page 404 = @n; }
            location @n { return 200 'n $uri'; } location /t { try_files $uri /b?t; } location /u { deny all; proxy_pass http://app; }
            location /i { internal; }",
        &[
            ("GET /a/x%20y?z", "200 /b/x y from=a&z"),
            ("GET /c", "app:0"),
            ("GET /loop", "500"),
            ("GET /e?x=1", "201 one"),
            ("GET /e?y", "app:0"),
            ("GET /e?y=1", "b:0"),
            ("GET /r/s?t", "301 -> http://other/s?t"),
            ("GET /n", "200 n /n"),
            ("GET /t", "200 /b t"),
            ("GET /u", "403"),
            ("GET /i", "404"),
            ("GET /zero", "Files /zero"),
        ],
    );
}

#[test]
fn lookups() {
    let http =
        "map $arg_k $shard { default none; ~^a(?<rest>.*)$ A-$rest; B b-$uri; } map $shard $twice { ~^A-(.)  $1$1; }
        geo $where { default far; 10.0.0.0/8 near; } split_clients $arg_k $part { 50% low; * high; }
        server { listen 8000; return 200 '$shard|$twice|$where|$part|$rest'; }";
    check_http(
        http,
        &[
            ("GET /x?k=abc", "200 A-bc|bb|near|low|bc"),
            ("GET /x?k=b", "200 b-/x||near|high|"),
            ("GET /x?k=c", "200 none||near|low|"),
        ],
    );
}

#[test]
fn destinations() {
    check(
        "location / { proxy_pass http://$arg_to; } location /r { resolver 127.0.0.1; proxy_pass http://$arg_to; }
            location /f { fastcgi_pass $arg_to; } location /s { proxy_pass $arg_to; }",
        &[
            ("GET /?to=app", "app:0"),
            ("GET /?to=APP/path", "app:0"),
            ("GET /?to=app:80", "502"),
            ("GET /?to=127.0.0.1:81", "127.0.0.1:81"),
            ("GET /?to=[::1]", "[::1]:80"),
            ("GET /?to=unix:/s:/x", "unix:/s"),
            ("GET /?to=name", "502"),
            ("GET /r?to=name:8080/x", "name name:8080"),
            ("GET /?to=", "500"),
            ("GET /f?to=app", "app:0"),
            ("GET /f?to=127.0.0.1", "500"),
            ("GET /f?to=127.0.0.1:9000", "127.0.0.1:9000"),
            ("GET /s?to=HTTPS://app", "app:0"),
            ("GET /s?to=app", "500"),
        ],
    );
}

#[test]
fn the_address_that_a_proxy_tells() {
    check(
        "set_real_ip_from 10.0.0.1; set_real_ip_from 192.0.2.0/24; real_ip_header X-Forwarded-For; real_ip_recursive on;
            return 200 '$remote_addr|$remote_port|$realip_remote_addr|$realip_remote_port|$proxy_add_x_forwarded_for';",
        &[
            ("GET /", "200 10.0.0.1|4000|10.0.0.1|4000|10.0.0.1"),
            (
                "GET /\nX-Forwarded-For: 198.51.100.1, 203.0.113.1:99, 192.0.2.1",
                "200 203.0.113.1|99|10.0.0.1|4000|198.51.100.1, 203.0.113.1:99, 192.0.2.1, 203.0.113.1",
            ),
            ("GET /\nX-Forwarded-For: x", "200 10.0.0.1|4000|10.0.0.1|4000|x, 10.0.0.1"),
        ],
    );
}

#[test]
fn what_the_log_may_ask_for() {
    let server = "server { listen 8000; location / { proxy_pass http://app; error_page 502 = @b; } location @b { proxy_pass http://b; }
        location /log { return 200 '$upstream_addr|$upstream_status|$upstream_connect_time|$upstream_response_time|\
$upstream_http_x_a|$upstream_cookie_c|$status|$request_time|$msec|$time_iso8601|$time_local|$proxy_host|$proxy_port|$request'; } }";
    let (_, site) = site(server);
    let mut exchange = Exchange::default();
    send(&site, &mut exchange, "GET /a");
    exchange.content(&site);
    let try_at = |exchange: &mut Exchange, addr: &str, status, connect_time| {
        let attempt = exchange.attempts.begin(addr, Millis(0));
        (attempt.status, attempt.connect_time, attempt.response_time) = (status, connect_time, Some(12));
    };
    try_at(&mut exchange, "10.0.0.1:1", 502, None);
    try_at(&mut exchange, "10.0.0.2:1", 502, Some(1003));
    assert!(matches!(exchange.fail(&site, 502), Failed::Again(Found::Location(_))));
    exchange.content(&site);
    try_at(&mut exchange, "10.0.0.3:1", 0, Some(7));
    exchange.upstream_headers.push(b"X-A", b"1");
    exchange.upstream_headers.push(b"Set-Cookie", b"c=v; Path=/");
    (exchange.status, exchange.now, exchange.epoch) = (200, Millis(1500), 1_700_000_000_000);
    let named = |n: &u32| site.location_name(crate::exchange::LocationId(*n)) == b"/log";
    let log = (0..site.locations().len() as u32).find(named).expect("it is there");
    exchange.route.location = crate::exchange::LocationId(log);
    let Some(Found::Answer(answer)) = exchange.run(&site) else { panic!("it returns") };
    assert_eq!(
        reply(&site, &exchange, answer),
        "200 10.0.0.1:1, 10.0.0.2:1 : 10.0.0.3:1|502, 502 : -|-, 1.003 : 0.007|0.012, 0.012 : 0.012|1|v|200|1.500|\
1700000001.500|2023-11-14T22:13:21+00:00|14/Nov/2023:22:13:21 +0000|b|80|GET /a HTTP/1.1"
    );
}

#[test]
fn what_is_not_known() {
    let (_, site) = site(
        "map $ssl_cipher $x { default y; } geoip_city d; server { listen 8000; auth_basic a; auth_basic_user_file f;
        location / { return 200 $x$geoip_city$geoip_org$sent_http_etag; } }",
    );
    assert_eq!(site.unknown_variables(), ["geoip_city", "sent_http_etag", "ssl_cipher"]);
    assert_eq!(site.assumptions(), ["every client passes \"auth_basic\""]);
}
