//! Payloads to text: words, places, refusals; and where files may go.

use proptest::prelude::*;

use super::{Dialect, Options, destinations, emit, quote, read, spelling};
use crate::syntax::{FileId, Item, NoFiles, Sources, parse};

/// A payload of one file with these statements.
fn payload(parsed: &str) -> String {
    format!(
        r#"{{"status":"ok","errors":[],"config":[{{"file":"a.conf","status":"ok","errors":[],"parsed":[{parsed}]}}]}}"#
    )
}

#[track_caller]
fn check(parsed: &str, expected: &str) {
    let files = read(&payload(parsed)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(files, [("a.conf".to_owned(), expected.to_owned())]);
}

/// The error for a payload, with its help.
#[track_caller]
fn check_refused(payload: &str, error: &str, help: &str) {
    let refused = read(payload).expect_err("it is refused");
    assert_eq!((refused.to_string(), &*refused.help), (error.to_owned(), help));
}

/// From text to JSON and back.
#[track_caller]
fn check_back(text: &str, dialect: Dialect, expected: &str) {
    let sources = Sources::from_text("a.conf", text.to_owned(), "", &NoFiles);
    let json = emit(&sources, dialect, &Options { comments: true, ..Options::default() });
    let files = read(&json).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(files[0].1, expected);
}

#[test]
fn without_lines_every_statement_has_its_own() {
    let server = r#"{"directive":"server","args":[],"block":[{"directive":"listen","args":["80"]},
        {"directive":"location","args":["/"],"block":[]}]}"#;
    check(server, "server {\n    listen 80;\n    location / {}\n}\n");
    check(
        &format!("{server},{}", r##"{"directive":"#","line":0,"args":[],"comment":" end"}"##),
        "server {\n    listen 80;\n    location / {}\n}\n# end\n",
    );
    check("", "");
}

#[test]
fn lines_say_where() {
    for text in [
        "\n\na b;\n\nc { d; e; }\n",
        "a {\n    b {\n        c; } }\nd;\n",
        "a {\n    b;\n} # end\nc {} d;\n",
        "# x\na { # y\n    # z\n}\n\n# w\n",
        "a # between\n{\n    b;\n}\n",
        "a # one\n# two\n;\n",
        "a \"1\n2\"; # behind\nb;\n",
        "a {}\n\nb {\n    c;\n\n}\nd;\n",
    ] {
        let text = text.replace("\n\n}", "\n}\n");
        check_back(&text, Dialect::Python, &text);
    }
}

