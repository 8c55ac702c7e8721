//! nginx's verdicts as tables. Every case is read in one piece, cut in two at every place, and byte by byte.

use proptest::prelude::*;

use super::*;

fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\\"", "\"")
}

fn said(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    text(&out).replace("\\\\", "\\")
}

/// `name=value`, `!` before odd names, `_` before those with an underscore.
fn shown(fields: &[Field], bytes: &[u8]) -> String {
    let mut out = String::new();
    for field in fields {
        out.push_str(if field.odd { " !" } else { " " });
        out.push_str(if field.underscore { "_" } else { "" });
        out.push_str(&[text(field.name.of(bytes)), text(field.value.of(bytes))].join("="));
    }
    out
}

fn request(bytes: &[u8], cuts: &[usize]) -> String {
    let mut head = RequestHead::default();
    let mut got = Ok(None);
    for end in cuts.iter().copied().chain([bytes.len()]) {
        got = head.read(&bytes[..end]);
        if got != Ok(None) {
            break;
        }
    }
    match got {
        Ok(None) => format!("more{} {:?}", shown(&head.fields, bytes), head.stage()),
        Ok(Some(n)) => {
            let part = |piece: Option<Piece>| piece.map_or(String::from("-"), |piece| text(piece.of(bytes)));
            format!(
                "{n}: {} {} {} {} {} [{}]{}",
                text(head.method.of(bytes)),
                part(head.scheme),
                part(head.host),
                text(head.target.of(bytes)),
                head.version,
                text(head.protocol.of(bytes)),
                shown(&head.fields, bytes)
            )
        }
        Err(bad) => {
            format!("{}{} {}", bad.status(), shown(&head.fields, bytes), said(|out| bad.write(bytes, out)))
        }
    }
}

fn response(bytes: &[u8], cuts: &[usize]) -> String {
    let mut head = ResponseHead::default();
    let mut got = Ok(None);
    for end in cuts.iter().copied().chain([bytes.len()]) {
        got = head.read(&bytes[..end]);
        if got != Ok(None) {
            break;
        }
    }
    match got {
        Ok(None) => format!("more {}{}", head.has_status(), shown(&head.fields, bytes)),
        Ok(Some(n)) => {
            let line = text(head.status_line.of(bytes));
            format!("{n}: {} {} [{line}]{}", head.version, head.status, shown(&head.fields, bytes))
        }
        Err(bad) => said(|out| bad.write(bytes, out)),
    }
}

fn body(mut chunked: Chunked, bytes: &[u8], cuts: &[usize]) -> String {
    let mut data = Vec::new();
    let mut at = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        while at < end {
            match chunked.read(&bytes[at..end]) {
                Ok(step) => {
                    data.extend_from_slice(&bytes[at..end][step.data]);
                    at += step.consumed;
                    if step.done {
                        let trailers = shown(chunked.trailers(), chunked.trailer_bytes());
                        return format!("{at}: {}{trailers}", text(&data));
                    }
                }
                Err(bad) => return said(|out| bad.write(chunked.trailer_bytes(), out)),
            }
        }
    }
    format!("more: {} {}", text(&data), chunked.left())
}

/// That the verdict is `want`, in however many pieces the bytes come.
fn check(read: impl Fn(&[u8], &[usize]) -> String, bytes: &[u8], want: &str) {
    assert_eq!(read(bytes, &[]), want, "{}", text(bytes));
    for cut in 0..bytes.len() {
        assert_eq!(read(bytes, &[cut]), want, "{} cut at {cut}", text(bytes));
    }
    let every: Vec<usize> = (0..bytes.len()).collect();
    assert_eq!(read(bytes, &every), want, "{} byte by byte", text(bytes));
}

const METHOD: &str = "400 client sent invalid method";
const LINE: &str = "400 client sent invalid request";
const VERSION: &str = "505 client sent invalid version";
const METHOD_09: &str = "400 client sent invalid method in HTTP/0.9 request";

