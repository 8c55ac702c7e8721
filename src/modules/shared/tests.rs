//! What the typed results hold after a configuration was read.

use super::access::Rules;
use super::geo::Geos;
use super::log_format::{Escape, LogFormats};
use super::map::Maps;
use super::split_clients::{Splits, murmur_hash2};
use crate::config::{Config, Scope, compiled};
use crate::modules::Target;
use crate::modules::http::limit_req::{ReqLimits, ReqZones};

/// Reads `body` as the inside of `http`.
fn http(target: &str, body: &str) -> Config {
    let text = format!("events {{}} http {{ {body} }}");
    let target = Target::parse(target).expect("a target");
    compiled(&text, &target)
}

fn scope(config: &Config) -> &Scope {
    config.scope(config.http.expect("http"))
}

#[test]
fn maps() {
    let body = r"map $host $x { hostnames; default d; a.com exact; .b.com domain; *.c.com under; *.com com;
        www.d.* start; www.d.e.* longer; ~^q regex; '' empty; } ";
    let config = http("nginx@1.31.3", body);
    let map = &scope(&config).slot::<Maps>().expect("maps").maps[0];
    let find = |text| map.find(text).and_then(|entry| entry.value.literal());
    let cases = [
        ("a.com", Some("exact")),
        ("A.COM.", Some("exact")),
        ("b.com", Some("domain")),
        ("x.b.com", Some("domain")),
        ("c.com", Some("com")),
        ("x.y.c.com", Some("under")),
        ("www.d.net", Some("start")),
        ("www.d.e.net", Some("longer")),
        ("www.d.com", Some("com")),
        ("q.net", Some("regex")),
        ("", Some("empty")),
        ("com", None),
        ("Q", None),
    ];
    for (text, want) in cases {
        assert_eq!(find(text), want, "{text}");
    }
    assert_eq!(map.default.as_ref().and_then(|text| text.literal()), Some("d"));
}

#[test]
fn geos() {
    let body = "geo $x { default d; 10.0.0.0/8 a; 10.1.0.0/16 b; ::1 c; 10.2.0.0/16 e; delete 10.2.0.0/16; }
        geo $y { ranges; default d; 10.0.0.0-10.9.255.255 a; 10.1.0.0-10.1.0.9 b; 10.2.0.1-10.2.0.9 c;
            delete 10.2.0.1-10.2.0.9; }";
    let config = http("nginx@1.31.3", body);
    let geos = &scope(&config).slot::<Geos>().expect("geos").0;
    let find = |n: usize, text: &str| geos[n].base.find(text.parse().expect("an address")).map(|value| &**value);
    let cases = [
        ("10.0.0.1", "a", "a"),
        ("10.1.0.1", "b", "b"),
        ("10.1.0.10", "b", "a"),
        ("10.2.0.1", "a", "d"),
        ("::ffff:10.1.0.1", "b", "b"),
        ("::1", "c", "d"),
        ("::2", "d", "d"),
        ("255.255.255.255", "d", "d"),
    ];
    for (text, networks, ranges) in cases {
        assert_eq!((find(0, text), find(1, text)), (Some(networks), Some(ranges)), "{text}");
    }
}

#[test]
fn splits() {
    let body = "split_clients $remote_addr $x { 0.5% a; 2% b; * c; } split_clients $remote_addr $y { 50% a; 50% b; }";
    let ends = |target| {
        let config = http(target, body);
        let splits = scope(&config).slot::<Splits>().expect("splits").0.clone();
        splits.iter().flat_map(|split| split.parts.iter().map(|part| part.below)).collect::<Vec<_>>()
    };
    let first = [Some(21_474_836), Some(107_374_181), None, Some(2_147_483_647)];
    assert_eq!(ends("nginx@1.31.3"), [&first[..], &[None]].concat());
    assert_eq!(ends("nginx@1.22.1"), [&first[..], &[Some(4_294_967_294)]].concat());
    assert_eq!([murmur_hash2(b""), murmur_hash2(b"a"), murmur_hash2(b"abcde")], [0, 0x9268_5f5e, 0x5f09_a8de]);
}

#[test]
fn limits_rules_and_logs() {
    let body = "limit_req_zone $host zone=a:1m rate=30r/m; limit_req zone=a burst=5 delay=2;
        allow 10.0.0.0/8; allow unix:; deny all; log_format f escape=json '$host ' $status;";
    let config = http("nginx@1.31.3", body);
    let http = scope(&config);
    assert_eq!(http.slot::<ReqZones>().expect("zones").0[0].rate, 500);
    let limit = http.slot::<ReqLimits>().expect("limits").0[0];
    assert_eq!((limit.burst, limit.delay), (5000, 2000));
    let rules = http.slot::<Rules>().expect("rules");
    let allowed = |client: Option<&str>| {
        rules.decide(client.map(|text| text.parse().expect("an address"))).map(|rule| rule.allow)
    };
    assert_eq!([Some("10.1.1.1"), None, Some("::1")].map(allowed), [Some(true), Some(true), Some(false)]);
    let format = &http.slot::<LogFormats>().expect("formats").0[0];
    assert_eq!((format.escape, format.text.0.len()), (Escape::Json, 3));
}
