//! Sessions up to where bytes would go, and what becomes of those that get no peer.

use std::net::{IpAddr, SocketAddr};

use super::{Happened, Session, Sessions, Step};
use crate::balance::{Glibc, Group, Millis, Queue, Sessions as Bound, Unwatched};
use crate::config::compiled;
use crate::exchange::limits::{ConnectionZone, RequestZone};
use crate::exchange::{Connection, ListenerId, Memory, Plan, Site, Ticket, Upstream, World};
use crate::modules::Target;
use crate::modules::shared::upstream::UpstreamId;

struct Own {
    groups: Vec<Group>,
    connections: Vec<ConnectionZone>,
}

impl Memory for Own {
    fn group<T>(&mut self, upstream: UpstreamId, work: impl FnOnce(&mut Group) -> T) -> T {
        work(&mut self.groups[upstream.0])
    }

    fn queue<T>(&mut self, _: UpstreamId, _: impl FnOnce(&mut Queue<Ticket>) -> T) -> Option<T> {
        None
    }

    fn sessions<T>(&mut self, _: usize, work: impl FnOnce(&mut Bound) -> T) -> T {
        work(&mut Bound::new(0, 0))
    }

    fn requests<T>(&mut self, work: impl FnOnce(&mut [RequestZone]) -> T) -> T {
        work(&mut [])
    }

    fn connections<T>(&mut self, zone: usize, work: impl FnOnce(&mut ConnectionZone) -> T) -> T {
        work(&mut self.connections[zone])
    }

    fn addresses(&mut self, _: &str) -> Option<Vec<IpAddr>> {
        None
    }
}

/// A `stream` with its state.
struct Streams {
    site: Site,
    plan: Plan,
    sessions: Sessions,
    memory: Own,
    now: Millis,
}

impl Streams {
    /// The block's content before its one server, and the server's.
    fn new(around: &str, server: &str) -> Streams {
        let text = format!("events {{}} stream {{ {around} server {{ listen 1; {server} }} }}");
        let target = Target::default();
        let config = compiled(&text, &target);
        let (site, plan, sessions) = Site::compile_sessions(&config, &target).expect("a server");
        let groups = plan.upstreams.iter().map(Upstream::fresh).collect();
        let memory = Own { groups, connections: plan.fresh_connections() };
        Streams { site, plan, sessions, memory, now: Millis(1_000_000) }
    }

    fn step(&mut self, step: impl FnOnce(&mut World<Own, Glibc, Unwatched>) -> Step) -> Step {
        let Streams { site, plan, memory, now, .. } = self;
        let (rng, watch) = (&mut Glibc::new(1), &mut Unwatched);
        step(&mut World { site, plan, memory, rng, watch, now: *now, ticket: 0 })
    }

    /// A client comes, whose balancer says that it is `proxied`.
    fn arrive(&mut self, client: [u8; 4], proxied: Option<&str>) -> (Session, Step) {
        let proxied = proxied.map(|address| address.parse::<SocketAddr>().expect("an address"));
        let connection =
            Connection { client: Some(client.into()), client_port: 9, number: 7, proxied, ..Connection::default() };
        let mut session = Session::default();
        let server = self.site.listener(ListenerId(0)).default;
        session.start(&self.site, server, &connection, self.now);
        // Out of `self`, of which a step takes the rest.
        let sessions = std::mem::take(&mut self.sessions);
        let step = self.step(|world| session.arrive(&connection, sessions.server(server), world));
        self.sessions = sessions;
        (session, step)
    }

    fn tell(&mut self, session: &mut Session, happened: Happened) -> Step {
        self.step(|world| session.on(happened, world))
    }

    /// Peers that a session goes to where none can be reached, and its status.
    fn refused_everywhere(&mut self) -> String {
        let (mut session, mut step) = self.arrive([10, 0, 0, 1], None);
        while step == Step::Connect {
            step = self.tell(&mut session, Happened::Refused);
        }
        assert_eq!(step, Step::Done);
        let tried: Vec<&str> = session.exchange.attempts.iter().map(|attempt| &*attempt.addr).collect();
        format!("{} {}", tried.join(" "), session.exchange.status)
    }
}

