//! Answers of a peer that speaks HTTP/2, cut into pieces of any size, and what is refused.

use super::*;
use crate::serve::upstream::hints::EARLY_HINTS;
use crate::wire::http2::hpack;

fn frame_of(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Head { length: content.len() as u32, kind, flags, stream }.write(&mut out);
    out.extend_from_slice(content);
    out
}

fn head_of(status: u16, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    hpack::write_status(&mut block, status);
    for (name, value) in fields {
        hpack::write_field(&mut block, name.as_bytes(), value.as_bytes());
    }
    block
}

fn asked() -> Http2 {
    let mut http2 = Http2::new();
    http2.start(b"", true, 4096);
    http2
}

/// The status, the content, and what is wrong, wherever the bytes are cut.
fn check(bytes: &[u8], wanted: Result<(u16, &str), &str>) {
    for size in [1, 7, bytes.len()] {
        let mut http2 = asked();
        let (mut status, mut content) = (0, Vec::new());
        let mut read = || -> Result<(), Vec<u8>> {
            for part in bytes.chunks(size) {
                let mut at = 0;
                while at < part.len() {
                    if status == 0 {
                        let (count, found) = http2.read_head(&part[at..])?;
                        at += count;
                        if found == Some(EARLY_HINTS) {
                            http2.expect_head();
                        } else if let Some(found) = found {
                            status = found;
                            http2.expect_body(None)?;
                        }
                    } else {
                        let piece = http2.read_body(&part[at..]).map_err(|bad| bad.0)?;
                        content.extend_from_slice(&part[at..][piece.data.clone()]);
                        at += piece.consumed;
                    }
                }
            }
            Ok(())
        };
        let read = read().map_err(|words| String::from_utf8(words).expect("text"));
        let found = read.map(|()| (status, String::from_utf8(content).expect("text")));
        assert_eq!(found, wanted.map(|(status, text)| (status, text.to_owned())).map_err(str::to_owned));
        if wanted.is_ok() {
            assert!(http2.is_over() && http2.may_persist());
        }
    }
}

#[test]
fn answers() {
    let head = frame_of(frame::HEADERS, frame::END_HEADERS, 1, &head_of(200, &[("a", "b")]));
    let padded = frame_of(frame::DATA, frame::PADDED, 1, b"\x03one!!!");
    let last = frame_of(frame::DATA, frame::END_STREAM, 1, b" two");
    check(&[&head[..], &padded, &last].concat(), Ok((200, "one two")));
    let both = frame::END_HEADERS | frame::END_STREAM;
    check(&frame_of(frame::HEADERS, both, 1, &head_of(204, &[])), Ok((204, "")));
    let mut trailer = Vec::new();
    hpack::write_field(&mut trailer, b"x-t", b"1");
    let trailers = frame_of(frame::HEADERS, both, 1, &trailer);
    let empty = frame_of(frame::DATA, 0, 1, b"one");
    check(&[&head[..], &empty, &trailers, &frame_of(frame::RESET, 0, 1, &[0; 4])].concat(), Ok((200, "one")));
}

#[test]
fn nginx_has_words() {
    let head = frame_of(frame::HEADERS, frame::END_HEADERS, 1, &head_of(200, &[]));
    let after = |bytes: Vec<u8>| [&head[..], &bytes].concat();
    check(&frame_of(frame::DATA, 0, 1, b"x"), Err("upstream sent unexpected http2 frame: 0"));
    check(&frame_of(frame::RESET, 0, 1, &[0, 0, 0, 2]), Err("upstream rejected request with error 2"));
    check(&frame_of(frame::GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 5]), Err("upstream sent goaway with error 5"));
    check(&frame_of(frame::PUSH, 0, 1, b""), Err("upstream sent unexpected push promise frame"));
    check(&after(frame_of(frame::DATA, 0, 3, b"x")), Err("upstream sent data frame for unknown stream 3"));
    check(&after(frame_of(frame::WINDOW, 0, 1, &[0; 4])), Err("upstream sent zero window update"));
    let header = frame_of(frame::HEADERS, frame::END_HEADERS, 1, &[0x88, 0xbe]);
    check(&header, Err("upstream sent invalid http2 table index: 62"));
    let trailer = frame_of(frame::HEADERS, frame::END_HEADERS, 1, &head_of(200, &[])[1..]);
    check(&after(trailer), Err("upstream sent trailer without end stream flag"));
}

#[test]
fn bodies_keep_to_the_windows() {
    let mut http2 = Http2::new();
    http2.start(b"", false, 4096);
    let body = vec![0; 70_000];
    let mut sent = 0;
    loop {
        match http2.send(&body[sent..], true) {
            0 => break,
            count => sent += count,
        }
    }
    assert_eq!((sent, http2.output_closed), (65535, false));
    let update = |stream| frame_of(frame::WINDOW, 0, stream, &[0, 0, 0x20, 0]);
    http2.read_head(&update(0)).expect("a window");
    assert_eq!(http2.send(&body[sent..], true), 0);
    http2.read_head(&update(1)).expect("a window");
    assert_eq!(http2.send(&body[sent..], true), 70_000 - 65535);
    assert!(http2.output_closed);
}

#[test]
fn controls_are_answered() {
    let mut http2 = asked();
    http2.out.clear();
    http2.read_head(&frame_of(frame::PING, 0, 0, b"12345678")).expect("a ping");
    http2.read_head(&frame_of(frame::SETTINGS, 0, 0, b"")).expect("settings");
    let mut wanted = Vec::new();
    frame::pong(&mut wanted, b"12345678");
    frame::settings_ack(&mut wanted);
    assert_eq!(http2.out, wanted);
}
