//! The resolver against a name server of the test's own, which speaks DNS by another hand (hickory-proto), on loopback. The
//! clock is tokio's and jumps where time must pass, a half second beyond the full ones.

mod fake;
mod malformed;
mod services;

use std::net::IpAddr;
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::nodes::FAILED;
use super::{Failure, Resolved};
use fake::{Ask, Fake, a, aaaa, alias, check, far, jump, resolver};

const WAIT: Duration = Duration::from_secs(30);

/// Addresses as text, or the failure.
fn text(found: Result<Resolved, Failure>) -> String {
    match found {
        Ok(found) => found.addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" "),
        Err(failure) => failure.to_string(),
    }
}

#[test]
fn both_families_are_asked_for_and_kept() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match ask.kind {
            RecordType::A => ask.says(&[a("127.0.0.2", 60), a("127.0.0.1", 50)]),
            _ => ask.says(&[aaaa("fe80::1", 70)]),
        });
        let (resolver, log) = resolver(&[&fake], "");
        let found = resolver.addresses("Example.NET.", WAIT).await;
        let now = tokio::time::Instant::now();
        let left = found.as_ref().unwrap().valid_until - now;
        assert!(left > Duration::from_secs(48) && left <= Duration::from_secs(50), "{left:?}");
        assert_eq!(text(found), "127.0.0.2 127.0.0.1 fe80::1", "IPv4 first, in the order of the answer");
        // All numbers drawn are 1 by now: all begin at 1, and so does each family.
        assert_eq!(text(resolver.addresses("EXAMPLE.net", WAIT).await), "fe80::1 127.0.0.1 127.0.0.2");
        assert_eq!(fake.asked(), ["A example.net", "AAAA example.net"]);
        assert_eq!(text(resolver.addresses("10.1.2.3", WAIT).await), "10.1.2.3");
        assert_eq!(fake.asked().len(), 2, "an address is itself");
        assert_eq!(*log.borrow(), [""; 0]);
    });
}

#[test]
fn one_family_alone() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match ask.kind {
            RecordType::A => ask.says(&[a("127.0.0.1", 60)]),
            _ => ask.says(&[aaaa("::1", 60)]),
        });
        assert_eq!(text(resolver(&[&fake], "ipv6=off").0.addresses("x", WAIT).await), "127.0.0.1");
        assert_eq!(text(resolver(&[&fake], "ipv4=off").0.addresses("x", WAIT).await), "::1");
        assert_eq!(fake.asked(), ["A x", "AAAA x"]);
    });
}

#[test]
fn faults_are_told_by_code_and_not_kept() {
    check(async {
        for (code, want) in [
            (ResponseCode::ServFail, "2: Server failure"),
            (ResponseCode::NXDomain, "3: Host not found"),
            (ResponseCode::NotImp, "4: Unimplemented"),
            (ResponseCode::Refused, "5: Operation refused"),
            (ResponseCode::NoError, "3: Host not found"),
        ] {
            let fake = Fake::start(move |ask: &Ask| ask.fails(code));
            let (resolver, _) = resolver(&[&fake], "");
            for times in 1..=2 {
                assert_eq!(text(resolver.addresses("x", WAIT).await), want);
                assert_eq!(fake.asked().len(), 2 * times);
            }
        }
    });
}

#[test]
fn a_fault_of_one_family_is_a_fault_and_none_of_one_is_not() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match (&*ask.name, ask.kind) {
            ("half", RecordType::AAAA) => ask.fails(ResponseCode::ServFail),
            ("v6", RecordType::A) | ("v4", RecordType::AAAA) => ask.says(&[]),
            (_, RecordType::A) => ask.says(&[a("127.0.0.1", 60)]),
            _ => ask.says(&[aaaa("::1", 60)]),
        });
        let (resolver, _) = resolver(&[&fake], "");
        for (name, want) in [("half", "2: Server failure"), ("v4", "127.0.0.1"), ("v6", "::1")] {
            assert_eq!(text(resolver.addresses(name, WAIT).await), want, "{name}");
        }
    });
}

#[test]
fn who_wants_the_same_name_shares_the_queries() {
    check(async {
        let fake = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 60)]));
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        let (one, other) = tokio::join!(resolver.addresses("x", WAIT), resolver.addresses("X.", WAIT));
        assert_eq!((text(one), text(other)), ("127.0.0.1".into(), "127.0.0.1".into()));
        assert_eq!(fake.asked(), ["A x"]);
    });
}

