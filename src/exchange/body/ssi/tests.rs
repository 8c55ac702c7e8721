//! Pages, with what becomes of them.

use super::{Page, Shared};
use crate::balance::Millis;
use crate::config::compiled;
use crate::exchange::{Connection, Exchange, Line, ListenerId, Site};
use crate::modules::Target;

/// Compiles the inside of `http` for a live proxy.
fn site(body: &str) -> Site {
    let text = format!("events {{}} http {{ {body} server {{ listen 80; }} }}");
    let target = Target::default();
    let config = compiled(&text, &target);
    Site::compile_live(&config, &target).0
}

/// What becomes of a page that comes in two pieces, at `/d/p?v=Val&w=`: content, includes as `[...]`, complaints as `{...}`.
fn show(site: &Site, page: &str, at: usize) -> String {
    let mut exchange = Exchange::default();
    let line = Line { method: b"GET", target: b"/d/p?v=Val&w=", version: 11 };
    exchange.start(&Connection::default(), line, Millis(0));
    exchange.request.header(b"Host", b"example.com");
    exchange.begin(site, ListenerId(0));
    let (mut shared, mut all) = (Shared::default(), Vec::new());
    let mut reader = Page::new(40, false);
    let (first, second) = page.as_bytes().split_at(at);
    for mut input in [first, second] {
        loop {
            let found = reader.read(site, &mut exchange, &mut shared, &mut input, &mut all);
            for complaint in reader.complaints.drain(..) {
                all.extend([b"{", &complaint[..], b"}"].concat());
            }
            match found {
                Ok(None) => break,
                Ok(Some(include)) => {
                    let text = |bytes: Option<Vec<u8>>| String::from_utf8(bytes.unwrap_or_default()).expect("ASCII");
                    let (path, args) = (text(Some(include.path)), text(Some(include.args)));
                    let (set, stub, waits) = (text(include.set), text(include.stub), include.waits);
                    all.extend_from_slice(format!("[{path}?{args} {waits} {set} {stub}]").as_bytes());
                }
                Err(_) => return "broken".to_owned(),
            }
        }
    }
    String::from_utf8(all).expect("ASCII")
}

#[track_caller]
fn check(page: &str, want: &str) {
    let site = site("map $arg_v $mapped { Val is$uri; }");
    // What is complained of stands behind the content of its piece.
    let ats = if want.contains('{') { 0..=0 } else { 0..=page.len() };
    for at in ats {
        assert_eq!(show(&site, page, at), want, "{page} in two at {at}");
    }
}

const ERROR: &str = "[an error occurred while processing the directive]";

#[test]
fn variables_are_set_and_written() {
    check("<!--#echo var='arg_v' -->|<!--#echo var='arg_w' -->|<!--#echo var='arg_x' -->", "Val||(none)");
    check("<!--#echo var='arg_x' default='d' -->|<!--#echo var='x' default='' -->", "d|");
    check("<!--#set var='A' value='<&\">' --><!--#echo var='a' -->", "&lt;&amp;&quot;&gt;");
    check("<!--#set var='a' value='< %~' --><!--#echo var='a' encoding='url' -->", "%3C%20%25~");
    let kept = "<!--#set var='a' value='<' --><!--#echo var='a' encoding='none' --><!--#echo var='a' -->";
    check(kept, "<<");
    check("<!--#set var='a' value='${arg_v}x$uri-\\$\\n' --><!--#echo var='a' -->", "Valx/d/p-$\\n");
    check("<!--#echo var='mapped' -->|<!--#echo var='host' -->", "is/d/p|example.com");
}

#[test]
fn times_have_the_format_of_the_page() {
    check("<!--#echo var='date_gmt' -->", "Thursday, 01-Jan-1970 00:00:00 GMT");
    check("<!--#config timefmt='%H:%M' --><!--#set var='d' value='at $date_gmt' --><!--#echo var='d' -->", "at 00:00");
    check("a<!--#config timefmt='' --><!--#echo var='date_gmt' -->b", &format!("a{ERROR}b"));
    check("a<!--#config timefmt='' --><!--#set var='d' value='$date_gmt' -->b", "broken");
}