#[test]
fn request_lines() {
    let cases: &[(&str, &str)] = &[
        ("GET / HTTP/1.1\r\n\r\n", "18: GET - - / 11 [HTTP/1.1]"),
        ("GET / HTTP/1.0\n\n", "16: GET - - / 10 [HTTP/1.0]"),
        ("\r\n\n\rGET / HTTP/1.1\n\r\n", "21: GET - - / 11 [HTTP/1.1]"),
        ("A_-Z  /a?b#c%   HTTP/1.1  \r\n\r\n", "30: A_-Z - - /a?b#c% 11 [HTTP/1.1  ]"),
        ("GET / HTTP/1.2\r\n\r\n", "18: GET - - / 12 [HTTP/1.2]"),
        ("GET / HTTP/1.01\r\n\r\n", "19: GET - - / 11 [HTTP/1.01]"),
        ("GET / HTTP/1.999\r\n\r\n", "20: GET - - / 19 [HTTP/1.999]"),
        ("GET /\r\nrest", "7: GET - - / 9 []"),
        ("GET /\n", "6: GET - - / 9 []"),
        ("GET /  \r\n", "9: GET - - / 9 []"),
        ("GET http://h/ HTTP/1.1\r\n\r\n", "26: GET http h / 11 [HTTP/1.1]"),
        ("GET http://h HTTP/1.1\r\n\r\n", "25: GET http h / 11 [HTTP/1.1]"),
        ("GET a+-.1://h:8?x HTTP/1.1\r\n\r\n", "30: GET a+-.1 h:8 ?x 11 [HTTP/1.1]"),
        ("GET http://[::1]:/x HTTP/1.1\r\n\r\n", "32: GET http [::1]: /x 11 [HTTP/1.1]"),
        ("GET http:///x HTTP/1.1\r\n\r\n", "26: GET http  /x 11 [HTTP/1.1]"),
        ("GET http://h \r\n", "15: GET http h / 9 []"),
        ("GET http://h.i/ HTTP/1.1\r\n\r\n", "28: GET http h.i / 11 [HTTP/1.1]"),
        ("CONNECT  h:1 HTTP/1.1\r\n\r\n", "25: CONNECT - h:1 / 11 [HTTP/1.1]"),
        ("CONNECT hi:1 HTTP/1.1\r\n\r\n", "25: CONNECT - hi:1 / 11 [HTTP/1.1]"),
        ("CONNECT [::1]:443 HTTP/1.0\r\n\r\n", "30: CONNECT - [::1]:443 / 10 [HTTP/1.0]"),
        ("", "more Line { start: 0 }"),
        ("\r\n", "more Line { start: 2 }"),
        ("\r\nGE", "more Line { start: 2 }"),
        ("GET / HTTP/1.1\r", "more Line { start: 0 }"),
        ("GET / HTTP/1.1\r\n", "more Header { start: 16 }"),
        ("get", METHOD),
        (" GET / HTTP/1.1\r\n\r\n", METHOD),
        ("GET\t/", METHOD),
        ("GET\r\n", METHOD),
        ("G1", METHOD),
        ("\x16\x03\x01", METHOD),
        ("GET *", LINE),
        ("GET \r\n", LINE),
        ("GET /\t", LINE),
        ("GET /\0", LINE),
        ("GET /\x7f", LINE),
        ("GET /\rx", LINE),
        ("GET / /", LINE),
        ("GET / h", LINE),
        ("GET / HTTQ", LINE),
        ("GET / HTTP1", LINE),
        ("GET / HTTP/0", LINE),
        ("GET / HTTP/x", LINE),
        ("GET / HTTP/1x", LINE),
        ("GET / HTTP/1\r\n", LINE),
        ("GET / HTTP/1.x", LINE),
        ("GET / HTTP/1.1x", LINE),
        ("GET / HTTP/1.1 x", LINE),
        ("GET / HTTP/1.1\rx", LINE),
        ("GET / HTTP/1.1000", LINE),
        ("GET http:x", LINE),
        ("GET http:/x", LINE),
        ("GET ht_p://x", LINE),
        ("GET http://h_/", LINE),
        ("GET http://h#", LINE),
        ("GET http://h\r", LINE),
        ("GET http://h:8a", LINE),
        ("GET http://[:@", LINE),
        ("GET http://[::1]a", LINE),
        ("CONNECT /", LINE),
        ("CONNECT h ", LINE),
        ("CONNECT h: ", LINE),
        ("CONNECT h:1/", LINE),
        ("CONNECT http://h:1", LINE),
        ("GET / HTTP/2", VERSION),
        ("GET / HTTP/9", VERSION),
        ("GET / HTTP/10", VERSION),
        ("POST /\r\n", METHOD_09),
        ("HEAD / \n", METHOD_09),
        ("CONNECT h:1 \r\n", METHOD_09),
    ];
    for (bytes, want) in cases {
        check(request, bytes.as_bytes(), want);
    }
    check(request, b"GET /\x80\xff HTTP/1.1\r\n\r\n", "20: GET - - /\\x80\\xff 11 [HTTP/1.1]");
}