#[test]
fn names_take_turns_with_the_servers() {
    check(async {
        let bad = Fake::start(|ask: &Ask| ask.fails(ResponseCode::ServFail));
        let good = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 60)]));
        let (resolver, _) = resolver(&[&bad, &good], "ipv6=off");
        for want in ["2: Server failure", "127.0.0.1", "127.0.0.1"] {
            assert_eq!(text(resolver.addresses("x", WAIT).await), want);
        }
        assert_eq!((bad.asked().len(), good.asked().len()), (1, 1));
    });
}

#[test]
fn aliases_are_followed() {
    check(async {
        let long = [["a"; 63].concat().as_str(); 4].join(".");
        let to = long.clone();
        let fake = Fake::start(move |ask: &Ask| match &*ask.name {
            "one" => ask.says(&[alias("two", 9)]),
            "two" => ask.says(&[alias("three", 60)]),
            "loop" => ask.says(&[alias("pool", 60)]),
            "pool" => ask.says(&[alias("loop", 60)]),
            "nowhere" => ask.says(&[alias("none", 60)]),
            "none" => ask.fails(ResponseCode::NXDomain),
            "short" => ask.says_of_long(&to),
            "with" => ask.says(&[alias("elsewhere", 1), a("127.0.0.7", 60)]),
            _ => ask.says(&[a("127.0.0.1", 60)]),
        });
        let (resolver, said) = resolver(&[&fake], "ipv6=off");
        for (name, want, asked) in [
            ("one", "127.0.0.1", "A one, A two, A three"),
            ("one", "127.0.0.1", ""),
            ("nowhere", "3: Host not found", "A nowhere, A none"),
            ("nowhere", "3: Host not found", "A none"),
            ("loop", "3: Host not found", "A loop, A pool"),
            ("loop", "3: Host not found", ""),
            ("short", "127.0.0.1", &format!("A short, A {long}")),
            ("with", "127.0.0.7", "A with"),
        ] {
            fake.forget();
            assert_eq!(text(resolver.addresses(name, WAIT).await), want, "{name}");
            assert_eq!(fake.asked().join(", "), asked, "{name}");
        }
        assert_eq!(*said.borrow(), [""; 0]);
        jump(10.5).await;
        fake.forget();
        assert_eq!(text(resolver.addresses("one", WAIT).await), "127.0.0.1");
        assert_eq!(text(resolver.addresses("with", WAIT).await), "127.0.0.7");
        assert_eq!(fake.asked(), ["A one", "A with"], "each is kept as long as its own records say");
    });
}

#[test]
fn answers_are_kept_for_whole_seconds() {
    check(async {
        let fake = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 1)]));
        let (brief, _) = resolver(&[&fake], "ipv6=off");
        let (long, _) = resolver(&[&fake], "ipv6=off valid=5");
        for _ in 0..2 {
            let _ = (brief.addresses("x", WAIT).await, long.addresses("x", WAIT).await);
        }
        for (seconds, asked) in [(1.5, 2), (1.0, 3), (2.0, 4), (1.0, 4), (1.0, 6)] {
            jump(seconds).await;
            let _ = (brief.addresses("x", WAIT).await, long.addresses("x", WAIT).await);
            assert_eq!(fake.asked().len(), asked, "after {seconds} more");
        }
    });
}

#[test]
fn what_nobody_wants_is_forgotten() {
    check(async {
        let fake = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 3600)]));
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        for name in ["x", "y"] {
            let _ = resolver.addresses(name, WAIT).await;
        }
        for (seconds, left) in [(20.5, 2), (15.0, 1), (31.0, 1)] {
            jump(seconds).await;
            let _ = resolver.addresses("x", WAIT).await;
            assert_eq!(resolver.shared.nodes.borrow().len(), left, "{seconds}");
        }
        assert_eq!(fake.asked(), ["A x", "A y"]);
    });
}

