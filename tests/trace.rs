//! Traces: what every reader makes of every kind of line, and that nothing depends on threads, packing or bad luck.

mod common;

use std::fmt::Write as _;
use std::io::{self, Cursor, Read, Write as _};
use std::path::Path;

use common::program;
use flate2::Compression;
use flate2::write::GzEncoder;
use nginxlb::modules::shared::log_format::Escape;
use nginxlb::simulate::trace::generate::Options;
use nginxlb::simulate::trace::{
    Batch, Form, Format, Generator, Id, Reader, Record, Slice, Source, Writer, Written, open,
};
use proptest::prelude::*;

/// All that a source gives, as text: a line for each request, without what it has by default.
#[derive(Debug, Default, PartialEq)]
struct Told {
    requests: Vec<String>,
    complaints: Vec<String>,
}

fn told(source: &mut impl Source) -> Told {
    let (mut told, mut batch) = (Told::default(), Batch::default());
    while source.next(&mut batch).unwrap() {
        told.requests.extend(batch.records.iter().map(|record| described(&batch, record)));
        for complaint in &batch.complaints {
            let fault = complaint.text.get(complaint.span.start as usize..complaint.span.end as usize);
            told.complaints.push(format!("{}: {} [{}]", complaint.line, complaint.message, fault.unwrap_or("...")));
        }
    }
    told
}

fn described(batch: &Batch, record: &Record) -> String {
    let text = |slice: Slice| String::from_utf8_lossy(batch.get(slice)).into_owned();
    let id = match record.id {
        Id::Number(number) => number.to_string(),
        Id::Text(slice) => text(slice),
    };
    let client = record.client.map_or("unix".to_owned(), |client| client.to_string());
    let mut out = format!("{id} {} {client} {} {}", record.time.0, text(record.method), text(record.uri));
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(out, " {name}={value}");
        }
    };
    add("host", (record.host.len > 0).then(|| text(record.host)));
    add("v", (record.version != 11).then(|| record.version.to_string()));
    for header in batch.headers(record) {
        add(&text(header.name), Some(text(header.value)));
    }
    add("tls", record.tls.map(|tls| tls.to_string()));
    add("port", record.port.map(|port| port.to_string()));
    add("service", record.service.map(|service| service.to_string()));
    add("took", record.took.map(|took| took.to_string()));
    add("session", record.session.map(text));
    add("status", record.status.map(|status| status.to_string()));
    add("addr", record.upstream_addr.map(text));
    add("answers", record.upstream_status.map(text));
    out
}

fn reader(text: &[u8], format: &Format) -> Reader {
    open(Cursor::new(text.to_vec()), None, format.clone(), 1).unwrap()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces").join(name)).unwrap()
}

fn check(name: &str, format: &Format, requests: &[&str], complaints: &[&str], assumptions: &[&str]) {
    let mut reader = reader(&file(name), format);
    let told = told(&mut reader);
    assert_eq!(told.requests, requests, "{name}");
    assert_eq!(told.complaints, complaints, "{name}");
    let assumed = reader.assumptions();
    for (number, begin) in assumptions.iter().enumerate() {
        assert!(assumed.get(number).is_some_and(|text| text.starts_with(begin)), "{name}: {assumed:#?}");
    }
    assert_eq!(assumed.len(), assumptions.len(), "{name}: {assumed:#?}");
}

#[test]
fn combined() {
    check(
        "combined.log",
        &Format::combined(),
        &[
            "1 0 203.0.113.7 GET /shop?q=a referer=https://example.com/ user-agent=curl/8.1 status=200",
            "2 500 203.0.113.8 POST /a\"b v=10 status=502",
            "3 2000 2001:db8::1 GET / v=20 user-agent=Mozilla/5.0 (\"quoted\") status=304",
            "4 3000 unix GET /sock status=200",
            "10 6000 203.0.113.9 GET /last status=200",
        ],
        &[
            "7: \"remote_addr\" is not an address: \"nowhere\" [nowhere]",
            "8: \"time_local\" is not a date: \"25/Now/2026:22:18:46 +0000\" [25/Now/2026:22:18:46 +0000]",
            "9: the line is not of the log's format: no \"\" \" after $request [GET / HTTP/1.1]",
        ],
        &[
            "the log's times are whole seconds",
            "the log has no $request_time",
            "the log has no $host",
            "the log has no $upstream_header_time",
            "of the headers the log has only referer, user-agent:",
            "2 lines of connections that sent no request",
        ],
    );
    let mut reader = reader(&file("combined.log"), &Format::combined());
    told(&mut reader);
    assert_eq!(reader.started(), Some(1_795_645_121));
}

