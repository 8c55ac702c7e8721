//! SRV records, and names that are watched.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::WAIT;
use super::fake::{Ask, Fake, Heard, a, alias, check, jump, resolver, srv};
use crate::balance::{Group, Tier};
use crate::config::compiled;
use crate::exchange::{Name, Site};
use crate::modules::Target;
use crate::serve::resolver::watch;

/// The group of an `upstream` block and its names.
fn group(lines: &str) -> (Group, Vec<Name>) {
    let text = format!("events {{}} http {{ resolver 127.0.0.1; upstream u {{ zone z 1m; {lines} }} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    let (_, plan) = Site::compile(&config, &target);
    let upstream = plan.upstreams.first().unwrap();
    (upstream.fresh(), upstream.names.clone())
}

/// Its peers: address, text, weight, and where a backup begins.
fn shown(group: &Group) -> String {
    let peers = group.all().map(|(id, peer)| {
        let backup = if id.tier == Tier::Backup { " backup" } else { "" };
        format!(
            "{} {} {}{backup}",
            peer.server.addr,
            String::from_utf8_lossy(&peer.server.text),
            peer.parameters.weight
        )
    });
    peers.collect::<Vec<_>>().join(", ")
}

#[test]
fn services_come_by_priority_and_weight() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match (&*ask.name, ask.kind) {
            ("_http._tcp.x", _) => ask.says(&[
                srv(9, 1, 81, "late", 60),
                srv(1, 1, 82, "one", 60),
                srv(1, 5, 83, "two", 60),
                srv(1, 0, 84, "gone", 60),
            ]),
            ("alias.x", RecordType::SRV) => ask.says(&[alias("_http._tcp.x", 60)]),
            ("gone", _) => ask.fails(ResponseCode::ServFail),
            ("two", _) => ask.says(&[a("127.0.0.2", 7), a("127.0.0.3", 60)]),
            _ => ask.says(&[a("127.0.0.1", 60)]),
        });
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        let service = resolver.service("alias.x", WAIT).await;
        let left = service.valid_until - tokio::time::Instant::now();
        assert!(left <= Duration::from_secs(7), "as long as the least of its hosts: {left:?}");
        let found: Vec<_> = service.found.unwrap().iter().map(|at| format!("{} {}", at.address, at.weight)).collect();
        // The number 1 is in the share of `two`, which is 10 of 11.
        assert_eq!(found, ["127.0.0.2:83 5", "127.0.0.3:83 5", "127.0.0.1:82 1", "127.0.0.1:81 1"]);
        let unresolved: Vec<_> = service.unresolved.iter().map(|(name, why)| format!("{name} {why}")).collect();
        assert_eq!(unresolved, ["gone 2: Server failure"]);
    });
}

#[test]
fn a_service_without_hosts() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match (&*ask.name, ask.kind) {
            ("both", RecordType::SRV) => ask.says(&[srv(1, 1, 1, "bad", 60), srv(1, 1, 1, "none", 60)]),
            ("bad", RecordType::SRV) => ask.says(&[srv(1, 1, 1, "bad", 60)]),
            ("none", _) => ask.fails(ResponseCode::NXDomain),
            ("empty", _) => ask.says(&[]),
            _ => ask.fails(ResponseCode::ServFail),
        });
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        for (name, want) in [("both", 3), ("bad", 2), ("none", 3), ("empty", 3), ("other", 2)] {
            assert_eq!(resolver.service(name, WAIT).await.found.unwrap_err().code, want, "{name}");
        }
    });
}

/// Watches the names of a group and keeps it up to date.
fn follow(lines: &str, fake: &Fake, words: &str) -> (Rc<RefCell<Group>>, Rc<Heard>, Rc<Heard>) {
    let (resolver, log) = resolver(&[fake], words);
    let (group, names) = group(lines);
    let (group, told) = (Rc::new(RefCell::new(group)), Rc::new(Heard::default()));
    for name in names {
        let (group, told) = (group.clone(), told.clone());
        tokio::task::spawn_local(watch(resolver.clone(), name, Duration::from_secs(2), None, move |name, update| {
            match update {
                Ok(update) => {
                    for (tier, peers) in update.lists {
                        group.borrow_mut().resolve(tier, name.line, peers);
                    }
                    told.add(shown(&group.borrow()));
                }
                Err(failure) => told.add(failure.to_string()),
            }
        }));
    }
    (group, told, log)
}