#[test]
fn queries_are_sent_again_to_the_next_server() {
    check(async {
        let silent = Fake::start(|_: &Ask| Vec::new());
        let good = Fake::start(|ask: &Ask| match ask.kind {
            RecordType::A => ask.says(&[a("127.0.0.1", 60)]),
            _ => ask.says(&[]),
        });
        let (resolver, _) = resolver(&[&silent, &good], "");
        let name = far(&resolver, "x", WAIT);
        silent.heard(2).await;
        jump(4.9).await;
        assert_eq!(good.asked().len(), 0);
        jump(0.2).await;
        assert_eq!(text(name.await.unwrap()), "127.0.0.1");
        assert_eq!((silent.asked().len(), good.asked().len()), (2, 2));
    });
}

#[test]
fn only_what_has_no_answer_is_sent_again() {
    check(async {
        let fake = Fake::start(|ask: &Ask| match (ask.kind, ask.nth) {
            (RecordType::A, _) => ask.says(&[a("127.0.0.1", 60)]),
            (_, 1) => Vec::new(),
            _ => ask.says(&[]),
        });
        let (resolver, _) = resolver(&[&fake], "");
        let name = far(&resolver, "x", WAIT);
        fake.heard(2).await;
        jump(5.1).await;
        assert_eq!(text(name.await.unwrap()), "127.0.0.1");
        assert_eq!(fake.asked(), ["A x", "AAAA x", "AAAA x"]);
    });
}

#[test]
fn who_waits_too_long_is_told_and_the_others_wait_on() {
    check(async {
        let fake = Fake::start(|_: &Ask| Vec::new());
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        let gone = far(&resolver, "x", WAIT);
        let (brief, patient) =
            (far(&resolver, "x", Duration::from_secs(1)), far(&resolver, "x", Duration::from_secs(8)));
        fake.heard(1).await;
        gone.abort();
        jump(1.1).await;
        assert_eq!(text(brief.await.unwrap()), "110: Operation timed out");
        jump(4.0).await;
        fake.heard(2).await;
        jump(3.0).await;
        assert_eq!(text(patient.await.unwrap()), "110: Operation timed out");
        jump(2.5).await;
        assert!(resolver.shared.nodes.borrow().is_idle(), "nobody waits: nothing is asked");
        assert_eq!((fake.asked().len(), resolver.shared.nodes.borrow().len()), (2, 0));
    });
}

#[test]
fn what_is_too_long_is_asked_for_over_tcp() {
    check(async {
        let fake = Fake::start(
            |ask: &Ask| {
                if ask.tcp { ask.says(&[a("127.0.0.1", 60)]) } else { ask.cut(&[a("127.0.0.9", 60)]) }
            },
        );
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        assert_eq!(text(resolver.addresses("x", WAIT).await), "127.0.0.1");
        assert_eq!(text(resolver.addresses("y", WAIT).await), "127.0.0.1");
        assert_eq!(fake.asked(), ["A x", "TCP A x", "A y", "TCP A y"]);
        assert_eq!(fake.connections(), 1);
        jump(5.5).await;
        assert_eq!(text(resolver.addresses("z", WAIT).await), "127.0.0.1");
        assert_eq!(fake.connections(), 2, "a connection is kept for 5 seconds");
    });
}

#[test]
fn a_server_that_is_not_there_is_left_for_the_next() {
    check(async {
        let nobody = Fake::gone();
        let good = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 60)]));
        let (resolver, log) = resolver(&[&nobody, &good], "ipv6=off");
        let name = far(&resolver, "x", WAIT);
        log.heard(1).await;
        let refused = "recv() failed (111: Connection refused) while resolving, resolver: ";
        assert_eq!(*log.borrow(), [format!("{refused}{}", nobody.address)]);
        jump(5.1).await;
        assert_eq!(text(name.await.unwrap()), "127.0.0.1");
    });
}

#[test]
fn what_is_no_name_is_not_found() {
    check(async {
        let fake = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 60)]));
        let (resolver, _) = resolver(&[&fake], "ipv6=off");
        for name in ["", ".", "a..b", ".a", &["a"; 256].concat()] {
            let found = resolver.addresses(name, WAIT).await;
            let left = found.as_ref().unwrap_err().valid_until - tokio::time::Instant::now();
            assert!(left <= Duration::from_secs(FAILED) && left > Duration::from_secs(FAILED - 2));
            assert_eq!(text(found), "3: Host not found", "{name}");
        }
        assert_eq!(fake.asked(), [""; 0]);
    });
}
