//! Requests as bytes; answers, whole and cut everywhere.

use super::*;
use crate::wire::cgi_head::tests::random;

/// A record that a server sends.
fn record(kind: u8, content: &[u8], padding: u8) -> Vec<u8> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    let mut bytes = vec![1, kind, 0, 1, high, low, padding, 0];
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len() + usize::from(padding), b'p');
    bytes
}

fn out(content: &str) -> Vec<u8> {
    record(STDOUT, content.as_bytes(), 3)
}

fn end() -> Vec<u8> {
    record(END_REQUEST, &[0; 8], 0)
}

#[test]
fn a_request() {
    let mut sent = b"x".to_vec();
    let mut params = Params::begin(&mut sent, true);
    params.pair(b"NAME", b"value");
    params.pair(b"", b"");
    params.pair(&[b'n'; 127], &[b'v'; 128]);
    assert_eq!(params.finish(), Ok(()));
    let mut wanted = b"x\x01\x01\0\x01\0\x08\0\0\0\x01\x01\0\0\0\0\0\x01\x04\0\x01\x01\x11\x07\0\x04\x05NAMEvalue\0\0\x7f\x80\0\0\x80".to_vec();
    wanted.extend_from_slice(&[b'n'; 127]);
    wanted.extend_from_slice(&[b'v'; 128]);
    wanted.extend_from_slice(b"\0\0\0\0\0\0\0\x01\x04\0\x01\0\0\0\0");
    assert_eq!(sent.escape_ascii().to_string(), wanted.escape_ascii().to_string());
}

#[test]
fn one_record_of_parameters() {
    for (length, wanted) in [(65529, Ok(())), (65530, Err(TooBig(65536)))] {
        let mut sent = b"x".to_vec();
        let mut params = Params::begin(&mut sent, false);
        params.pair(b"N", &vec![b'v'; length]);
        assert_eq!(params.finish(), wanted);
        assert_eq!(sent.len(), if length == 65529 { 1 + 24 + 65535 + 1 + 8 } else { 1 });
    }
    assert_eq!(TooBig(65536).to_string(), "fastcgi request record is too big: 65536");
}

#[test]
fn a_body() {
    let mut sent = Vec::new();
    stdin(b"", &mut sent);
    stdin(b"12345678", &mut sent);
    stdin(b"9", &mut sent);
    stdin_end(&mut sent);
    let wanted = b"\x01\x05\0\x01\0\x08\0\x0012345678\x01\x05\0\x01\0\x01\x07\x009\0\0\0\0\0\0\0\x01\x05\0\x01\0\0\0\0";
    assert_eq!(sent.escape_ascii().to_string(), wanted.escape_ascii().to_string());
    sent.clear();
    stdin(&vec![b'x'; 32769], &mut sent);
    assert_eq!(sent.len(), 8 + 32768 + 8 + 1 + 7);
}

/// What an answer turned out to be, given in these parts.
fn played(parts: &[&[u8]], keep: bool, buffered: bool, length: Option<u64>) -> String {
    let (mut head, mut body) = (Head::default(), None::<Body>);
    let (mut data, mut errors, mut text) = (Vec::new(), Vec::new(), String::new());
    for part in parts {
        let mut at = 0;
        if body.is_none() {
            let mut log = |line: &[u8]| {
                errors.extend_from_slice(line);
                catches(line, b"fatal")
            };
            match head.read(part, &mut at, &mut log) {
                Err(bad) => return String::from_utf8_lossy(&bad.message()).into_owned(),
                Ok(None) => continue,
                Ok(Some(started)) => {
                    text = format!("{} ", started.head.status);
                    let mut rest = Body::new(started.records, length, keep, buffered);
                    let begun = &started.bytes[started.head.len..];
                    let (taken, excess) = rest.begin(begun.len());
                    data.extend_from_slice(&begun[..taken]);
                    text += if excess { "excess " } else { "" };
                    body = Some(rest);
                }
            }
        }
        let Some(body) = &mut body else { continue };
        loop {
            match body.next(part, &mut at) {
                Err(bad) => {
                    let message = String::from_utf8_lossy(&bad.message()).into_owned();
                    return format!("{text}{} {message}", data.escape_ascii());
                }
                Ok(None) => break,
                Ok(Some(Step::Data(range))) => data.extend_from_slice(&part[range]),
                Ok(Some(Step::Stderr(range))) => errors.extend_from_slice(stderr_text(&part[range])),
                Ok(Some(Step::Excess(range))) => {
                    data.extend_from_slice(&part[range]);
                    text += "excess ";
                }
                Ok(Some(Step::Done(again))) => {
                    let again = if again { " again" } else { "" };
                    return format!("{text}{} [{}]{again}", data.escape_ascii(), errors.escape_ascii());
                }
            }
        }
    }
    format!("{text}{} [{}] more", data.escape_ascii(), errors.escape_ascii())
}