/// Verdicts of the lines after a good request line; `n` counts from them on.
#[test]
fn request_headers() {
    let cases: &[(&str, &str)] = &[
        ("\r\n", ""),
        ("\n", ""),
        ("A: b\r\n\r\n", " A=b"),
        ("A:b\nC:  d e  \r\r\n\n", " A=b C=d e"),
        ("A:\tb\t\r\n\r\n", " A=\\tb\\t"),
        ("A:\r\nB:  \r\nC\r\nD\n\r\n", " A= B= C= D="),
        ("A: b:c\x01\x7f\r\n\r\n", " A=b:c\\x01\\x7f"),
        ("a_b: 1\r\n_: 2\r\n\r\n", " _a_b=1 __=2"),
        ("a!: 1\r\n/_: 2\r\nHTTP/1.1: 3\r\n\r\n", " !a!=1 !_/_=2 !HTTP/1.1=3"),
        ("X-1: y\r\n\r\nA b", " X-1=y"),
    ];
    let line = b"GET / HTTP/1.1\r\n";
    for (bytes, want) in cases {
        let whole = [line, bytes.as_bytes()].concat();
        let length = whole.len() - if bytes.ends_with("A b") { 3 } else { 0 };
        check(request, &whole, &format!("{length}: GET - - / 11 [HTTP/1.1]{want}"));
    }
    let refused: &[(&str, &str)] = &[
        (" A: b\r\n", "\"\\x20...\""),
        (": b\r\n", "\"\\x3a...\""),
        ("\tA: b\r\n", "\"\\x09...\""),
        ("\0", "\"\\x00...\""),
        ("\x7f", "\"\\x7f...\""),
        ("\rA", "\"\\x0d...\""),
        ("\r\r\n", "\"\\x0d...\""),
        ("A : b\r\n", "\"A\\x20...\""),
        ("A\x01", "\"A\\x01...\""),
        ("A!\x7f", "\"A!\\x7f...\""),
        ("HTTP/1.1 200", "\"HTTP/1.1\\x20...\""),
        ("A: \0", "\"A: \\x00...\""),
        ("A: b\0", "\"A: b\\x00...\""),
        ("A: b  \0", "\"A: b  \\x00...\""),
        ("A: b\rc", "\"A: b\\x0d...\""),
        ("A: b  \rc", "\"A: b\\x20...\""),
        ("A:  \rc", "\"A:  \\x0d...\""),
        ("A\rc", "\"A\\x0d...\""),
    ];
    for (bytes, want) in refused {
        let whole = [line, bytes.as_bytes()].concat();
        check(request, &whole, &format!("400 client sent invalid header line: {want}"));
    }
    check(request, b"GET / HTTP/1.1\r\nA: b\r\n c: d\r\n", "400 A=b client sent invalid header line: \"\\x20...\"");
    check(request, b"GET / HTTP/1.1\r\nA: b\r\nC: d\r", "more A=b Header { start: 22 }");
    check(request, b"GET / HTTP/1.1\r\n\xe9: z\r\n\r\n", "24: GET - - / 11 [HTTP/1.1] !\\xe9=z");
}

