//! What groups hold after a configuration was read.

use super::*;
use crate::config::{NoHost, Options, compile};
use crate::modules::Target;
use crate::syntax::{NoFiles, Sources};

/// Reads `body` as the inside of `http` for a target, and looks at the groups.
fn check(target: &str, body: &str, look: impl FnOnce(&Upstreams)) {
    let text = format!("events {{}}\nhttp {{ {body} }}\n");
    let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
    let target = Target::parse(target).expect("a target");
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    let http = compiled.config.http.expect("http");
    look(compiled.config.scope(http).slot::<Upstreams>().expect("groups"));
}

fn group<'u>(upstreams: &'u Upstreams, name: &str) -> &'u Upstream {
    upstreams.get(upstreams.block(name).expect("a block"))
}

#[test]
fn servers() {
    let body = "upstream u { server 127.0.0.1 weight=3 max_conns=4 max_fails=5 fail_timeout=1m; server [::1]:81 down;
        server unix:/a backup drain route=r; zone u 64k; resolver 127.0.0.1; server a.example:82 resolve; }";
    check("nginx@1.31.3", body, |upstreams| {
        let servers = &group(upstreams, "U").servers;
        let first = &servers[0];
        assert_eq!((first.weight, first.max_conns, first.max_fails, first.fail_timeout), (3, 4, 5, 60));
        assert_eq!(first.parameter("weight=").map(|word| &*word.value), Some("weight=3"));
        let addresses: Vec<String> = servers.iter().flat_map(|s| &s.url.addresses).map(Address::to_string).collect();
        assert_eq!(addresses, ["127.0.0.1:80", "[::1]:81", "unix:/a"]);
        let standings: Vec<Standing> = servers.iter().map(|server| server.standing).collect();
        assert_eq!(standings, [Standing::Up, Standing::Down, Standing::Draining, Standing::Up]);
        assert!(servers[2].backup && servers[3].run_time && !servers[0].run_time);
        assert_eq!((servers[2].route.as_deref(), servers[3].url.port), (Some("r"), 82));
    });
}

#[test]
fn the_last_method_counts_and_what_it_replaces_is_lost() {
    let body = "upstream u { sticky cookie c; ip_hash; hash $uri consistent; server 127.0.0.1; }";
    check("nginx@1.31.3", body, |upstreams| {
        let group = group(upstreams, "u");
        assert!(matches!(&group.method, Method::Hash { key, consistent: true } if key.is_dynamic()));
        assert_eq!(group.sticky, None);
    });
    let body = "upstream u { least_time last_byte inflight; sticky route $arg_a; server 127.0.0.1; }";
    check("nginx@1.31.3", body, |upstreams| {
        let group = group(upstreams, "u");
        assert_eq!(group.method, Method::LeastTime { of: Timing::LastByte, inflight: true });
        assert_eq!(group.sticky, Some(Sticky::Route(vec!["arg_a".to_owned()])));
    });
}

#[test]
fn connections_kept() {
    let cases = [
        ("nginx@1.31.3", "", Some((32, true, 1000))),
        ("nginx@1.31.3", "keepalive 0;", None),
        ("nginx@1.31.3", "keepalive 4; least_conn;", Some((4, false, 1000))),
        ("nginx@1.22.1", "", None),
        ("nginx@1.22.1", "keepalive 4; keepalive_requests 5;", Some((4, false, 5))),
        ("nginx@1.22.1", "keepalive 4; least_conn;", None),
    ];
    for (target, lines, want) in cases {
        check(target, &format!("keepalive_requests 7; upstream u {{ {lines} server 127.0.0.1; }}"), |upstreams| {
            let kept = group(upstreams, "u").keepalive.as_ref();
            let kept = kept.map(|keepalive| (keepalive.connections, keepalive.local, keepalive.requests));
            assert_eq!(kept, want, "{target} {lines}");
        });
    }
}

#[test]
fn groups_made_by_addresses() {
    let body = "server { location /a { proxy_pass http://u; } location /b { proxy_pass http://b:81; }
        location /c { proxy_pass http://B:81/x; } location /d { proxy_pass http://127.0.0.1; } }
        upstream U { server 127.0.0.1; }";
    check("nginx@1.31.3", body, |upstreams| {
        let named: Vec<_> = upstreams.iter().map(|(_, u)| (&*u.name, u.port, u.is_explicit())).collect();
        assert_eq!(named, [("u", 0, true), ("b", 81, false), ("127.0.0.1", 80, false)]);
        let limits: Vec<u64> = upstreams.iter().map(|(_, u)| u.servers[0].max_fails).collect();
        assert_eq!(limits, [1, 1, 0]);
    });
}

#[test]
fn parameters_of_plus() {
    let body = "upstream u { random two least_time=last_byte; queue 5 timeout=1s; ntlm; server 127.0.0.1; }
        upstream v { state v.state; }";
    check("plus@r37", body, |upstreams| {
        let group = group(upstreams, "u");
        assert_eq!(group.method, Method::Random(Some(Two::LeastTime(Timing::LastByte))));
        assert_eq!((group.queue, group.ntlm), (Some(Queue { size: 5, timeout: 1000 }), true));
        assert!(upstreams.get(UpstreamId(1)).state.is_some());
    });
}
