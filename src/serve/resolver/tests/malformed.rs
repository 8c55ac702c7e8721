//! Answers that are wrong: nginx says so in the log, and waits for a better one.

use std::time::Duration;

use hickory_proto::op::ResponseCode;

use super::fake::{Ask, Fake, a, check, far, jump, resolver, srv};
use super::text;
use crate::serve::resolver::message::{Answer, Bad, Kind, query};

/// The head of an answer with so many records, the question `a.bc` and what follows, as hex.
fn reply(kind: Kind, count: u8, rest: &str) -> Vec<u8> {
    let mut message = query(0x1234, b"a.bc", kind).unwrap();
    (message[2], message[3], message[7]) = (0x81, 0x80, count);
    let digits: Vec<u8> = rest.bytes().filter(|byte| *byte != b' ').collect();
    message.extend(digits.chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()));
    message
}

fn says(message: &[u8], tcp: bool) -> String {
    match Answer::read(message, tcp).and_then(|answer| answer.records().map(|records| format!("{records:?}"))) {
        Ok(records) => records,
        Err(Bad::Says(text)) => text,
        Err(Bad::Error { code, .. }) => format!("error {code}"),
    }
}

#[test]
fn heads() {
    let change = |at: usize, to: &[u8]| {
        let mut message = reply(Kind::A, 0, "");
        message[at..at + to.len()].copy_from_slice(to);
        message
    };
    for (message, tcp, want) in [
        (vec![0; 11], false, "short DNS response"),
        (change(2, &[0x01]), false, "invalid UDP DNS response 4660 fl:0180"),
        (change(2, &[0x83]), true, "invalid TCP DNS response 4660 fl:8380"),
        (change(3, &[0x86]), false, "error 6"),
        (change(3, &[0x81]), false, "error 1"),
        (change(5, &[2]), false, "invalid number of questions in DNS response"),
        (change(12, &[0xc0]), false, "unexpected compression pointer in DNS response"),
        (change(12, &[0]), false, "zero-length domain name in DNS response"),
        (change(12, &[63]), false, "short DNS response"),
        (change(7, &[1]), false, "short DNS response"),
        (change(18, &[0, 13]), false, "unknown query type 13 in DNS response"),
        (change(18, &[0, 12]), false, "unexpected DNS response for a.bc"),
        (change(20, &[0, 3]), false, "unknown query class 3 in DNS response"),
    ] {
        assert_eq!(says(&message, tcp), want);
    }
}

#[test]
fn records() {
    let ip = "0004 7f000001";
    for (kind, count, rest, want) in [
        (Kind::A, 1, format!("c00c 0001 0003 0000003c {ip}"), "unexpected RR class 3 in DNS response"),
        (Kind::A, 1, "c00c 0001 0001 0000003c 0003 7f0000".into(), "invalid A record in DNS response"),
        (Kind::A, 1, "c00c 0001 0001 0000003c 0004 7f00".into(), "short DNS response"),
        (Kind::A, 1, "c00c 0001 0001 0000003c 0000".into(), "short DNS response"),
        (Kind::A, 1, format!("00 0001 0001 0000003c {ip} 00"), "invalid name in DNS response"),
        (Kind::Srv, 1, format!("00 0001 0001 0000003c {ip} 00"), "invalid name DNS response"),
        (Kind::Aaaa, 1, format!("c00c 0001 0001 0000003c {ip}"), "unexpected A record in DNS response"),
        (Kind::A, 1, "c00c 0005 0001 0000003c 0002 c021".into(), "name is out of DNS response"),
        (Kind::A, 1, "c00c 0005 0001 0000003c 0002 c022".into(), "compression pointers loop in DNS response"),
        (Kind::A, 1, "c00c 0005 0001 0000003c 0001 80".into(), "invalid label type in DNS response"),
    ] {
        assert_eq!(says(&reply(kind, count, &rest), false), want, "{rest}");
    }
}

#[test]
fn a_better_answer_is_waited_for() {
    check(async {
        let fake = Fake::start(|ask: &Ask| {
            let good = ask.says(&[a("127.0.0.1", 60)]);
            match (&*ask.name, ask.nth) {
                ("id", 1) => [&[good[0] ^ 1], &good[1..]].concat(),
                ("fault", 1) => ask.fails(ResponseCode::FormErr),
                ("code", 1) => ask.fails(ResponseCode::YXDomain),
                ("srv", 1) => ask.says(&[srv(1, 1, 1, "x", 1)]),
                ("other", 1) => ask.message.clone(),
                _ => good,
            }
        });
        for (name, want) in [
            ("id", "wrong ident 744 in DNS response for id, expect 1000"),
            ("fault", "DNS error (1: Format error), query id:1000, name:\"fault\""),
            ("code", "DNS error (6: Unknown error), query id:1000"),
            ("srv", "unexpected RR type 33 in DNS response\nno A or CNAME types in DNS response"),
            ("other", "invalid UDP DNS response 1000 fl:0100"),
        ] {
            let (resolver, log) = resolver(&[&fake], "ipv6=off");
            let found = far(&resolver, name, Duration::from_secs(8));
            log.heard(1).await;
            assert_eq!(log.borrow().join("\n"), want);
            jump(5.1).await;
            let want = if name == "srv" { "110: Operation timed out" } else { "127.0.0.1" };
            if name == "srv" {
                jump(3.0).await;
            }
            assert_eq!(text(found.await.unwrap()), want, "{name}");
        }
    });
}

#[test]
fn a_second_answer_is_not_expected() {
    check(async {
        let fake = Fake::start(|ask: &Ask| ask.says(&[a("127.0.0.1", 60)]));
        let (resolver, log) = resolver(&[&fake], "ipv6=off");
        let _ = resolver.addresses("x", super::WAIT).await;
        let mut again = reply(Kind::A, 0, "");
        resolver.shared.answered(&again, false);
        again = query(1000, b"X", Kind::A).unwrap();
        again[2] = 0x81;
        resolver.shared.answered(&again, false);
        assert_eq!(*log.borrow(), ["unexpected DNS response for a.bc", "unexpected DNS response for x"]);
    });
}