/// What a client gets from a server, or the status that it is sent away with.
#[track_caller]
fn check(around: &str, server: &str, proxied: Option<&str>, want: &str) {
    let mut streams = Streams::new(around, server);
    let (session, step) = streams.arrive([10, 0, 0, 1], proxied);
    let got = match step {
        Step::Return(text) => String::from_utf8_lossy(session.exchange.text(&streams.site, text)).into_owned(),
        Step::Connect => session.exchange.attempts.last().expect("a try").addr.clone(),
        Step::Done => session.exchange.status.to_string(),
        Step::Resolve => {
            String::from_utf8_lossy(session.exchange.name_to_resolve(&streams.site).expect("a name")).into()
        }
        Step::Relay => "relay".to_owned(),
    };
    assert_eq!(got, want, "{around} {server}");
}

#[test]
fn texts() {
    check("", "return $remote_addr:$remote_port:$connection:$protocol:$status;", None, "10.0.0.1:9:7:TCP:000");
    check("", "set $a b$protocol; return $a;", None, "bTCP");
    check("map $remote_addr $m { 10.0.0.1 yes; default no; }", "return $m;", None, "yes");
    check("geo $g { 10.0.0.0/8 near; }", "return $g;", None, "near");
    check("geo $g { 10.0.0.0/8 near; }", "proxy_pass 127.0.0.1:1; return $g;", None, "near");
    check("", "return a; proxy_pass 127.0.0.1:1;", None, "127.0.0.1:1");
    check("", "set $nothing ''; return $nothing;", None, "200");
    check("", "server_name a.example;", None, "500");
}

#[test]
fn variables_name_groups_addresses_and_names() {
    let group = "upstream Named { server 127.0.0.1:1; } upstream 127.0.0.1:9 { server 127.0.0.1:2; }";
    check(group, "set $to NAMED; proxy_pass $to;", None, "127.0.0.1:1");
    // A name is a name: the port of an address is none of it.
    check(group, "proxy_pass 127.0.0.1:$remote_port;", None, "127.0.0.1:9");
    check(group, "set $to 127.0.0.1:3; proxy_pass $to;", None, "127.0.0.1:3");
    check(group, "set $to unix:/a; proxy_pass $to;", None, "unix:/a");
    check("resolver 127.0.0.1;", "set $to a.example:3; proxy_pass $to;", None, "a.example");
    for (to, message) in [
        ("a.example:3", "no resolver defined to resolve a.example"),
        ("a.example", "no port in upstream \"a.example\""),
        ("127.0.0.1", "no port in upstream \"127.0.0.1\""),
        ("''", "no host in upstream \"\""),
        ("a.example:99999", "invalid port in upstream \"a.example:99999\""),
    ] {
        let mut streams = Streams::new("", &format!("set $to {to}; proxy_pass $to;"));
        let (session, step) = streams.arrive([10, 0, 0, 1], None);
        assert_eq!((step, session.exchange.status), (Step::Done, 500), "{to}");
        let said = session.exchange.notes.iter();
        let said: Vec<_> = said.map(|note| note.message(&streams.site, &streams.plan, &session.exchange)).collect();
        assert_eq!(said, [message.as_bytes()], "{to}");
    }
}

#[test]
fn addresses_of_a_name_are_tried_in_turn() {
    let mut streams = Streams::new("resolver 127.0.0.1;", "set $to a.example:3; proxy_pass $to;");
    let (mut session, step) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!(step, Step::Resolve);
    session.exchange.addresses = vec![[10, 0, 0, 2].into(), [10, 0, 0, 3].into()];
    assert_eq!(streams.tell(&mut session, Happened::Resolved), Step::Connect);
    assert_eq!(streams.tell(&mut session, Happened::Refused), Step::Connect);
    let tried: Vec<&str> = session.exchange.attempts.iter().map(|attempt| &*attempt.addr).collect();
    assert_eq!(tried, ["10.0.0.2:3", "10.0.0.3:3"]);
    let (mut session, _) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!((streams.tell(&mut session, Happened::Failed), session.exchange.status), (Step::Done, 500));
}

