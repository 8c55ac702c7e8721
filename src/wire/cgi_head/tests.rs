//! Heads, whole and cut everywhere; what real nginx makes of each was looked up.

use super::*;

/// Calls `check` with many byte strings, made of what protocols are made of.
pub(in crate::wire) fn random(mut check: impl FnMut(&[u8])) {
    const ALPHABET: &[u8] = b"\r\n\0 :.\x01\x02\x06\x0715HTP/Status VALUENDk0\xff";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for _ in 0..3000 {
        let bytes: Vec<u8> = (0..next() % 60).map(|_| ALPHABET[next() % ALPHABET.len()]).collect();
        check(&bytes);
    }
}

/// Reads, first at once, then with a first part of every length and byte by byte.
fn check(first: First, bytes: &[u8], wanted: &str) {
    let shown = |result: &Result<Option<Head>, Invalid>| match result {
        Ok(None) => "more".to_owned(),
        Err(invalid) => String::from_utf8(invalid.message()).unwrap(),
        Ok(Some(head)) => {
            let reason = match head.reason {
                Reason::Sent(piece) => String::from_utf8_lossy(piece.of(bytes)).into_owned(),
                Reason::Own(text) => format!("<{text}>"),
                Reason::Usual => "<>".to_owned(),
            };
            let text = |piece: Piece| String::from_utf8_lossy(piece.of(bytes)).into_owned();
            let fields: Vec<String> =
                head.fields.iter().map(|field| format!("{}={}", text(field.name), text(field.value))).collect();
            format!("{} {} {reason} {}", head.len, head.status, fields.join("|"))
        }
    };
    assert_eq!(shown(&Reader::new(first).read(bytes)), wanted, "{}", bytes.escape_ascii());
    for cut in 0..bytes.len() {
        let mut reader = Reader::new(first);
        let before = reader.read(&bytes[..cut]);
        let last = if matches!(before, Ok(None)) { reader.read(bytes) } else { before };
        assert_eq!(shown(&last), wanted, "{} cut at {cut}", bytes.escape_ascii());
    }
    let mut reader = Reader::new(first);
    let mut steps = (0..=bytes.len()).map(|end| reader.read(&bytes[..end]));
    let last = steps.find(|step| !matches!(step, Ok(None))).unwrap_or(Ok(None));
    assert_eq!(shown(&last), wanted, "{} byte by byte", bytes.escape_ascii());
}

#[test]
fn statuses() {
    let cases: &[(&[u8], &str)] = &[
        (b"\r\nbody", "2 200 <200 OK> "),
        (b"\n", "1 200 <200 OK> "),
        (b"Status: 404 Not Here\r\nA: b\n\r\n", "29 404 404 Not Here Status=404 Not Here|A=b"),
        (b"status: 404\n\n", "13 404 <> status=404"),
        (b"Status: 201\nStatus: 202\n\n", "25 201 <> Status=201|Status=202"),
        (b"Location: /x\n\n", "14 302 <302 Moved Temporarily> Location=/x"),
        (b"Location: /x\nStatus: 201\n\n", "26 201 <> Location=/x|Status=201"),
        (b"Status: 20\n\n", "upstream sent invalid status \"20\""),
        (b"Status: OK 200\n\n", "upstream sent invalid status \"OK 200\""),
        (b"Status:\n\n", "upstream sent invalid status \"\""),
    ];
    for (bytes, wanted) in cases {
        check(First::Headers, bytes, wanted);
        check(First::StatusLine, bytes, wanted);
    }
}

#[test]
fn status_lines() {
    let cases: &[(&[u8], &str, &str)] = &[
        (b"HTTP/1.1 404 No\r\nStatus: 200\r\n\r\n", "32 404 404 No Status=200", "32 200 <> Status=200"),
        (b"HTTP/1.0 403.1 IIS\n\n", "20 403 403.1 IIS ", "20 200 <200 OK> "),
        (b"HTTP/10.23   500\r\n\n", "19 500 500 ", "19 200 <200 OK> "),
        (b"HTTP/1.1 2 0 0\n\n", "16 200 0 0 ", "16 200 <200 OK> "),
        (b"HTTP/1.1 2000\n\n", "15 200 <200 OK> ", "15 200 <200 OK> "),
        (b"HTTP/0.9 200\n\n", "14 200 <200 OK> ", "14 200 <200 OK> "),
        (b"HTTP/1.1 404 No\rA\nB: c\n\n", "24 200 <200 OK> B=c", "24 200 <200 OK> B=c"),
        (b"HTTP/1.0 103\r\nA: b\n\n", "20 103 103 A=b", "20 200 <200 OK> A=b"),
        (b"HTTP: x\n\n", "9 200 <200 OK> HTTP=x", "9 200 <200 OK> HTTP=x"),
        (b"A: b\nHTTP/1.1 404 x\n\n", "21 200 <200 OK> A=b", "21 200 <200 OK> A=b"),
    ];
    for (bytes, with_line, headers) in cases {
        check(First::StatusLine, bytes, with_line);
        check(First::Headers, bytes, headers);
    }
}

#[test]
fn lines() {
    let cases: &[(&[u8], &str)] = &[
        (b"A:  b  c \r\r\n\n", "13 200 <200 OK> A=b  c"),
        (b"A:\nB\nC\r\n_d e", "upstream sent invalid header: \"_d\\x20...\""),
        (b"A:\nB\nC\r\n\r\n", "10 200 <200 OK> A=|B=|C="),
        (b"A_b(: \tc\n\n", "10 200 <200 OK> A_b(=\tc"),
        (b" A: b\n", "upstream sent invalid header: \"\\x20...\""),
        (b": b\n", "upstream sent invalid header: \"\\x3a...\""),
        (b"A: b\0c\n", "upstream sent invalid header: \"A: b\\x00...\""),
        (b"A: b\rc\n", "upstream sent invalid header: \"A: b\\x0d...\""),
        (b"A\x7f: b\n", "upstream sent invalid header: \"A\\x7f...\""),
        (b"\rA", "upstream sent invalid header: \"\\x0d...\""),
        (b"A: b", "more"),
        (b"A: b\r\n\r", "more"),
        (b"", "more"),
    ];
    for (bytes, wanted) in cases {
        check(First::Headers, bytes, wanted);
    }
}

#[test]
fn no_bytes_crash_it() {
    random(|bytes| {
        let whole = Reader::new(First::StatusLine).read(bytes);
        let mut reader = Reader::new(First::StatusLine);
        let mut steps = (0..=bytes.len()).map(|end| reader.read(&bytes[..end]));
        assert_eq!(steps.find(|step| !matches!(step, Ok(None))).unwrap_or(Ok(None)), whole, "{}", bytes.escape_ascii());
    });
}
