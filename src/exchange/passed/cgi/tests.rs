//! Parameters of requests under configurations, in nginx's order.

use super::*;
use crate::config::compiled;
use crate::exchange::{Connection, Exchange, Line, ListenerId, Terms};

/// Compiles the inside of a server, and brings a request to its location.
fn arrived(server: &str, request: &str) -> (Site, Terms, Exchange) {
    let text = format!("events {{}} http {{ server {{ listen 8000; {server} }} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    let (site, _, terms) = Site::compile_live(&config, &target);
    let mut exchange = Exchange::default();
    let mut lines = request.split('\n');
    let (method, uri) = lines.next().unwrap().split_once(' ').unwrap();
    let line = Line { method: method.as_bytes(), target: uri.as_bytes(), version: 11 };
    exchange.start(&Connection::default(), line, crate::balance::Millis(0));
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        exchange.request.header(name.as_bytes(), value.as_bytes());
    }
    exchange.begin(&site, ListenerId(0));
    (site, terms, exchange)
}

/// `NAME=value` of all parameters.
fn check(server: &str, request: &str, wanted: &[&str]) {
    let (site, terms, mut exchange) = arrived(server, request);
    let cgi = terms.location(exchange.route.location).cgi.as_ref().expect("parameters");
    let mut found = Vec::new();
    cgi.params(&site, &mut exchange, &mut |name, value| {
        found.push(format!("{}={}", String::from_utf8_lossy(name), String::from_utf8_lossy(value)));
    });
    assert_eq!(found, wanted, "{request}\nunder {server}");
}

const PASS: &str = "fastcgi_pass 127.0.0.1:1;";

#[test]
fn parameters_come_before_headers() {
    let server = format!("location / {{ {PASS} fastcgi_param B $uri; fastcgi_param A \"$arg_x-\"; }}");
    let request = "GET /p?x=1\nHost: Example:81\nX-Some_thing: v\nAccept: a";
    check(&server, request, &["B=/p", "A=1-", "HTTP_HOST=example:81", "HTTP_ACCEPT=a"]);
    let server = format!("{server} underscores_in_headers on;");
    check(&server, request, &["B=/p", "A=1-", "HTTP_HOST=example:81", "HTTP_X_SOME_THING=v", "HTTP_ACCEPT=a"]);
}

#[test]
fn inherited_whole_or_not_at_all() {
    let server = format!("fastcgi_param A 1; location / {{ {PASS} }} location /own {{ {PASS} fastcgi_param B 2; }}");
    check(&server, "GET /\nHost: h", &["A=1", "HTTP_HOST=h"]);
    check(&server, "GET /own\nHost: h", &["B=2", "HTTP_HOST=h"]);
}

#[test]
fn headers_that_are_set() {
    let server = format!(
        "location / {{ {PASS} fastcgi_param HTTP_X_A set; fastcgi_param HTTP_ACCEPT ''; fastcgi_param http_host ''; }}"
    );
    let request = "GET /\nHost: h\nx-a: 1\nAccept: 2\nOther: 3";
    check(&server, request, &["HTTP_X_A=set", "http_host=", "HTTP_HOST=h", "HTTP_OTHER=3"]);
    check(
        &format!("location / {{ {PASS} fastcgi_param A '' if_not_empty; fastcgi_param B ''; }}"),
        "GET /\nHost: h",
        &["B=", "HTTP_HOST=h"],
    );
}

#[test]
fn headers_of_one_name_are_one() {
    let request = "GET /\nHost: h\nX: 1\ncookie: a=1\nY: 2\nx: 3\nCookie: b=2";
    check(
        &format!("location / {{ {PASS} }}"),
        request,
        &["HTTP_HOST=h", "HTTP_X=1, 3", "HTTP_COOKIE=a=1; b=2", "HTTP_Y=2"],
    );
    check(&format!("location / {{ {PASS} fastcgi_pass_request_headers off; }}"), request, &["HTTP_HOST=h"]);
}

#[test]
fn script_and_path() {
    let params = "fastcgi_param S $fastcgi_script_name; fastcgi_param P $fastcgi_path_info;";
    let server = format!(
        "fastcgi_index index.php; {params} location / {{ {PASS} }} \
         location /split {{ {PASS} fastcgi_split_path_info ^(/split/.*\\.php)(.*)$; }} \
         location /plain {{ {PASS} fastcgi_index ''; }}"
    );
    for (uri, script, path) in [
        ("/a/", "/a/index.php", ""),
        ("/a", "/a", ""),
        ("/split/x.php/more", "/split/x.php", "/more"),
        ("/split/x.php", "/split/x.php", ""),
        ("/split/", "/split/index.php", ""),
        ("/plain/", "/plain/", ""),
    ] {
        let wanted = [&format!("S={script}"), &format!("P={path}"), "HTTP_HOST=h"];
        check(&server, &format!("GET {uri}\nHost: h"), &wanted);
    }
}

#[test]
fn what_each_protocol_has() {
    let own = |server: &str| {
        let (_, terms, exchange) = arrived(&format!("location / {{ {server} }}"), "GET /\nHost: h");
        let of = terms.location(exchange.route.location);
        let cgi = of.cgi.as_ref().expect("parameters");
        assert_eq!(cgi.treatments.of(b"Status").is_some(), !server.starts_with("uwsgi"), "{server}");
        (format!("{:?}", cgi.own), cgi.pass_body)
    };
    assert_eq!(own("fastcgi_pass 127.0.0.1:1;"), ("Fastcgi { keep: false, catch: [] }".to_owned(), true));
    let text = "fastcgi_pass 127.0.0.1:1; fastcgi_keep_conn on; fastcgi_catch_stderr A; fastcgi_pass_request_body off;";
    assert_eq!(own(text), ("Fastcgi { keep: true, catch: [[65]] }".to_owned(), false));
    assert_eq!(own("scgi_pass 127.0.0.1:1;"), ("Scgi".to_owned(), true));
    let text = "uwsgi_pass 127.0.0.1:1; uwsgi_modifier1 5; uwsgi_modifier2 9; uwsgi_string A;";
    assert_eq!(own(text), ("Uwsgi { modifiers: (5, 9), string: [65] }".to_owned(), true));
}

#[test]
fn keys() {
    let key = |server: &str| {
        let server = format!("location / {{ memcached_pass 127.0.0.1:1; memcached_gzip_flag 2; {server} }}");
        let (site, terms, mut exchange) = arrived(&server, "GET /k?a\nHost: h");
        let of = terms.location(exchange.route.location).memcached.as_ref().expect("memcached");
        assert_eq!(of.gzip_flag, 2);
        of.key(&site, &mut exchange).map(|key| String::from_utf8_lossy(key).into_owned())
    };
    assert_eq!(key("set $memcached_key \"$uri?$args\";").as_deref(), Some("/k?a"));
    assert_eq!(key("set $memcached_key $arg_none;"), None);
}
