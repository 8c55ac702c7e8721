//! Words of HAProxy's configuration. A line is cut at blanks; quotes keep them, and inside double quotes a backslash
//! escapes and `$` names an environment variable. Formats have `%` for their own, conditions take patterns as they are.

use std::fmt::Write as _;

use crate::config::Regex;

/// A word as it stands in a line: quoted where it has to be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/,=+@%?&~^*!;<>|[]()".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => drop(write!(out, "\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text for the place of a format: its `%` are signs.
pub fn literal(text: &str) -> String {
    text.replace('%', "%%")
}

/// An argument of a converter: in quotes of its own, inside those of the word.
pub fn argument(text: &str) -> String {
    if text.contains('\'') {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    } else {
        format!("'{text}'")
    }
}

/// A condition: `{ SAMPLE -m HOW PATTERN ... }`.
pub fn test(sample: &str, how: &str, patterns: &[&str]) -> String {
    let mut out = format!("{{ {} -m {how}", word(sample));
    for pattern in patterns {
        if pattern.starts_with('-') {
            out.push_str(" --");
        }
        out.push(' ');
        out.push_str(&word(pattern));
    }
    out.push_str(" }");
    out
}

/// A condition by a regular expression.
pub fn matches(sample: &str, regex: &Regex) -> String {
    let how = if regex.is_caseless() { "reg -i" } else { "reg" };
    test(sample, how, &[regex.pattern()])
}

/// A name for a section, a server or a variable.
pub fn name(text: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    text.chars().map(|c| if good(c) { c } else { '_' }).collect()
}

/// Milliseconds, in the largest unit that needs no fraction.
pub fn time(milliseconds: u64) -> String {
    match milliseconds {
        // No time at all would be no limit.
        0 => "1ms".to_owned(),
        time if time % 1000 == 0 => format!("{}s", time / 1000),
        time => format!("{time}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must_be() {
        assert_eq!(word("/a/b"), "/a/b");
        assert_eq!(word(""), "\"\"");
        assert_eq!(word("a b"), "\"a b\"");
        assert_eq!(word("say \"$x\" \\ 'y'\r\n"), "\"say \\\"\\$x\\\" \\\\ 'y'\\r\\n\"");
        assert_eq!(word("a#b"), "\"a#b\"");
        assert_eq!(word("\x01"), "\"\\x01\"");
        assert_eq!(literal("100%"), "100%%");
        assert_eq!(argument("a,b"), "'a,b'");
        assert_eq!(argument("it's \\d"), "\"it's \\\\d\"");
        assert_eq!(test("path", "beg", &["/a b", "-x"]), "{ path -m beg \"/a b\" -- -x }");
        assert_eq!(name("127.0.0.1:80/é x"), "127.0.0.1:80___x");
        assert_eq!((time(0), time(60_000), time(1500)), ("1ms".into(), "60s".into(), "1500ms".into()));
    }
}
