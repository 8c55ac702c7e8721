//! What a reload keeps.

use std::time::Duration;

use super::*;
use crate::balance::{Millis, Tier};
use crate::config::compiled;
use crate::exchange::{Located, Site};
use crate::modules::Target;

fn plan(http: &str) -> Plan {
    let text = format!("events {{}} http {{ resolver 127.0.0.1; {http} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    Site::compile(&config, &target).1
}

/// The peers of the first group: address, hashed text, weight.
fn peers(zones: &Zones, tier: Tier) -> Vec<String> {
    let peer = |peer: &crate::balance::Peer| {
        let text = String::from_utf8_lossy(&peer.server.text).into_owned();
        format!("{} {text} {}", peer.server.addr, peer.parameters.weight)
    };
    zones.group(UpstreamId(0), |group| group.peers(tier).iter().map(peer).collect()).unwrap_or_default()
}

#[test]
fn names_keep_their_peers() {
    let old =
        plan("upstream u { zone z 64k; server 127.0.0.9:1; server a.test:80 resolve; server b.test:80 resolve; }");
    let zones = Zones::new(&old, None);
    let until = Instant::now() + Duration::from_secs(9);
    for (name, ip) in old.upstreams[0].names.iter().zip(["10.0.0.1", "10.0.0.2"]) {
        let found = name.peers(&[ip.parse().expect("an address")]);
        zones.group(UpstreamId(0), |group| group.resolve(Tier::Primary, name.line, found));
        zones.note_good(UpstreamId(0), name.line, until);
    }
    let new = plan(
        "upstream u { zone z 128k; server 127.0.0.8:1; server 127.0.0.7:1; server b.test:81 resolve weight=3;
            server c.test:80 resolve; }",
    );
    let after = Zones::new(&new, Some((&zones, &old)));
    let want = ["127.0.0.8:1 127.0.0.8:1 1", "127.0.0.7:1 127.0.0.7:1 1", "10.0.0.2:81 b.test:81 3"];
    assert_eq!(peers(&after, Tier::Primary), want);
    assert_eq!(after.good_until(UpstreamId(0), 2), Some(until));
    assert_eq!(after.good_until(UpstreamId(0), 3), None);
    // Another zone, or another group, has nothing to go on from.
    for other in ["upstream u { zone y 64k;", "upstream v { zone z 64k;"] {
        let new = plan(&format!("{other} server b.test:81 resolve; }}"));
        assert!(peers(&Zones::new(&new, Some((&zones, &old))), Tier::Primary).is_empty());
    }
}

#[test]
fn services_keep_their_records() {
    let old = plan("upstream u { zone z 64k; server a.test service=http resolve; }");
    let zones = Zones::new(&old, None);
    let located = |address: &str, priority, weight| {
        let (address, name) = (address.parse().expect("an address"), "host.test".into());
        Located { address, name, priority, weight }
    };
    let name = &old.upstreams[0].names[0];
    for (tier, found) in name.located(&[located("10.0.0.1:8001", 1, 5), located("10.0.0.2:8002", 2, 7)]) {
        zones.group(UpstreamId(0), |group| group.resolve(tier, name.line, found));
    }
    for (weight, want) in [("", [5, 7]), ("weight=2", [2, 2])] {
        let new = plan(&format!(
            "upstream u {{ zone z 64k; server 127.0.0.9:1; server 127.0.0.9:2 backup;
                server a.test service=http resolve {weight}; }}"
        ));
        let after = Zones::new(&new, Some((&zones, &old)));
        let last = |tier| peers(&after, tier).pop().expect("a peer");
        assert_eq!(last(Tier::Primary), format!("10.0.0.1:8001 host.test {}", want[0]));
        assert_eq!(last(Tier::Backup), format!("10.0.0.2:8002 host.test {}", want[1]));
    }
}

const LIMITS: &str = "limit_req_zone $uri zone=r:64k rate=1r/s; limit_conn_zone $uri zone=c:64k;
    upstream u { server 127.0.0.1:1; sticky learn create=$upstream_cookie_a lookup=$cookie_a zone=s:64k timeout=1h; }";

fn excess(zones: &Zones, zone: usize) -> bool {
    let limit = crate::exchange::limits::RequestLimit { zone, key: b"k"[..].into(), burst: 0, delay: 0 };
    let verdict = crate::exchange::limits::check(&[limit], &mut lock(&zones.requests), Millis(1));
    matches!(verdict.verdict, crate::exchange::limits::Verdict::Rejected(_))
}

#[test]
fn each_zone_goes_on_by_its_name() {
    let old = plan(LIMITS);
    let zones = Zones::new(&old, None);
    assert!(!excess(&zones, 0));
    assert!(lock(&zones.connections[0]).hold(b"k", 1));
    lock(&zones.sessions[0]).learn(b"name", &"server".into(), true, Millis(1));
    let same = Zones::new(&plan(LIMITS), Some((&zones, &old)));
    assert!(Arc::ptr_eq(&same.requests, &zones.requests));
    let new = plan(&format!(
        "limit_req_zone $uri zone=first:64k rate=1r/s; limit_conn_zone $uri zone=first_c:64k; {}",
        LIMITS.replace("rate=1r/s", "rate=9r/s").replace("timeout=1h", "timeout=10ms")
    ));
    let after = Zones::new(&new, Some((&zones, &old)));
    assert!(!excess(&after, 0));
    assert!(excess(&after, 1));
    assert!(!lock(&after.connections[1]).hold(b"k", 1));
    assert_eq!(lock(&after.sessions[0]).find(b"name", Millis(5)), Some("server"));
    assert_eq!(lock(&after.sessions[0]).find(b"name", Millis(20)), None);
    // Another size is another zone.
    let larger = plan(&LIMITS.replace("64k", "128k"));
    let after = Zones::new(&larger, Some((&zones, &old)));
    assert!(!excess(&after, 0) && lock(&after.connections[0]).hold(b"k", 1) && lock(&after.sessions[0]).is_empty());
}

#[test]
fn zones_that_clash() {
    let old = plan(LIMITS);
    assert_eq!(plan(LIMITS).clash(&old), None);
    let cases = [
        (
            "limit_req_zone $uri",
            "limit_req_zone $host",
            "limit_req \"r\" uses the \"$host\" key while previously it used the \"$uri\" key",
        ),
        (
            "limit_conn_zone $uri",
            "limit_conn_zone $host",
            "limit_conn_zone \"c\" uses the \"$host\" key while previously it used the \"$uri\" key",
        ),
        (
            "upstream u",
            "upstream v",
            "sticky zone \"s\" is used in upstream \"v\" while previously it was used in upstream \"u\"",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(plan(&LIMITS.replace(from, to)).clash(&old).as_deref(), Some(message));
    }
}
