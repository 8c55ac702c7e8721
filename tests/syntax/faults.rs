//! What nginx refuses, in its words and with its line, and how reading goes on.

use nginxlb::syntax::{FileId, MAX_DEPTH, decode, parse, print};

use crate::outline::{check, first_fault, outline};

const NO_END: &str = "unexpected end of file, expecting \";\" or \"}\"";

#[test]
fn a_terminator_without_words_is_unexpected() {
    check(";a;\n;", " !1: unexpected \";\"\na;\n !2: unexpected \";\"");
    check("a { } ;", "a {\n}\n !1: unexpected \";\"");
    check("}\na;", " !1: unexpected \"}\"\na;");
    check("a {\n { b; } }", "a {\n   { !2: unexpected \"{\"\n    b;\n  }\n}");
}

#[test]
fn a_brace_cuts_a_directive_short() {
    check("a { b c\n} d;", "a {\n  b|c !2: unexpected \"}\"\n}\nd;");
    check("a b } c;", "a|b !1: unexpected \"}\"\n !1: unexpected \"}\"\nc;");
    check("a { b \"c\"} d;", "a {\n  b|c !1: unexpected \"}\"\n}\nd;");
}

#[test]
fn little_may_follow_a_closing_quote() {
    check("a \"b\"c;", "a|b|c; !1: unexpected \"c\"");
    check("a 'b'\"c\";", "a|b|c; !1: unexpected \"\"\"");
    check("a\n'b'#c\n;", "a|b; #c !2: unexpected \"#\"");
    check("a 'b')c;", "a|b|)c;");
    check("'a'b { c; }", "a|b { !1: unexpected \"b\"\n  c;\n}");
}

#[test]
fn an_unexpected_character_is_shown_by_its_first_byte() {
    let text = "a 'b'é;";
    let message = first_fault(&parse(FileId(0), text), text).expect("a fault").0;
    assert_eq!(message, format!("unexpected \"{}\"", decode(b"\xc3")));
}

#[test]
fn the_file_may_end_too_early() {
    check("a b\n", &format!("a|b !2: {NO_END}"));
    check("a b # c", &format!("a|b # c !1: {NO_END}"));
    check("a \"b;\n}\n", &format!("a|b;\\n}}\\n !3: {NO_END}"));
    check("a 'b\\'", &format!("a|b\\' !1: {NO_END}"));
    check("a \\", &format!("a|\\\\ !1: {NO_END}"));
    check(
        "a { b {\nc;",
        "a {\n  b {\n    c;\n   !2: unexpected end of file, expecting \"}\"\n !2: unexpected end of file, expecting \"}\"",
    );
}

/// In the words of the Lua module.
#[test]
fn the_file_may_end_in_a_lua_block() {
    const NO_END: &str = "unexpected end of file, expecting terminating characters for lua code block";
    check("a_by_lua_block { b = {}\n", &format!("a_by_lua_block {{ b = {{}}\n !2: {NO_END}"));
    check("a_by_lua_block { [[ }", &format!("a_by_lua_block {{ [[ }} !1: {NO_END}"));
}

/// A word that is `length` bytes long, between `before` and `after`, is too long or not.
#[track_caller]
fn too_long(before: &str, length: usize, after: &str, expected: Option<&str>) {
    let text = format!("\na\n{before}{}{after}", "x".repeat(length));
    let fault = first_fault(&parse(FileId(0), &text), &text);
    let fault = fault.filter(|(message, _)| message.starts_with("too long"));
    assert_eq!(fault, expected.map(|message| (message.into(), 3)), "{before}{length}{after:?}");
}

/// Measured with 1.22.1 and 1.31.3, which agree.
#[test]
fn a_word_must_fit_into_4096_bytes() {
    const WORD: &str = "too long parameter \"xxxxxxxxxx...\" started";
    const DOUBLE: &str = "too long parameter, probably missing terminating \"\"\" character";
    const SINGLE: &str = "too long parameter, probably missing terminating \"'\" character";
    too_long("", 4095, ";", None);
    too_long("", 4096, ";", Some(WORD));
    too_long("", 4094, " ;", None);
    too_long("", 4095, " ;", Some(WORD));
    too_long("", 4096, "", None);
    too_long("", 4097, "", Some(WORD));
    too_long("\"", 4094, "\";", None);
    too_long("\"", 4095, "\";", Some(WORD));
    too_long("\"", 4093, "\" ;", None);
    too_long("\"", 4094, "\" ;", Some(WORD));
    too_long("\"", 4096, "\";", Some(DOUBLE));
    too_long("'", 4096, "';", Some(SINGLE));
    too_long("'", 4096, "", None);
    too_long("'", 4097, "", Some(SINGLE));
}

#[test]
fn a_comment_must_fit_into_4096_bytes() {
    const COMMENT: &str = "too long parameter \"#xxxxxxxxx...\" started";
    too_long("#", 4094, "\n", None);
    too_long("#", 4095, "\n", Some(COMMENT));
    too_long("#", 4095, "", None);
    too_long(";#", 4096, "", Some(COMMENT));
}

#[test]
fn bytes_that_are_no_text_count_one_each() {
    for (length, fault) in [(4095, false), (4096, true)] {
        let text = decode(&[&vec![0xff; length][..], b";"].concat());
        assert_eq!(outline(&text).contains("too long"), fault, "{length}");
    }
}

#[test]
fn what_is_nested_too_deep_is_one_piece() {
    let nested = |depth: usize| format!("{}x;{}", "a {".repeat(depth), "}".repeat(depth));
    let at_most = nested(MAX_DEPTH);
    assert_eq!(first_fault(&parse(FileId(0), &at_most), &at_most), None);
    let deeper = format!("{} b;", nested(MAX_DEPTH + 2));
    let shown = outline(&deeper);
    let blocks = (0..MAX_DEPTH).map(|depth| format!("{}a {{", "  ".repeat(depth)));
    let skipped = format!("{}a {{a {{x;}}}} !1: blocks are nested more than 500 deep\n", "  ".repeat(MAX_DEPTH));
    let expected = blocks.chain([skipped]).collect::<Vec<_>>().join("\n");
    assert!(shown.starts_with(&expected) && shown.ends_with("}\nb;"), "{shown}");
}

#[test]
fn any_depth_is_read_and_printed() {
    for piece in ["{", "a{", "a{b;", "${", "x_by_lua_block{", "x_by_lua_block{ {", "\"{", "a{}}"] {
        let text = piece.repeat(100_000);
        assert!(print(&parse(FileId(0), &text), &text) == text, "{piece}");
    }
}
