//! Laws that hold for any input: formatting twice is formatting once, and the meaning stays.

use nginxlb::syntax::{FileId, parse};
use nginxlb::{fmt, fuzzing};
use proptest::prelude::*;

/// What a configuration is made of. A word gets a blank before it where one is needed.
const PIECES: [&str; 36] = [
    ";",
    ";",
    ";",
    "{",
    "{",
    "}",
    "}",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\n \n\t\n",
    "\t",
    " # a\n",
    "\n# b \r\n",
    "\n  #c\n\n",
    " #\n",
    "a",
    "if",
    "($b",
    "=",
    "c)",
    ")",
    "$d",
    "${e}f",
    "g\"h#}",
    "\\;",
    "i\\ j",
    "k\\\n",
    "\"l\"",
    "'m'",
    "\"n\n o\"",
    "'\\''",
    "é",
    "log_format",
];

/// Puts pieces together to a text that nginx's lexer takes: what does not fit is left out.
fn whole(pieces: &[&str]) -> String {
    let (mut text, mut depth, mut words) = (String::new(), 0, 0);
    let mut needs_blank = false;
    for piece in pieces {
        match *piece {
            ";" if words > 0 => words = 0,
            "{" if words > 0 => (depth, words) = (depth + 1, 0),
            "}" if words == 0 && depth > 0 => depth -= 1,
            ";" | "{" | "}" => continue,
            blank if blank.trim_start().is_empty() || blank.trim_start().starts_with('#') => {}
            word => {
                let glued = word == ")" && text.ends_with(['"', '\'']);
                if needs_blank && !glued {
                    text.push(' ');
                }
                words += 1;
                text.push_str(word);
                needs_blank = true;
                continue;
            }
        }
        text.push_str(piece);
        needs_blank = false;
    }
    text + if words > 0 { " ;" } else { "" } + &"}".repeat(depth)
}

fn configuration() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..80).prop_map(|pieces| whole(&pieces))
}

/// One with Lua or a word around the length that nginx's buffer holds somewhere in it.
fn special() -> impl Strategy<Value = String> {
    let long = (4088_usize..4100).prop_map(|count| "x".repeat(count));
    let long_comment = (4088_usize..4100).prop_map(|count| format!("\n#{}", "x".repeat(count)));
    let lua = prop::sample::select(vec!["\nb_by_lua_block{ a = '}' \n}", "\nb_by_lua_block # c\n { --[[ } ]] }"]);
    let end = prop::sample::select(vec![";", "{}", " ;", " {}", "", "\n"]);
    let inserted = prop_oneof![long, long_comment, lua.prop_map(str::to_owned)];
    (configuration(), inserted, end, configuration()).prop_map(|(a, b, end, c)| [&a, &*b, end, &*c].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn configurations(text in configuration()) {
        let formatted = crate::formatted(&text);
        prop_assert!(formatted.lines().all(|line| line.len() < 4000));
    }

    #[test]
    fn long_words_and_lua(text in special()) {
        fuzzing::fmt_idempotent(text.as_bytes());
        fuzzing::fmt_keeps_meaning(text.as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = [b"a \"", &*bytes, b"\";#", &bytes].concat();
        for data in [bytes, text] {
            fuzzing::fmt_idempotent(&data);
            fuzzing::fmt_keeps_meaning(&data);
        }
    }
}

#[test]
fn another_meaning_is_told_apart() {
    let text = "a b; # c\nd { e \"f g\"; }\nh_by_lua_block { i }";
    let others = [
        "a b; # c\nd { e \"f g\"; } h_by_lua_block {  i }",
        "a b; # c\nd { e 'f g'; } h_by_lua_block { i }",
        "a b; # c\nd { e \"f  g\"; } h_by_lua_block { i }",
        "a b; # C\nd { e \"f g\"; } h_by_lua_block { i }",
        "a b; d { e \"f g\"; } h_by_lua_block { i }",
        "a; b; # c\nd { e \"f g\"; } h_by_lua_block { i }",
        "a b; # c\nd { e \"f g\"; h_by_lua_block { i } }",
        "a b; # c\nd { e \"f g\"; } h_by_lua_block { i",
        "a b; # c\nd { } e \"f g\"; h_by_lua_block { i }",
    ];
    let same = |other: &str| fmt::same_meaning(&parse(FileId(0), text), text, other);
    for other in others {
        assert!(!same(other), "{other}");
    }
    assert!(same("a b # c  \r\n; d{e\n\"f g\";\n}h_by_lua_block{ i }"));
}
