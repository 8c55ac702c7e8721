//! What formatted text looks like.

use std::fs;
use std::path::Path;

use nginxlb::fmt;
use nginxlb::syntax::{FileId, parse};

use crate::formatted;

#[test]
fn files_in_the_one_style() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root.join("snapshots/fmt"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut files: Vec<_> = fs::read_dir(root.join("testdata/fmt")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6, "the fixtures are gone");
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy();
        let text = fs::read_to_string(&path).unwrap();
        settings.bind(|| insta::assert_snapshot!(name.as_ref(), formatted(&text)));
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected, "{text:?}");
}

#[track_caller]
fn unchanged(text: &str) {
    check(text, text);
}

#[test]
fn nothing_stays_nothing() {
    check("", "");
    check(" \n\r\t\n", "");
    check("\n\na;", "a;\n");
    check("a;\n\n\n", "a;\n");
    check("# a", "# a\n");
}

#[test]
fn empty_lines_group() {
    check("a;\n\n\n\nb;\nc;", "a;\n\nb;\nc;\n");
    check("a {\n\n  b;\n\n}\n\nc;", "a {\n    b;\n}\n\nc;\n");
    check("a { # x\n\n  b;\n\n  # y\n\n}", "a { # x\n    b;\n\n    # y\n}\n");
    check("a; b;\n \t\n# c\n\n\n# d", "a;\nb;\n\n# c\n\n# d\n");
}

#[test]
fn carriage_returns_end_lines() {
    check("a {\r\n  b;\r\n\r\n  c; # d\r\n}\r\n", "a {\n    b;\n\n    c; # d\n}\n");
    check("a;\rb;\r\rc;\r", "a;\nb;\n\nc;\n");
    check("a\rb\r\nc;", "a\n    b\n    c;\n");
    // Not those in words, and not those in a comment, which goes on behind them.
    check("a \"b\r\nc\rd\" e\\\r;", "a \"b\r\nc\rd\" e\\\r;\n");
    check("# a\rb;\r\nc;", "# a\rb;\nc;\n");
}

#[test]
fn words_stay_as_they_are() {
    unchanged("a \"\\\"'\" '\\'\"' b\"c'd \\; \\{ ${e}f $g;\n");
    unchanged("a\\ b\\\n c;\n");
    unchanged("\u{feff}a \u{a0} \u{b};\n");
    unchanged("a \"\" '';\n");
}

#[test]
fn a_parenthesis_behind_a_quote_stays() {
    unchanged("if ($a = \"b\") {}\n");
    unchanged("if ( $a = 'b' ) {}\n");
    check("if ($a = \"b\")\n{}", "if ($a = \"b\") {}\n");
    check("a 'b')c ;", "a 'b')c;\n");
}

#[test]
fn quoted_words_stand_under_the_first() {
    check("log_format a 'b'\n'c'\n\"d\";", "log_format a 'b'\n             'c'\n             \"d\";\n");
    check("log_format a\n'b'\n'c';", "log_format a\n    'b'\n    'c';\n");
    check("a é 'b'\nc 'd'\n'e';", "a é 'b'\n    c 'd'\n    'e';\n");
    check("x { a 'b\nc' d\n'e'; }", "x {\n    a 'b\nc' d\n      'e';\n}\n");
}

/// nginx refuses a word that fills its buffer together with the blank behind it (src/syntax/limit.rs).
#[test]
fn what_nginx_just_bears_it_bears_formatted() {
    for length in 4090..4096 {
        let word = "x".repeat(length);
        let glued = |text: String| {
            let tree = parse(FileId(0), &text);
            fmt::format(&tree, &text).map(|_| formatted(&text)).is_ok()
        };
        assert!(glued(format!("{word}{{}}")), "{length}");
        assert!(glued(format!("{word};")), "{length}");
        assert_eq!(glued(format!("a \"{word}\"{{}}")), length < 4095, "{length}");
        assert_eq!(glued(format!("{word} {{}}")), length < 4095, "{length}");
    }
}

#[test]
fn a_comment_that_must_be_last_stays_last() {
    let comment = format!("#{}", "x".repeat(4095));
    check(&format!("a;\n  {comment}"), &format!("a;\n{comment}"));
    let shorter = &comment[1..].replacen('x', "#", 1);
    check(shorter, &format!("{shorter}\n"));
}

#[test]
fn a_lexical_fault_is_refused() {
    let fault = |text: &str| {
        let fault = *fmt::format(&parse(FileId(0), text), text).expect_err(text);
        let at = fault.span.expect("a span").range();
        (fault.message, at)
    };
    assert_eq!(fault("a {\n b;"), ("unexpected end of file, expecting \"}\"".into(), 7..7));
    assert_eq!(fault("a { b }"), ("unexpected \"}\"".into(), 6..7));
    assert_eq!(fault("a;\n}"), ("unexpected \"}\"".into(), 3..4));
    assert_eq!(fault("a \"b\"c { d }"), ("unexpected \"c\"".into(), 5..6));
    assert_eq!(fault("a { b \"c; }"), ("unexpected end of file, expecting \";\" or \"}\"".into(), 11..11));
    assert!(fault("a_by_lua_block {").0.ends_with("for lua code block"));
}