#[test]
fn conditions() {
    let branches = |expression: &str| {
        format!("x<!--#if expr=\"{expression}\" -->1<!--#elif expr=\"$arg_v\" -->2<!--#else -->3<!--#endif -->x")
    };
    for (expression, want) in [
        ("$arg_v", "x1x"),
        ("$arg_w", "x2x"),
        ("$arg_v = Val", "x1x"),
        ("$arg_v=val", "x2x"),
        ("$arg_v != val", "x1x"),
        ("ABC = abc", "x1x"),
        ("a = \\/b", "x2x"),
        ("$arg_v = /^V.l/", "x1x"),
        ("$arg_v != /V/", "x2x"),
    ] {
        check(&branches(expression), want);
    }
    check("<!--#if expr='$arg_w' -->1<!--#else -->3<!--#endif -->", "3");
    let groups = "<!--#if expr='$arg_v = /(V)(?<n>a)(x)?/' --><!--#echo var='0' -->,<!--#echo var='1' -->,\
                  <!--#echo var='n' -->,<!--#echo var='3' --><!--#endif -->";
    check(groups, "Va,V,a,(none)");
    check("<!--#else -->", &format!("{ERROR}{{invalid context of SSI command: \"else\"}}"));
    check("<!--#if expr='a b' -->", &format!("{ERROR}{{invalid expression in \"a b\"}}"));
    // `$` begins a variable there, too.
    let dollar = format!("{ERROR}{{invalid variable name in \"l$\"}}");
    check("<!--#if expr='a = /l$/' -->", &dollar);
    let regex = format!("{ERROR}{{pcre2_compile() failed: missing closing parenthesis in \"(\"}}");
    check("<!--#if expr='a = /(/' -->", &regex);
}

#[test]
fn answers_of_others() {
    check("1<!--#include virtual='/a?b' -->2", "1[/a?b false  ]2");
    check("<!--#include virtual='e$arg_v' wait='YES' -->", "[/d/eVal? true  ]");
    check("<!--#include file='e' -->", "[/d/e? true  ]");
    check("<!--#include virtual='/%61%3f' set='V' --><!--#echo var='v' -->", "[/a?? true V ]");
    let block = "<!--#block name='s' -->a<!--#echo var='x' --><!--#endblock -->b<!--#include virtual='/e' stub='s' -->";
    check(block, "b[/e? false  a<!--#echo var=\"x\" -->]");
    for (command, complaint) in [
        ("virtual='/../a'", "unsafe URI \"/../a\" was detected"),
        ("virtual='?a' file='b'", "inclusion may be either virtual=\"?a\" or file=\"b\""),
        ("set='a'", "no parameter in \"include\" SSI command"),
        ("file='a' wait='yes'", "\"wait\" cannot be used with file=\"a\""),
        ("virtual='/a' wait='x'", "invalid value \"x\" in the \"wait\" parameter"),
        ("virtual='/a' stub='x'", "\"stub\"=\"x\" for \"include\" not found"),
    ] {
        check(&format!("<!--#include {command} -->"), &format!("{ERROR}{{{complaint}}}"));
    }
}

#[test]
fn faults_are_shown_as_the_page_wants_it() {
    check("<!--#config errmsg='E' --><!--#bad -->", "E{invalid SSI command: \"bad\"}");
    check("<!--#echo -->", &format!("{ERROR}{{mandatory \"var\" parameter is absent in \"echo\" SSI command}}"));
    check("<!--#set var='a' value='$' -->", &format!("{ERROR}{{invalid variable name in \"$\"}}"));
    check("<!--#set var='a' value='${b' -->", &format!("{ERROR}{{the closing bracket in \"b\" variable is missing}}"));
    // Where nothing is shown commands need not be good.
    check("<!--#if expr='' --><!--#bad --><!--#echo --><!--#endif -->x", "x");
}