#[test]
fn upstream_times_and_arrivals() {
    let format = "$msec $request_time $remote_addr $host \"$request\" $status \"$upstream_addr\" \"$upstream_status\" \
                  \"$upstream_header_time\" \"$http_cookie\"";
    check(
        "upstream.log",
        &Format::read("upstream", Escape::Default, format).unwrap(),
        &[
            "1 50 203.0.113.7 GET /first host=example.com cookie=sid=1; lang=en service=49 took=50 status=200 \
             addr=10.0.0.1:80 answers=200",
            "2 50 203.0.113.8 GET /long host=example.com service=340 took=350 status=200 \
             addr=10.0.0.2:80, 10.0.0.1:80 : 10.0.1.1:80 answers=502, 502 : 200",
            "3 380 203.0.113.9 GET /none host=example.org took=10 status=404",
        ],
        &[],
        &["of the headers the log has only cookie:"],
    );
}

#[test]
fn json_lines() {
    check(
        "fields.jsonl",
        &Format::combined(),
        &[
            "17 110 172.104.2.89 POST /x?k=c25 host=www.example.org x-key=38 accept=a accept=b",
            "abc 1001 ::1 GET /\u{e9} v=20 tls=true port=443 status=200 addr=10.0.0.1:80, 10.0.0.2:80 answers=502, 200",
            "2 2500 unix GET / host=by.header service=250 session=s1",
            "11 3000 unix GET /",
        ],
        &[
            "5: there is no \"t\", the time of arrival [{\"id\": 5}]",
            "6: \"t\" is not a date or seconds: -1 [\"t\": -1]",
            "7: \"client\" is not an address: \"x\" [\"client\": \"x\"]",
            "8: not an object of JSON: invalid type: integer `1`, expected a header's text, or several [1]",
            "9: not an object of JSON: EOF while parsing an object [1]",
            "10: not an object of JSON: expected ident [o]",
        ],
        &["2 requests without a client", "2 requests without a host", "3 requests without a service time"],
    );
}

#[test]
fn csv() {
    check(
        "fields.csv",
        &Format::combined(),
        &[
            "2 500 10.0.0.1 GET /a x-key=k1 x-forwarded-for=1.1.1.1, 2.2.2.2 service=100 session=s1",
            "3 750 10.0.0.2 GET /b?say=\"hi\"",
            "6 1795645121500 10.0.0.5 GET /e",
        ],
        &[
            "4: \"t\" is not a date or seconds: \"soon\" [soon]",
            "5: a quoted value that does not end on its line [\"/d]",
            "7: 9 values, but the header line names 8 [9]",
        ],
        &["3 requests without a host", "2 requests without a service time"],
    );
}

/// A line of a format, and what it tells.
fn line(escape: Escape, format: &str, line: &str, expected: &str) {
    let format = Format::read("f", escape, format).unwrap();
    let told = told(&mut open(Cursor::new(line.to_owned()), Some(Form::Log), format, 1).unwrap());
    assert_eq!((told.requests, told.complaints), (vec![expected.to_owned()], vec![]), "{line}");
}

#[test]
fn formats() {
    use Escape::{Default, Json, None};
    line(Default, "$msec $uri$is_args$args", "5.1 /a?b", "1 5100 unix GET /a?b");
    line(Default, "$msec $uri?$args", "5.1 /a?b", "1 5100 unix GET /a?b");
    line(Default, "$msec $uri?$args", "5.1 /a?-", "1 5100 unix GET /a");
    line(
        Default,
        "$msec $request_method $request_uri $server_protocol",
        "5 PUT /a?b HTTP/1.0",
        "1 5000 unix PUT /a?b v=10",
    );
    line(Default, "$time_iso8601 $request", "1970-01-01T00:00:05+00:00 GET /", "1 5000 unix GET / v=9");
    line(
        Default,
        "$msec \"$request\" $host $http_host $scheme $server_port $request_id",
        "5 \"GET / HTTP/1.1\" a b:81 https 443 cafe",
        "cafe 5000 unix GET / host=b:81 tls=true port=443",
    );
    line(
        Default,
        "$msec $uri \"$cookie_a\" \"$cookie_b\" \"$cookie_c\" \"$http_x_forwarded_for\"",
        r#"5 / "1" "-" "\x22" "1.1.1.1, 2.2.2.2""#,
        "1 5000 unix GET / x-forwarded-for=1.1.1.1, 2.2.2.2 cookie=a=1; c=\"",
    );
    line(
        Json,
        r#"{"time":"$msec","uri":"$request_uri","ua":"$http_user_agent","who":"$remote_addr"}"#,
        r#"{"time":"5","uri":"/\u00e9\"","ua":"say \"hi\",\"","who":"::1"}"#,
        "1 5000 ::1 GET /\u{e9}\" user-agent=say \"hi\",\"",
    );
    line(None, "$msec|$request_uri|$http_x", r"5|/\x22|-", r"1 5000 unix GET /\x22 x=-");
    line(
        Default,
        "$msec $uri $upstream_header_time|$upstream_response_time|",
        "5 / 0.100, - : -|0.1, 0.2 : 0.3|",
        "1 5000 unix GET / service=300",
    );
    line(Default, "$msec $uri", "5 / \r\n", "1 5000 unix GET / ");
}