#[test]
fn names_are_watched() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match ask.nth {
            1 => ask.says(&[a("127.0.0.1", 3), a("127.0.0.2", 3)]),
            2 => ask.says(&[a("127.0.0.2", 3), a("127.0.0.3", 3)]),
            3 => ask.fails(ResponseCode::ServFail),
            4 => ask.says(&[]),
            _ => ask.says(&[a("127.0.0.4", 3)]),
        });
        let (_, told, log) = follow("server name.x:8080 resolve weight=3;", &fake, "ipv6=off");
        let name = "name.x:8080";
        // An answer is good for 3 seconds and looked for a second later, a fault for the timeout, a missing name for 10.
        for (seconds, want) in [
            (0.0, format!("127.0.0.1:8080 {name} 3, 127.0.0.2:8080 {name} 3")),
            (4.5, format!("127.0.0.2:8080 {name} 3, 127.0.0.3:8080 {name} 3")),
            (4.5, "2: Server failure".to_owned()),
            (2.5, String::new()),
            (11.5, format!("127.0.0.4:8080 {name} 3")),
        ] {
            let count = told.borrow().len();
            if seconds > 0.0 {
                jump(seconds - 1.0).await;
                assert_eq!(told.borrow().len(), count, "not yet");
                jump(1.0).await;
            }
            told.heard(count + 1).await;
            assert_eq!(told.borrow()[count], want);
        }
        let said =
            ["name.x could not be resolved (2: Server failure)", "name.x could not be resolved (3: Host not found)"];
        assert_eq!(*log.borrow(), said);
    });
}

#[test]
fn services_are_watched() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match (&*ask.name, ask.kind, ask.nth) {
            ("_http._tcp.x", _, 1) => ask.says(&[srv(1, 5, 80, "a", 1), srv(2, 6, 81, "b", 1), srv(1, 5, 80, "a", 1)]),
            ("_http._tcp.x", _, 2) => ask.says(&[srv(1, 7, 80, "a", 1)]),
            ("_http._tcp.x", _, 3) => ask.says(&[srv(1, 7, 80, "bad", 1)]),
            ("bad", _, _) => ask.fails(ResponseCode::ServFail),
            ("_http._tcp.x", _, _) => ask.says(&[]),
            _ => ask.says(&[a("127.0.0.1", 60)]),
        });
        let (group, told, log) = follow("server x resolve service=http max_fails=0;", &fake, "ipv6=off");
        for want in
            ["127.0.0.1:80 a 5, 127.0.0.1:80 a 5, 127.0.0.1:81 b 6 backup", "127.0.0.1:80 a 7", "2: Server failure", ""]
        {
            let count = told.borrow().len();
            if count > 0 {
                jump(2.5).await;
            }
            told.heard(count + 1).await;
            assert_eq!(told.borrow()[count], want);
        }
        assert!(group.borrow().all().all(|(_, peer)| peer.parameters.max_fails == 0));
        assert_eq!(
            *log.borrow(),
            [
                "bad could not be resolved (2: Server failure) while resolving service http of x",
                "service http of x could not be resolved (2: Server failure)",
                "service http of x could not be resolved (3: Host not found)",
            ]
        );
    });
}

#[test]
fn lines_say_what_is_asked_for_and_what_peers_weigh() {
    let record = |priority, weight, last: u8| crate::exchange::Located {
        address: ([127, 0, 0, last], 80).into(),
        name: "h".into(),
        priority,
        weight,
    };
    let records = [record(2, 4, 1), record(1, 3, 2), record(3, 2, 3)];
    let (one, three) = ("127.0.0.1:80 h 4 backup", "127.0.0.3:80 h 2 backup");
    for (lines, question, want) in [
        ("server x resolve service=http;", "_http._tcp.x", format!("127.0.0.2:80 h 3, {one}, {three}")),
        ("server x resolve service=_h._udp backup; server 10.0.0.1;", "_h._udp.x", {
            "10.0.0.1:80 10.0.0.1 1, 127.0.0.2:80 h 3 backup".to_owned()
        }),
        ("hash $uri; server x resolve service=h weight=2;", "_h._tcp.x", "127.0.0.2:80 h 2".to_owned()),
    ] {
        let (mut group, names) = group(lines);
        assert_eq!(names[0].question(), question);
        for (tier, peers) in names[0].located(&records) {
            group.resolve(tier, names[0].line, peers);
        }
        assert_eq!(shown(&group), want, "{lines}");
    }
}