#[test]
fn lines_that_make_no_sense_are_not_followed() {
    let two = r#"{"directive":"a","line":7,"args":[]},{"directive":"b","line":3,"args":[]}"#;
    check(two, "\n\n\n\n\n\na;\nb;\n");
    check(r#"{"directive":"a","line":1,"args":[]},{"directive":"b","line":4000000000000,"args":[]}"#, "a;\nb;\n");
    check(&r#"{"directive":"a","line":LINE,"args":[]}"#.replace("LINE", &u64::MAX.to_string()), "a;\n");
}

#[test]
fn what_is_combined_keeps_distances() {
    let parsed = r#"{"file":"m","directive":"a","line":1,"args":[]},{"file":"n","directive":"b","line":50,"args":[]},
        {"file":"n","directive":"c","line":52,"args":[]},{"file":"m","directive":"d","line":3,"args":[]}"#;
    check(parsed, "a;\nb;\n\nc;\nd;\n");
}

#[test]
fn a_condition_gets_its_parentheses() {
    let condition = |args: &str| format!(r#"{{"directive":"if","line":1,"args":[{args}],"block":[]}}"#);
    check(&condition(r#""$a""#), "if ($a) {}\n");
    check(&condition(r#""$a","=","""#), "if ($a = \"\") {}\n");
    check(&condition(r#""$a","~","x y""#), "if ($a ~ \"x y\") {}\n");
    check(&condition(r#""a b""#), "if ( \"a b\") {}\n");
}

#[test]
fn blocks_with_nothing_inside_come_back() {
    let text = "events {}\nhttp {\n    server {}\n    types {}\n    upstream a { server b; }\n    map $a $http { http 1; if c; events ''; }\n}\n";
    check_back(text, Dialect::Go, &text.replace("''", "\"\""));
    check_back(text, Dialect::Python, &text.replace("''", "\"\""));
}

/// `http 1;` is no block in a file that a map includes.
#[test]
fn what_a_map_includes_are_entries() {
    let included = r#"{"config":[
        {"file":"a","parsed":[{"directive":"map","args":["$a","$b"],"block":[{"directive":"include","args":["b"],"includes":[1]}]}]},
        {"file":"b","parsed":[{"directive":"types","args":[]},{"directive":"if","args":["x"]}]}]}"#;
    assert_eq!(read(included).unwrap()[1].1, "types;\nif x;\n");
}

#[test]
fn lua_stands_as_it_is() {
    let text = "init_by_lua_block {\n    local a = { \"}\" } -- }\n}\nset_by_lua_block $x {return 1}\n";
    check_back(text, Dialect::Python, text);
    check_back(text, Dialect::Go, text);
}

#[test]
fn nothing_breaks_out_of_its_place() {
    check(r##"{"directive":"#","line":1,"args":[],"comment":"a\nb;"}"##, "#a\n#b;\n");
    check(
        r##"{"directive":"a; b","line":1,"args":["c; d","#e","f\"; g","{","}","\\"]}"##,
        "\"a; b\" \"c; d\" \"#e\" 'f\"; g' \"{\" \"}\" \\\\;\n",
    );
    check_refused(
        &payload(r#"{"directive":"content_by_lua_block","line":1,"args":["} evil on; x {"]}"#),
        "config[0].parsed[0].args[0]: nginx would see another end of this Lua code",
        "close every brace and string in it",
    );
}

#[test]
fn refusals_name_the_place_and_the_way_out() {
    let shape = "compare with the output of nginxlb translate or crossplane parse";
    check_refused(
        "[",
        "this is no JSON: EOF while parsing a list at line 1 column 1",
        "give the output of crossplane parse",
    );
    check_refused("[]", "this should be an object, and is a list", shape);
    check_refused("{}", "there is no \"config\"", "give the whole output of crossplane parse");
    check_refused(r#"{"config":[{}]}"#, "config[0].file: this should be a string, and is nothing", shape);
    check_refused(
        &payload(r#"{"directive":"a","args":[],"block":[{"directive":"listen","args":["a",80]}]}"#),
        "config[0].parsed[0].block[0].args[1]: this should be a string, and is a number",
        "put it in quotes",
    );
    check_refused(
        &payload(r#"{"directive":"a","args":[],"line":-1}"#),
        "config[0].parsed[0].line: this should be a whole number from 0",
        "leave it out if it is not known",
    );
    check_refused(
        r#"{"status":"failed","errors":[{"file":"a","line":1,"error":"no in a:1"}],"config":[]}"#,
        "errors[0]: crossplane says: no in a:1; what it refused is not in the payload",
        "repair the configuration and parse it again; if nothing is missing, set \"status\" to \"ok\" and \"errors\" to []",
    );
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let error = read(&format!(r#"{{"config":{deep}}}"#)).expect_err("too deep");
    assert!(error.to_string().starts_with("the blocks are nested too deeply"), "{error}");
}

#[track_caller]
fn check_destinations(names: &[&str], expected: Result<&[&str], &str>) {
    match (destinations(names), expected) {
        (Ok(paths), Ok(expected)) => assert_eq!(paths, expected),
        (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

#[test]
fn files_stay_in_the_folder() {
    let main = "/etc/nginx/nginx.conf";
    check_destinations(&[main, "/etc//nginx/./conf.d/a.conf"], Ok(&["nginx.conf", "conf.d/a.conf"]));
    check_destinations(&["x/nginx.conf", "x/a"], Ok(&["nginx.conf", "a"]));
    check_destinations(&["nginx.conf", "./a/b"], Ok(&["nginx.conf", "a/b"]));
    check_destinations(&["/nginx.conf", "/a/b"], Ok(&["nginx.conf", "a/b"]));
    check_destinations(&[], Ok(&[]));
    let outside =
        |name: &str| format!("config[1].file: \"{name}\" is outside of \"/etc/nginx\", the folder of the first file");
    check_destinations(&[main, "/etc/passwd"], Err(&outside("/etc/passwd")));
    check_destinations(&[main, "/etc/nginx"], Err(&outside("/etc/nginx")));
    check_destinations(&[main, "etc/nginx/a"], Err(&outside("etc/nginx/a")));
    check_destinations(&["a", "/b"], Err("config[1].file: \"/b\" is outside of \"\", the folder of the first file"));
    check_destinations(&[main, "/etc/nginx/x/../a"], Ok(&["nginx.conf", "a"]));
    check_destinations(&[main, "/etc/nginx/../passwd"], Err(&outside("/etc/nginx/../passwd")));
    check_destinations(&[main, "/../etc/nginx/a"], Err("config[1].file: \"/../etc/nginx/a\" leads out with \"..\""));
    check_destinations(&["../a"], Err("config[0].file: \"../a\" leads out with \"..\""));
    check_destinations(&["a", "b/../../c"], Err("config[1].file: \"b/../../c\" leads out with \"..\""));
    check_destinations(&["a", "b/"], Err("config[1].file: \"b/\" is no name of a file"));
    check_destinations(&[""], Err("config[0].file: \"\" is no name of a file"));
    check_destinations(&["a", "./a"], Err("config[1].file: \"./a\" would be written over config[0]"));
    check_destinations(&["a", "a/b"], Err("config[1].file: \"a/b\" needs a folder where config[0] is a file"));
}

proptest! {
    /// Any argument becomes one word that is read as that argument, unless its quotes allow no such word.
    #[test]
    fn a_word_is_read_as_its_argument(argument in "[ab \\\\\"'#;{}$()\n\t\u{a0}]{0,8}") {
        let text = format!("x {};", quote::word(&argument));
        let tree = parse(FileId(0), &text);
        let [Item::Directive(directive)] = &*tree.items else { panic!("{text}") };
        prop_assert!(directive.fault.is_none(), "{text}");
        prop_assert_eq!(directive.words.len(), 2);
        let again = spelling::word(&text, &directive.words[1], Dialect::Python);
        let ends_open = (argument.len() - argument.trim_end_matches('\\').len()) % 2 == 1;
        let argument = if ends_open { format!("{argument}\\") } else { argument };
        if argument.contains("\\\"") && argument.contains("\\'") {
            prop_assert_eq!(unescaped(&again), unescaped(&argument));
        } else {
            prop_assert_eq!(again, argument);
        }
    }

    /// No payload makes it panic, and no text of a statement becomes another statement.
    #[test]
    fn a_statement_stays_one(name in "\\PC{1,6}", args in prop::collection::vec("[ -~\n]{0,6}", 0..4), line in 0usize..5) {
        let json = serde_json::json!({"directive": name, "args": args, "line": line}).to_string();
        if let Ok(files) = read(&payload(&json)) {
            let tree = parse(FileId(0), &files[0].1);
            prop_assert_eq!(tree.items.len(), 1, "{}", &files[0].1);
        }
    }
}

/// Without the backslashes that nginx takes off before quotes.
fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\'", "'")
}
