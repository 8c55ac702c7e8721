//! Who gets in, by what a location asks for.

use std::sync::Arc;

use super::Entry;
use crate::balance::Millis;
use crate::config::compiled;
use crate::exchange::aside::Sub;
use crate::exchange::files::{Files, Links, Unread};
use crate::exchange::{Connection, Exchange, Headers, Line, ListenerId, Site};
use crate::modules::Target;

/// One file of passwords.
#[derive(Debug)]
struct Passwords;

impl Files for Passwords {
    fn exists(&self, _: &[u8], _: bool, _: Links) -> bool {
        false
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, Unread> {
        match path {
            b"/users" => Ok(b"ann:{PLAIN}secret\n".to_vec()),
            b"/secret" => Err(Unread::Refused),
            _ => Err(Unread::Missing),
        }
    }
}

/// `ann:secret`, `ann:wrong`
const RIGHT: Option<&str> = Some("Basic YW5uOnNlY3JldA==");
const WRONG: Option<&str> = Some("Basic YW5uOndyb25n");

/// A request from 10.0.0.1 to a location with these directives; up to where it has to go on without us.
fn arrive(directives: &str, credentials: Option<&str>) -> (Site, Exchange, Entry) {
    let text = format!("events {{}} http {{ server {{ location / {{ {directives} }} }} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    let (site, ..) = Site::compile_live(&config, &target);
    let site = site.with_files(Arc::new(Passwords));
    let mut exchange = Exchange::default();
    let connection = Connection { client: Some([10, 0, 0, 1].into()), ..Connection::default() };
    exchange.start(&connection, Line { method: b"GET", target: b"/?a=1", version: 11 }, Millis(0));
    exchange.request.header(b"Host", b"localhost");
    if let Some(credentials) = credentials {
        exchange.request.header(b"Authorization", credentials.as_bytes());
    }
    exchange.begin(&site, ListenerId(0));
    let entry = exchange.admit(&site);
    (site, exchange, entry)
}

#[track_caller]
fn check(directives: &str, credentials: Option<&str>, want: Entry) {
    let (_, exchange, entry) = arrive(directives, credentials);
    assert_eq!(entry, want, "{directives}");
    let challenges = exchange.challenges.len();
    assert_eq!(challenges > 0, matches!(entry, Entry::Refused(401) | Entry::Later(401, _)), "{directives}");
}

const BASIC: &str = "auth_basic realm; auth_basic_user_file /users;";

#[test]
fn passwords() {
    check(BASIC, RIGHT, Entry::Open);
    check(BASIC, WRONG, Entry::Refused(401));
    check(BASIC, None, Entry::Refused(401));
    check(BASIC, Some("Bearer x"), Entry::Refused(401));
    check("auth_basic off; auth_basic_user_file /users;", None, Entry::Open);
    check("auth_basic realm;", None, Entry::Open);
    check("auth_basic realm; auth_basic_user_file /nowhere;", RIGHT, Entry::Refused(403));
    check("auth_basic realm; auth_basic_user_file /secret;", RIGHT, Entry::Refused(500));
    check("auth_basic $arg_a; auth_basic_user_file /users$arg_b;", RIGHT, Entry::Open);
    check(&format!("{BASIC} auth_delay 2s;"), WRONG, Entry::Later(401, 2000));
}

#[test]
fn all_or_any() {
    let (deny, allow) = ("deny 10.0.0.1; ", "allow 10.0.0.1; deny all; ");
    check(&format!("{deny}{BASIC}"), RIGHT, Entry::Refused(403));
    check(&format!("{allow}{BASIC}"), WRONG, Entry::Refused(401));
    check(&format!("satisfy any; {deny}{BASIC}"), RIGHT, Entry::Open);
    check(&format!("satisfy any; {deny}{BASIC}"), WRONG, Entry::Refused(401));
    check(&format!("satisfy any; {allow}{BASIC}"), WRONG, Entry::Open);
    check("satisfy any; deny all; auth_basic realm; auth_basic_user_file /nowhere;", RIGHT, Entry::Refused(403));
    check(&format!("satisfy any; {deny}"), None, Entry::Refused(403));
}

#[test]
fn a_subrequest_decides() {
    for (status, want) in [
        (200, Entry::Open),
        (204, Entry::Open),
        (401, Entry::Refused(401)),
        (403, Entry::Refused(403)),
        (404, Entry::Refused(500)),
        (500, Entry::Refused(500)),
    ] {
        let (site, mut exchange, entry) = arrive("auth_request /auth; auth_request_set $who $upstream_http_who;", None);
        let Entry::Ask(uri) = entry else { panic!("{entry:?}") };
        assert_eq!(exchange.text(&site, uri), b"/auth");
        let mut sub = Exchange::default();
        sub.start_within(&exchange, Millis(0));
        sub.request
            .begin_within(&exchange.request, &Sub { uri: b"/auth", args: b"", keeps_args: false, keeps_method: false });
        sub.route.begin_within(&exchange.route, &site);
        assert_eq!((sub.request.uri(), sub.request.args()), (&b"/auth"[..], &b""[..]));
        assert_eq!(sub.admit(&site), Entry::Open);
        sub.upstream_headers.push(b"WWW-Authenticate", b"Other");
        sub.status = status;
        exchange.take_over(&site, &mut sub, &Headers::default());
        exchange.admission.answered(status);
        assert_eq!(exchange.admit(&site), want, "{status}");
        let asked: Vec<_> = exchange.challenges.iter().collect();
        assert_eq!(asked, if status == 401 { vec![(&b"WWW-Authenticate"[..], &b"Other"[..])] } else { vec![] });
    }
}

#[test]
fn a_simulation_asks_nobody() {
    let text = format!("events {{}} http {{ server {{ location / {{ {BASIC} }} }} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    let (site, _) = Site::compile(&config, &target);
    let mut exchange = Exchange::default();
    exchange.start(&Connection::default(), Line { method: b"GET", target: b"/", version: 10 }, Millis(0));
    exchange.begin(&site, ListenerId(0));
    assert_eq!(exchange.admit(&site), Entry::Open);
}