/// Plays an answer at once, cut in two everywhere, and byte by byte.
fn check(records: &[Vec<u8>], (keep, buffered): (bool, bool), length: Option<u64>, wanted: &str) {
    let bytes = records.concat();
    assert_eq!(played(&[&bytes], keep, buffered, length), wanted);
    for cut in 0..bytes.len() {
        let parts = [&bytes[..cut], &bytes[cut..]];
        assert_eq!(played(&parts, keep, buffered, length), wanted, "cut at {cut}");
    }
    let parts: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(played(&parts, keep, buffered, length), wanted, "byte by byte");
}

const KEEP: (bool, bool) = (true, true);
const CLOSE: (bool, bool) = (false, true);
const UNBUFFERED: (bool, bool) = (false, false);

#[test]
fn answers() {
    let answer = [out("Status: 404\r\nA"), out(": b\r\n\r"), out("\nbo"), out("dy"), out("")];
    check(&answer, CLOSE, None, "404 body [] more");
    check(&answer, CLOSE, Some(4), "404 body [] more");
    check(&answer, CLOSE, Some(5), "404 body upstream prematurely closed FastCGI stdout");
    check(&answer, KEEP, None, "404 body [] more");
    check(&answer, UNBUFFERED, None, "404 body [] more");
    let ended = [&answer[..], &[end()]].concat();
    check(&ended, CLOSE, None, "404 body []");
    check(&ended, KEEP, Some(4), "404 body [] again");
    check(&ended, UNBUFFERED, None, "404 body [] again");
    check(&ended, UNBUFFERED, Some(5), "404 body upstream prematurely closed FastCGI request");
    check(&[out("\n"), end()], CLOSE, Some(1), "200  upstream prematurely closed FastCGI request");
    check(&[out("\nbody"), end()], KEEP, Some(2), "200 excess bo []");
    check(&[out("\nb"), out("ody"), end()], KEEP, Some(2), "200 excess bo []");
}

#[test]
fn ends_of_connections() {
    for (length, came, (keep, buffered), wanted) in [
        (None, 1, CLOSE, true),
        (None, 1, KEEP, false),
        (None, 1, UNBUFFERED, true),
        (Some(2), 1, CLOSE, false),
        (Some(2), 2, CLOSE, true),
    ] {
        let mut body = Body::new(Reader::default(), length, keep, buffered);
        body.begin(came);
        assert_eq!(body.may_end(), wanted, "{length:?} {came} {keep} {buffered}");
    }
}

#[test]
fn bytes_after_the_end() {
    let bytes = [out("\nx"), end(), b"junk".to_vec()].concat();
    assert_eq!(played(&[&bytes], true, true, None), "200 x []");
    let padded = [out("\nx"), record(END_REQUEST, &[0; 8], 5)].concat();
    assert_eq!(played(&[&padded], true, true, None), "200 x [] again");
}

#[test]
fn error_text() {
    let noise = record(STDERR, b"PHP warning.. \r\n", 1);
    let answer =
        [noise.clone(), record(STDERR, b"", 2), out("A: b\n"), noise.clone(), out("\n1"), noise, out("")].concat();
    let wanted = "200 1 [PHP warningPHP warningPHP warning] more";
    assert_eq!(played(&[&answer], false, true, None), wanted);
    assert_eq!(played(&[&record(STDERR, b"a fatal one", 0)], false, true, None), "");
    for (text, logged) in [("a.b. ", "a.b"), ("\n\n", "\n"), ("", ""), ("x", "x")] {
        assert_eq!(stderr_text(text.as_bytes()), logged.as_bytes());
    }
    for (text, pattern, caught) in [("ab", "b", true), ("a\0b", "b", false), ("ab", "", false)] {
        assert_eq!(catches(text.as_bytes(), pattern.as_bytes()), caught);
    }
}

#[test]
fn faults() {
    let mut cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![0], "upstream sent unsupported FastCGI protocol version: 0"),
        (vec![1, 5], "upstream sent invalid FastCGI record type: 5"),
        (vec![1, 6, 9], "upstream sent unexpected FastCGI request id high byte: 9"),
        (vec![1, 6, 0, 2], "upstream sent unexpected FastCGI request id low byte: 2"),
        (end(), "upstream sent unexpected FastCGI record: 3"),
        (out(""), "upstream prematurely closed FastCGI stdout"),
    ];
    cases.push((out("Status: x\n\n"), "upstream sent invalid status \"x\""));
    cases.push(([out("A: "), out("\0")].concat(), "upstream sent invalid header: \"A: \\x00...\""));
    for (bytes, wanted) in cases {
        check(&[bytes], CLOSE, None, wanted);
    }
    check(&[out("\nx"), vec![2]], CLOSE, None, "200 x upstream sent unsupported FastCGI protocol version: 2");
}

#[test]
fn no_bytes_crash_it() {
    random(|bytes| {
        let framed = [out("A: b\n\n"), bytes.to_vec()].concat();
        for bytes in [bytes, &framed] {
            let whole = played(&[bytes], true, true, Some(3));
            let parts: Vec<&[u8]> = bytes.chunks(1).collect();
            let pieces = played(&parts, true, true, Some(3));
            assert!(whole == pieces || whole.contains('['), "{whole} {pieces}");
        }
    });
}