#[test]
fn who_may_come() {
    check("deny 10.0.0.0/8;", "return a;", None, "403");
    check("deny all;", "allow 10.0.0.1; deny all; return a;", None, "a");
    let real = "set_real_ip_from 10.0.0.0/8; return $remote_addr:$remote_port:$realip_remote_addr:$realip_remote_port;";
    check("", real, Some("192.0.2.1:5"), "192.0.2.1:5:10.0.0.1:9");
    check("", real, None, "10.0.0.1:9:10.0.0.1:9");
    check("set_real_ip_from 10.0.0.2;", "return $remote_addr;", Some("192.0.2.1:5"), "10.0.0.1");
    check("", "set_real_ip_from 10.0.0.1; deny 192.0.2.1; return a;", Some("192.0.2.1:5"), "403");
}

#[test]
fn connections_are_counted_while_sessions_live() {
    let zone = "limit_conn_zone $remote_addr zone=z:1m;";
    let mut streams = Streams::new(zone, "limit_conn z 1; proxy_pass 127.0.0.1:1;");
    let (mut first, step) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!(step, Step::Connect);
    let (second, step) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!((step, second.exchange.status), (Step::Done, 503));
    streams.tell(&mut first, Happened::Connected);
    assert_eq!(streams.tell(&mut first, Happened::Over), Step::Done);
    assert_eq!(streams.arrive([10, 0, 0, 1], None).1, Step::Connect);
}

#[test]
fn the_next_peer_is_tried_as_the_settings_say() {
    let group =
        "upstream u { server 127.0.0.1:1; server 127.0.0.1:2; server 127.0.0.1:3 backup; server 127.0.0.1:4 down; }";
    for (settings, want) in [
        ("", "127.0.0.1:1 127.0.0.1:2 127.0.0.1:3 502"),
        ("proxy_next_upstream off;", "127.0.0.1:1 502"),
        ("proxy_next_upstream_tries 2;", "127.0.0.1:1 127.0.0.1:2 502"),
    ] {
        let mut streams = Streams::new(group, &format!("proxy_pass u; {settings}"));
        assert_eq!(streams.refused_everywhere(), want, "{settings}");
    }
    let mut streams = Streams::new(group, "proxy_pass u;");
    streams.refused_everywhere();
    assert_eq!(streams.refused_everywhere(), "u 502", "none is live");
}

#[test]
fn no_other_peer_after_the_time_for_it() {
    let group = "upstream u { server 127.0.0.1:1; server 127.0.0.1:2; }";
    let mut streams = Streams::new(group, "proxy_pass u; proxy_next_upstream_timeout 2s;");
    let (mut session, _) = streams.arrive([10, 0, 0, 1], None);
    streams.now = streams.now.plus(2000);
    assert_eq!(streams.tell(&mut session, Happened::ConnectTimeout), Step::Done);
    assert_eq!(session.exchange.status, 502);
}

/// A peer that failed is well again once a connection to it stands, however long the session then lasts.
#[test]
fn a_connection_makes_a_peer_well() {
    let group = "upstream u { server 127.0.0.1:1 fail_timeout=1s; server 127.0.0.1:2 backup; }";
    let mut streams = Streams::new(group, "proxy_pass u;");
    let fails = |streams: &Streams| streams.memory.groups[0].all().next().expect("a peer").1.fails;
    let (mut session, _) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!(streams.tell(&mut session, Happened::Refused), Step::Connect);
    assert_eq!((session.exchange.attempts.last().expect("a try").addr.as_str(), fails(&streams)), ("127.0.0.1:2", 1));
    streams.now = streams.now.plus(3000);
    let (mut session, _) = streams.arrive([10, 0, 0, 1], None);
    assert_eq!(streams.tell(&mut session, Happened::Connected), Step::Relay);
    assert_eq!(fails(&streams), 0);
}

#[test]
fn times_of_a_session() {
    let group = "upstream u { server 127.0.0.1:1; server 127.0.0.1:2; }";
    let mut streams = Streams::new(group, "proxy_pass u;");
    let (mut session, _) = streams.arrive([10, 0, 0, 1], None);
    for happened in [Happened::Connected, Happened::FirstByte, Happened::Over] {
        streams.now = streams.now.plus(10);
        streams.tell(&mut session, happened);
    }
    let attempt = session.exchange.attempts.last().expect("a try");
    assert_eq!((attempt.connect_time, attempt.header_time, attempt.response_time), (Some(10), Some(20), Some(30)));
    assert_eq!(
        (session.exchange.status, streams.memory.groups[0].all().map(|(_, peer)| peer.conns).sum::<u64>()),
        (200, 0)
    );
}