#[test]
fn responses() {
    let no = "upstream sent no valid HTTP/1.0 header";
    let cases: &[(&str, &str)] = &[
        ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "25: 11 200 [200 OK] A=b"),
        ("HTTP/1.0 404\n\n", "14: 10 404 [404]"),
        ("HTTP/1.1 200 \r\n\r\n", "17: 11 200 [200 ]"),
        ("HTTP/1.1   20 1 x y\r\n\r\n", "23: 11 201 [0 1 x y]"),
        ("HTTP/1.1 403.1 \0\t\r\n\r\n", "21: 11 403 [403.1 \\x00\\t]"),
        ("HTTP/1.12 000\r\n\r\n", "17: 19 0 [000]"),
        ("HTTP/2.0 200\r\n\r\n", "16: 20 200 [200]"),
        ("HTTP/999.999 200\r\n\r\n", "20: 20 200 [200]"),
        ("HTTP/1.1 103 E\r\nLink: x\r\n\r\n", "27: 11 103 [103 E] Link=x"),
        ("HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nA_!: b\r\n\r\n", "44: 11 200 [200 OK] !_A_!=b"),
        ("HTTP/1.1 200 OK\r\nHTTP/x: y\nHTTP: z\n\n", "36: 11 200 [200 OK] HTTP=z"),
        ("", "more false"),
        ("HTTP/1.1 200 O", "more false"),
        ("HTTP/1.1 200 O\r", "more false"),
        ("HTTP/1.1 200 O\r\nA: b\r\nHTT", "more true A=b"),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", no),
        ("ICY", no),
        ("HTTp", no),
        ("HTTP/0", no),
        ("HTTP/x", no),
        ("HTTP/1 ", no),
        ("HTTP/1000", no),
        ("HTTP/1.x", no),
        ("HTTP/1.1\t", no),
        ("HTTP/1.1000", no),
        ("HTTP/1.1 2x", no),
        ("HTTP/1.1 20\r", no),
        ("HTTP/1.1 2000", no),
        ("HTTP/1.1 200x", no),
        ("HTTP/1.1 200 O\rK", no),
        ("HTTP/1.0 103 E\r\n", "upstream sent HTTP/1.0 response with early hints"),
        ("HTTP/1.1 200 OK\r\nA b\r\n", "upstream sent invalid header: \"A\\x20...\""),
        ("HTTP/1.1 200 OK\r\n A: b\r\n", "upstream sent invalid header: \"\\x20...\""),
        ("HTTP/1.1 200 OK\r\nHTTPS/1 b\r\n", "upstream sent invalid header: \"HTTPS/1\\x20...\""),
    ];
    for (bytes, want) in cases {
        check(response, bytes.as_bytes(), want);
    }
}

#[test]
fn chunked_bodies() {
    let no = "upstream sent invalid chunked response";
    let cases: &[(&str, &str)] = &[
        ("0\r\n\r\n", "5: "),
        ("0\r\n\r\nGET", "5: "),
        ("5\r\nhello\r\n0\r\n\r\n", "15: hello"),
        ("00a;x=\"\0\"\r\n0123456789\r\nB \r\n0123456789a\r\n00;\r\n\r\n", "47: 01234567890123456789a"),
        ("1\t\r\na\r\n0 \r\nA: b\r\n c\r\n\r\n", "23: a"),
        ("5\r\nhe", "more: he 3"),
        ("5\r\n", "more:  5"),
        ("1\r\na\r\n", "more: a 0"),
        ("0\r\n", "more:  0"),
        ("0\r\nA", "more:  0"),
        ("7fffffffffffff0\r\n", "more:  576460752303423472"),
        ("7ffffffffffffff\r\n", "more:  576460752303423487"),
        ("800000000000000\r\n", no),
        ("7fffffffffffffff", no),
        ("10000000000000000", no),
        ("\r\n", no),
        (" 1", no),
        ("g", no),
        ("-1", no),
        ("1x", no),
        ("0x", no),
        ("1\n", no),
        ("0\n", no),
        ("1;a\n", no),
        ("0;a\n", no),
        ("1\ra", no),
        ("1;\ra", no),
        ("1\r\nab", no),
        ("1\r\na\n", no),
        ("1\r\na\ra", no),
        ("0\r\n\n", no),
        ("0\r\n\rx", no),
        ("0\r\nA\n", no),
        ("0\r\nA\rb", no),
    ];
    for (bytes, want) in cases {
        check(|bytes, cuts| body(Chunked::response(), bytes, cuts), bytes.as_bytes(), want);
        let want = want.replace("upstream sent invalid chunked response", "client sent invalid chunked body");
        check(|bytes, cuts| body(Chunked::request(), bytes, cuts), bytes.as_bytes(), &want);
    }
}

#[test]
fn kept_trailers() {
    let cases: &[(&str, &str)] = &[
        ("0\r\n\r\n", "5: "),
        ("0\r\n\nrest", "4: "),
        ("1\r\na\r\n0\r\nA: b\r\n\r\nrest", "17: a A=b"),
        ("0\r\nA: 34567890\r\n\r\n..", "18:  A=34567890"),
        ("0\r\nA: 345678901\r\n\r\n..", "upstream sent too big trailers"),
        ("0\r\n0123456789abcd", "more:  0"),
        ("0\r\n0123456789abcde", "upstream sent too big trailers"),
        ("0\r\nA\nB\0", "upstream sent invalid trailer: \"B\\x00...\""),
        ("0\n", "upstream sent invalid chunked response"),
    ];
    for (bytes, want) in cases {
        check(|bytes, cuts| body(Chunked::response_with_trailers(15), bytes, cuts), bytes.as_bytes(), want);
    }
}