#[test]
fn the_form_is_found_out() {
    let own = Format::read("own", Escape::Json, r#"{"t":$msec,"uri":"$uri"}"#).unwrap();
    for (text, format, form) in [
        ("{\"t\": 1}\n", Format::combined(), Form::Json),
        ("\n\n {\"t\": 1}", Format::combined(), Form::Json),
        ("{\"t\":1,\"uri\":\"/\"}", own.clone(), Form::Log),
        ("{\"id\":1,\"t\":1}", own, Form::Json),
        ("\u{feff}t,client\n", Format::combined(), Form::Csv),
        ("1.2.3.4 - -\n", Format::combined(), Form::Log),
        ("", Format::combined(), Form::Log),
    ] {
        assert_eq!(reader(text.as_bytes(), &format).form(), form, "{text}");
    }
    let refused = open(Cursor::new("client,uri\n"), Some(Form::Csv), Format::combined(), 1).err().unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn written(options: &str, written: Written) -> Vec<u8> {
    let mut generator = Generator::new(Options::read(options).unwrap());
    let mut writer = Writer::new(Vec::new(), written, generator.headers()).unwrap();
    let mut batch = Batch::default();
    while generator.next(&mut batch).unwrap() {
        writer.write(&batch).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn threads_and_packing_change_nothing() {
    let mut text = written("requests=30000,rate=2000,keys=5", Written::Combined);
    text.extend(b"a broken line\n");
    text.extend(written("requests=30000,rate=9000", Written::Combined));
    for input in [packed(&text), text] {
        let batches = |threads| {
            let mut reader = open(Cursor::new(input.clone()), None, Format::combined(), threads).unwrap();
            let (mut all, mut batch) = (Vec::new(), Batch::default());
            while reader.next(&mut batch).unwrap() {
                all.push((batch.bytes.clone(), batch.records.clone(), batch.headers.clone(), batch.complaints.clone()));
            }
            (all, reader.assumptions())
        };
        let one = batches(1);
        assert!(one.0.len() > 10 && one.0.iter().map(|batch| batch.1.len()).sum::<usize>() == 60_000);
        for threads in [2, 3, 5] {
            assert!(batches(threads) == one, "{threads} threads");
        }
    }
}

/// A log without an end.
struct Endless(Cursor<Vec<u8>>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.position() == self.0.get_ref().len() as u64 {
            self.0.set_position(0);
        }
        self.0.read(buffer)
    }
}

#[test]
fn who_has_enough_can_go() {
    let text = written("requests=5000,rate=100", Written::Combined);
    for threads in [1, 2, 4] {
        let mut reader = open(Endless(Cursor::new(text.clone())), None, Format::combined(), threads).unwrap();
        assert!(reader.next(&mut Batch::default()).unwrap());
    }
}

#[test]
fn what_was_read_before_a_fault_is_given_first() {
    let mut input = packed(&written("requests=50000", Written::Jsonl));
    input.truncate(input.len() - 5);
    for threads in [1, 3] {
        let mut reader = open(Cursor::new(input.clone()), None, Format::combined(), threads).unwrap();
        let (mut requests, mut batch) = (0, Batch::default());
        let fault = loop {
            match reader.next(&mut batch) {
                Ok(true) => requests += batch.records.len(),
                Ok(false) => panic!("nobody says that the end is missing"),
                Err(error) => break error,
            }
        };
        assert!(requests > 40_000, "{requests}");
        assert_eq!(fault.kind(), io::ErrorKind::UnexpectedEof);
        assert!(!reader.next(&mut batch).unwrap());
    }
}

#[test]
fn the_command_writes_what_the_generator_makes() {
    let run = |arguments: &[&str]| program::run(Path::new("."), arguments, "");
    let once = run(&["trace", "gen", "--requests", "3000", "--zipf", "1.1", "--keys", "3", "--format", "csv"]);
    assert!(once.status.success());
    assert_eq!(once.stdout, written("requests=3000,zipf=1.1,keys=3", Written::Csv));
    let file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().to_str().unwrap();
    assert!(run(&["trace", "gen", "--requests", "1e1", "--output", name]).status.success());
    assert_eq!(std::fs::read(name).unwrap(), written("requests=10", Written::Jsonl));
    let refused = run(&["trace", "gen", "--rate", "-1"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("\"rate\" has to be a number above 0, not \"-1\""));
    assert_eq!(run(&["trace", "gen", "--output", "/nowhere/at/all"]).status.code(), Some(2));
}

#[test]
fn the_same_options_give_the_same_trace_everywhere() {
    let text = written(
        "requests=2,zipf=1,nat=0.5,sessions=9,hosts=3,keys=9,key-zipf=1,post=0.5,service=exp:1,amplitude=0.5,seed=7",
        Written::Jsonl,
    );
    let expected = concat!(
        r#"{"id": 0, "t": 0, "method": "POST", "client": "198.18.0.0", "host": "h0.example.com", "uri": "/u/1", "#,
        r#""headers": {"x-key": "k0"}, "service": 1.227, "session": "n0"}"#,
        "\n",
        r#"{"id": 1, "t": 0.001, "method": "POST", "client": "198.18.0.0", "host": "h1.example.com", "uri": "/u/3", "#,
        r#""headers": {"x-key": "k0"}, "service": 0.397, "session": "n2"}"#,
        "\n",
    );
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

/// Requests as they come from a generator, told as a reader of what was written would.
fn generated(options: &str) -> Vec<String> {
    told(&mut Generator::new(Options::read(options).unwrap())).requests
}

fn any_options() -> impl Strategy<Value = String> {
    let counts = (1u32..400, 1u32..2000, 0u32..50, 1u32..3000, 0u32..9);
    (counts, 0u8..100, 0.0..2.0f64, any::<u64>()).prop_map(
        |((requests, clients, sessions, uris, keys), share, zipf, seed)| {
            format!(
                "requests={requests},clients={clients},sessions={sessions},uris={uris},keys={keys},nat=0.{share:02},\
             zipf={zipf},post=0.{share:02},service=exp:0.{share:02},hosts=2,seed={seed},rate=3000"
            )
        },
    )
}

proptest! {
    #[test]
    fn generated_written_and_read_is_the_same(options in any_options()) {
        for form in [Written::Jsonl, Written::Csv] {
            let read = told(&mut reader(&written(&options, form), &Format::combined()));
            prop_assert_eq!(read.complaints, Vec::<String>::new());
            prop_assert_eq!(read.requests, generated(&options));
        }
    }

    #[test]
    fn a_combined_log_keeps_what_it_has_room_for(options in any_options()) {
        let kept = |text: &String| {
            let words: Vec<&str> = text.split(' ').collect();
            (words[1].parse::<u64>().unwrap() / 1000, words[2..5].join(" "))
        };
        let read = told(&mut reader(&written(&options, Written::Combined), &Format::combined()));
        prop_assert_eq!(read.complaints, Vec::<String>::new());
        let [read, made] = [read.requests, generated(&options)].map(|all| all.iter().map(kept).collect::<Vec<_>>());
        let first = made.first().map_or(0, |(second, _)| *second);
        prop_assert_eq!(read, made.into_iter().map(|(second, rest)| (second - first, rest)).collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_break_a_reader(
        lines in prop::collection::vec(prop_oneof![any::<Vec<u8>>().boxed(), near_lines().boxed()], 0..20),
        form in prop_oneof![Just(None), Just(Some(Form::Json)), Just(Some(Form::Csv)), Just(Some(Form::Log))],
        escape in prop_oneof![Just(Escape::Default), Just(Escape::Json), Just(Escape::None)],
    ) {
        let mut text = if form == Some(Form::Csv) { b"t,client,http_x,port,version\n".to_vec() } else { Vec::new() };
        text.extend(lines.join(&b'\n'));
        let format = "[$msec] $request_time \"$request\" $cookie_a|$cookie_b|$https $server_protocol $uri$args";
        for format in [Format::combined(), Format::read("f", escape, format).unwrap()] {
            for threads in [1, 2] {
                if let Ok(mut reader) = open(Cursor::new(text.clone()), form, format.clone(), threads) {
                    let told = told(&mut reader);
                    prop_assert!(told.requests.len() + told.complaints.len() <= text.len());
                }
            }
        }
    }
}

/// Lines that are nearly right: a piece is cut out or bytes are put in.
fn near_lines() -> impl Strategy<Value = Vec<u8>> {
    let all = ["combined.log", "upstream.log", "fields.jsonl", "fields.csv"].map(file).concat();
    let lines: Vec<Vec<u8>> = all.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let piece = (any::<prop::sample::Index>(), 0usize..5, prop::collection::vec(any::<u8>(), 0..4));
    (prop::sample::select(lines), piece).prop_map(|(mut line, (at, length, put))| {
        let at = at.index(line.len() + 1);
        let end = (at + length).min(line.len());
        line.splice(at..end, put);
        line
    })
}
