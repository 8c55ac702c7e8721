//! Laws that hold for any input.

use std::fs;
use std::path::Path;

use nginxlb::fuzzing;
use proptest::prelude::*;

use crate::testdata;

/// Tokens that mean something to the lexer, so that random sequences of them get everywhere.
const TOKENS: [&str; 40] = [
    "\"",
    "'",
    ";",
    "{",
    "}",
    "#",
    "\\",
    "$",
    "${",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    ")",
    "(",
    "[[",
    "]]",
    "[=[",
    "]=]",
    "--",
    "--[[",
    "a",
    "server",
    "listen 80;",
    "if ($a = b) {",
    "include x;",
    "content_by_lua_block {",
    "set_by_lua_block $a {",
    "_by_lua_block",
    "\\\"",
    "\\'",
    "\\\\",
    "\\n",
    "é",
    "\u{feff}",
    "\0",
    "\u{10ffff}",
    "# c\n",
    "\"q\" ",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..60).prop_map(|tokens| tokens.concat())
}

/// A soup with one token around the length that nginx's buffer holds.
fn long_soup() -> impl Strategy<Value = String> {
    let long = (prop::sample::select(vec!["x", "é", "\\\\", "${", "\n"]), 1360_usize..4110);
    (soup(), long, soup()).prop_map(|(before, (piece, count), after)| before + &piece.repeat(count) + &after)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzzing::print_gives_back(&bytes);
    }

    #[test]
    fn any_tokens_come_back(text in soup()) {
        fuzzing::parse_never_fails(text.as_bytes());
        fuzzing::print_gives_back(text.as_bytes());
    }

    #[test]
    fn long_tokens_come_back(text in long_soup()) {
        fuzzing::parse_never_fails(text.as_bytes());
        fuzzing::print_gives_back(text.as_bytes());
    }
}

#[test]
fn every_input_of_the_tests_comes_back() {
    let count = each_file(&testdata(), &|bytes| {
        fuzzing::parse_never_fails(bytes);
        fuzzing::print_gives_back(bytes);
    });
    assert!(count >= 95, "{count}");
}

fn each_file(folder: &Path, check: &dyn Fn(&[u8])) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            count += each_file(&path, check);
        } else {
            check(&fs::read(&path).expect("a file"));
            count += 1;
        }
    }
    count
}