#[test]
fn sizes_are_written_as_nginx_does() {
    for (len, want) in [(1, "1\r\n"), (10, "a\r\n"), (0x1f0, "1f0\r\n"), (0, "0\r\n")] {
        let mut out = Vec::new();
        write_size(&mut out, len);
        assert_eq!(text(&out), text(want.as_bytes()));
    }
    let mut out = Vec::new();
    write_size(&mut out, usize::MAX);
    assert_eq!(out.len(), usize::BITS as usize / 4 + 2);
}

#[test]
fn heads_are_used_again() {
    let mut head = RequestHead::default();
    let first = b"GET http://h/ HTTP/1.0\r\nA: b\r\n\r\n";
    assert_eq!(head.read(first), Ok(Some(first.len())));
    head.clear();
    assert_eq!(head.stage(), Stage::Line { start: 0 });
    let second = b"POST /x HTTP/1.1\r\n\r\n";
    assert_eq!(head.read(second), Ok(Some(second.len())));
    assert_eq!((head.host, head.scheme, head.fields.len(), head.version), (None, None, 0, 11));
    assert_eq!(head.line.of(second), b"POST /x HTTP/1.1");
}

#[test]
fn the_log_shows_what_came_of_a_line() {
    let cases: &[(&str, &str)] = &[
        ("GET / HTTP/1.1\r\nA: b", "GET / HTTP/1.1"),
        ("GET / HTTP/1.1  \n\n", "GET / HTTP/1.1  "),
        ("\r\nget / HTTP/1.1\r\nA: b", "get / HTTP/1.1"),
        ("GET / HT", "GET / HT"),
        ("GET / x\nabc", "GET / x"),
        ("\r\n", ""),
    ];
    for (bytes, want) in cases {
        let mut head = RequestHead::default();
        let _ = head.read(bytes.as_bytes());
        assert_eq!(text(head.shown_line(bytes.as_bytes()).of(bytes.as_bytes())), *want);
    }
}

/// Bytes that often make sense to a reader.
fn nearly(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        8 => proptest::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 1..3),
    ];
    proptest::collection::vec(word, 0..14).prop_map(|words| words.concat())
}

fn cut_anywhere(read: impl Fn(&[u8], &[usize]) -> String, bytes: &[u8], mut cuts: Vec<usize>) {
    for cut in &mut cuts {
        *cut %= bytes.len() + 1;
    }
    cuts.sort_unstable();
    assert_eq!(read(bytes, &cuts), read(bytes, &[]), "{}", text(bytes));
}

proptest! {
    #[test]
    fn requests_read_alike_however_they_are_cut(
        bytes in nearly(&["GET ", "CONNECT ", "/", "http://", "h", ":", "80", " HTTP/1.1", "\r\n", "\n", "A: ", "b", " ", "[", "]", "?"]),
        cuts in proptest::collection::vec(any::<usize>(), 0..6),
    ) {
        cut_anywhere(request, &bytes, cuts);
    }

    #[test]
    fn responses_read_alike_however_they_are_cut(
        bytes in nearly(&["HTTP/1.1 ", "200", " OK", "\r\n", "\n", "A: ", "b", " ", "HTTP/", "\r", "\0"]),
        cuts in proptest::collection::vec(any::<usize>(), 0..6),
    ) {
        cut_anywhere(response, &bytes, cuts);
    }

    #[test]
    fn bodies_read_alike_however_they_are_cut(
        bytes in nearly(&["1\r\na\r\n", "0\r\n", "3", "\r\n", "\n", "A: b\r\n", ";x", "ffffff", "abc", " "]),
        cuts in proptest::collection::vec(any::<usize>(), 0..6),
    ) {
        cut_anywhere(|bytes, cuts| body(Chunked::request(), bytes, cuts), &bytes, cuts.clone());
        cut_anywhere(|bytes, cuts| body(Chunked::response_with_trailers(12), bytes, cuts), &bytes, cuts);
    }
}
