//! Answers that are put together from several: `ssi`, `add_before_body` and `add_after_body`.

use crate::common::served::Served;

const ERROR: &str = "[an error occurred while processing the directive]";

const FILES: &[(&str, &str)] = &[
    ("t", "TEXT"),
    ("empty", ""),
    ("raw/t", "RAW"),
    ("raw/page.html", "<!--#include file=\"t\" -->-<!--#include virtual=\"/px/t\" -->-<!--#echo var=\"uri\" -->"),
    ("raw/long", "01234567890123456789"),
    (
        "order.html",
        "1<!--#include virtual=\"/px/t\" -->2<!--#include virtual=\"/in.html?a=b\" -->3<!--#include virtual=\"/t\" -->4",
    ),
    ("in.html", "(<!--#include virtual=\"/px/t\" wait=\"yes\" --><!--#echo var=\"args\" -->)"),
    ("set.html", "<!--#include virtual=\"/$arg_from\" set=\"x\" -->is <!--#echo var=\"x\" -->"),
    (
        "nested.html",
        // No longer than its file.
        "<!--#config timefmt=\"................................\" --><!--#include virtual=\"/t\" -->",
    ),
    (
        "stub.html",
        "<!--#block name=\"s\" -->s<!--#echo var=\"arg_a\" --><!--#endblock -->\
         (<!--#include virtual=\"/none?a=b\" stub=\"s\" -->)(<!--#include virtual=\"/t\" stub=\"s\" -->)\
         (<!--#include virtual=\"/px/empty\" stub=\"s\" -->)",
    ),
    ("raw/empty", ""),
    ("loop.html", "x<!--#include virtual=\"/loop.html\" -->"),
    ("bad.html", "a<!--#bad -->b"),
    (
        "shared.html",
        "<!--#set var=\"x\" value=\"1\" --><!--#include virtual=\"/show.html\" wait=\"yes\" -->,<!--#echo var=\"x\" -->",
    ),
    ("show.html", "<!--#echo var=\"x\" --><!--#set var=\"x\" value=\"2\" -->"),
    ("plain.txt", "<!--#echo var=\"uri\" -->"),
];

fn start() -> Served {
    Served::start(
        FILES,
        "ssi on;\n\
         location /raw/ { ssi off; }\n\
         location /px/ { subrequest_output_buffer_size 10; proxy_pass http://127.0.0.1:%/raw/; }\n\
         location /silent/ { alias html/; ssi_silent_errors on; }\n\
         location /types/ { alias html/; ssi_types text/plain; ssi_last_modified on; }\n\
         location /around/ { alias html/; add_before_body /t; add_after_body /in.html; gzip on; gzip_min_length 1; }",
        "default_type text/html; types { text/html html; text/plain txt; }",
    )
}

/// The content of an answer, which is not in chunks.
fn content(server: &Served, path: &str) -> String {
    server.send(&format!("GET {path} HTTP/1.0\r\n\r\n")).body().to_owned()
}

#[test]
fn answers_stand_in_order_in_pages() {
    let server = start();
    let cases = [
        ("/order.html", "1RAW2(RAWa=b)3TEXT4"),
        ("/px/page.html", "RAW-RAW-/px/page.html"),
        ("/set.html?from=t", "is TEXT"),
        ("/set.html?from=none", "is "),
        ("/stub.html", "(sb)(TEXT)(s<!--#echo var=\"arg_a\" -->)"),
        ("/shared.html", "1,2"),
        ("/bad.html", &format!("a{ERROR}b")),
        ("/silent/bad.html", "ab"),
        ("/plain.txt", "<!--#echo var=\"uri\" -->"),
        ("/types/plain.txt", "/types/plain.txt"),
        ("/around/order.html", "TEXT1RAW2(RAWa=b)3TEXT4(RAW(none))"),
        ("/around/t", "TEXTTEXT(RAW(none))"),
        ("/around/plain.txt", "<!--#echo var=\"uri\" -->"),
    ];
    for (path, want) in cases {
        assert_eq!(content(&server, path), want, "{path}");
    }
    server.logged("invalid SSI command: \"bad\" while sending response to client, client: 127.0.0.1");
}

#[test]
fn heads_of_pages() {
    let server = start();
    for name in ["Content-Length", "Last-Modified", "ETag", "Accept-Ranges"] {
        assert_eq!(server.get("/t", "").header(name), "", "{name}");
        assert_ne!(server.get("/raw/t", "").header(name), "", "{name}");
    }
    let kept = server.get("/types/plain.txt", "");
    assert_ne!(kept.header("Last-Modified"), "");
    assert!(kept.header("ETag").starts_with("W/\""));
    // What is put together is compressed as one.
    let packed = server.get("/around/t", "Accept-Encoding: gzip\r\n");
    assert_eq!(packed.header("Content-Encoding"), "gzip");
}

#[test]
fn subrequests_have_limits() {
    let server = start();
    assert_eq!(content(&server, "/loop.html"), format!("{}{ERROR}", "x".repeat(52)));
    server.logged("subrequests cycle while processing \"/loop.html\"");
    // Nothing of the answer was sent yet.
    assert_eq!(server.send("GET /set.html?from=px/long HTTP/1.0\r\n\r\n").0, "");
    server.logged("too big subrequest response: 20");
    assert_eq!(content(&server, "/set.html?from=nested.html"), format!("is {ERROR}"));
    server.logged("nested in-memory subrequest \"/t\" while sending response to client");
}
