//! Regular expressions for the path of a request. In a folder's own file Apache matches them against what
//! follows the folder's part of the path, and in `FilesMatch` against the file's name; nginx always against the whole path.

/// Where a pattern is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held<'a> {
    /// Against the whole path.
    Path,
    /// Against what is behind this beginning of the path, which has slashes at both ends.
    Behind(&'a str),
    /// Against what is behind the last slash.
    Name,
}

/// The expression that matches the whole path if and only if `pattern` matches its part; groups keep their numbers. It
/// begins with `^` unless the pattern is held against the path itself.
pub(super) fn on_path(pattern: &str, held: &Held, caseless: bool) -> String {
    let flag = if caseless { "(?i)" } else { "" };
    match held {
        Held::Path => format!("{flag}{pattern}"),
        Held::Behind(base) => format!("{flag}{}", behind(pattern, base)),
        Held::Name => format!("{flag}^(?s:.*)/(?=[^/]*$)[^/]*?(?:{})", with_start(pattern, "(?<=/)")),
    }
}

fn behind(pattern: &str, base: &str) -> String {
    let start = literal(base);
    if let Some(rest) = pattern.strip_prefix('^')
        && !has_choice(pattern)
        && !has_start(rest)
    {
        return format!("^{start}{rest}");
    }
    // What eats everything finds its first match at the start, or none.
    let eats = [".*", "(.*)", ".+", "(.+)"].iter().any(|start| pattern.starts_with(start));
    if pattern == "." || pattern.is_empty() || (eats && !has_choice(pattern) && !has_start(pattern)) {
        return format!("^{start}{pattern}");
    }
    if has_start(pattern) {
        return format!("^{start}(?s:.*?)(?:{})", with_start(pattern, &format!("(?<=^{start})")));
    }
    if has_choice(pattern) { format!("^{start}(?s:.*?)(?:{pattern})") } else { format!("^{start}(?s:.*?){pattern}") }
}

/// Whether every path is matched that has the beginning.
pub(super) fn matches_all(pattern: &str) -> bool {
    ["", "^", "$", ".*", "(.*)", "^.*", "^(.*)", "^.*$", "^(.*)$", ".*$", "(.*)$", ".?", "^/?", "^/?(.*)", "^/?(.*)$"]
        .contains(&pattern)
}

/// A text that matches itself.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\^$.[|()?*+{".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The characters that are neither escaped nor in a class, with their places and how many groups are around them.
fn active(pattern: &str) -> Vec<(usize, char, usize)> {
    let mut found = Vec::new();
    let (mut depth, mut in_class) = (0_usize, false);
    let mut chars = pattern.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => {
                in_class = true;
                // A bracket that comes first is one of the class.
                chars.next_if(|(_, c)| *c == '^');
                chars.next_if(|(_, c)| *c == ']');
            }
            _ => {
                depth = if c == ')' { depth.saturating_sub(1) } else { depth };
                found.push((at, c, depth));
                depth += usize::from(c == '(');
            }
        }
    }
    found
}

/// Whether there are alternatives outside of all groups.
fn has_choice(pattern: &str) -> bool {
    active(pattern).iter().any(|(_, c, depth)| *c == '|' && *depth == 0)
}

fn has_start(pattern: &str) -> bool {
    active(pattern).iter().any(|(_, c, _)| *c == '^')
}

fn with_start(pattern: &str, start: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (at, _, _) in active(pattern).iter().filter(|(_, c, _)| *c == '^') {
        out.push_str(&pattern[from..*at]);
        out.push_str(start);
        from = at + 1;
    }
    out + &pattern[from..]
}

/// The expression with names for some of its groups; and the names of those that it does not have. `None` if one of them
/// has a name already.
pub(super) fn named(expression: &str, names: &[(u8, String)]) -> Option<(String, Vec<String>)> {
    let mut out = String::new();
    let (mut from, mut group) = (0, 0_u8);
    for (at, _, _) in active(expression).iter().filter(|(_, c, _)| *c == '(') {
        let rest = &expression[at + 1..];
        let has_name = ["?P<", "?'"].iter().any(|start| rest.starts_with(start))
            || (rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!"));
        if rest.starts_with(['?', '*']) && !has_name {
            continue;
        }
        group = group.saturating_add(1);
        if let Some((_, name)) = names.iter().find(|(number, _)| *number == group) {
            if has_name {
                return None;
            }
            out.push_str(&expression[from..=*at]);
            out.extend(["?<", name, ">"]);
            from = at + 1;
        }
    }
    let missing = names.iter().filter(|(number, _)| *number == 0 || *number > group).map(|(_, name)| name.clone());
    Some((out + &expression[from..], missing.collect()))
}

/// The text that every match of an expression that begins with `^` begins with, as far as it is plain.
pub(super) fn beginning(expression: &str) -> String {
    let Some(rest) = expression.strip_prefix('^').filter(|_| !has_choice(expression)) else { return String::new() };
    let mut out = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let plain = match c {
            '\\' => chars.next().filter(|c| !c.is_ascii_alphanumeric()),
            _ => Some(c).filter(|c| !"^$.[|()?*+{".contains(*c)),
        };
        let Some(plain) = plain else { break };
        // What may be repeated or missing is not certain.
        if chars.peek().is_some_and(|next| "?*+{".contains(*next)) {
            break;
        }
        out.push(plain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Regex;

    #[test]
    fn patterns_mean_the_same_on_the_whole_path() {
        let patterns = [
            "^index\\.php$",
            "a",
            "^a|b$",
            "(^|/)\\.git",
            "[^a]b",
            "",
            "^",
            ".",
            "(.*)x$",
            "^(a|b)/",
            "\\^",
            "x?",
            "^^a",
            "[]^]b",
        ];
        let rests =
            ["", "index.php", "a", "b", "xa", "ba", "a/.git", ".git", "cb", "b/a", "^", "x", "ax", "/a", "^b", "]b"];
        for pattern in patterns {
            let apache = Regex::at_run_time(pattern).unwrap_or_else(|error| panic!("{error}"));
            for base in ["/", "/b.c/"] {
                let text = on_path(pattern, &Held::Behind(base), false);
                let ours = Regex::at_run_time(&text).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(ours.captures(), apache.captures(), "{text}");
                for rest in rests {
                    let path = format!("{base}{rest}");
                    assert_eq!(
                        ours.is_match(path.as_bytes()),
                        apache.is_match(rest.as_bytes()),
                        "{pattern} {text} {path}"
                    );
                }
            }
            let text = on_path(pattern, &Held::Name, false);
            let ours = Regex::at_run_time(&text).unwrap_or_else(|error| panic!("{error}"));
            for rest in rests {
                let name = rest.rsplit('/').next().unwrap_or("");
                assert_eq!(
                    ours.is_match(format!("/d/{rest}").as_bytes()),
                    apache.is_match(name.as_bytes()),
                    "{text} {rest}"
                );
            }
        }
    }

    #[test]
    fn groups_get_names() {
        let name = |number: u8| (number, format!("g{number}"));
        let (text, missing) = named("\\((?:a)([(])(b(c))(?<=x)", &[name(2), name(3), name(4)]).unwrap_or_default();
        assert_eq!((&*text, &*missing), ("\\((?:a)([(])(?<g2>b(?<g3>c))(?<=x)", &["g4".to_owned()][..]));
        assert_eq!(named("(?<x>a)", &[name(1)]), None);
        assert_eq!(named("(?<x>a)(b)", &[name(2)]).map(|(text, _)| text), Some("(?<x>a)(?<g2>b)".to_owned()));
    }

    #[test]
    fn what_is_plain_is_known() {
        assert_eq!(beginning("^/a\\.b/(.*)"), "/a.b/");
        assert_eq!(beginning("^/ab?c"), "/a");
        assert_eq!((&*beginning("/a"), &*beginning("^/a|b")), ("", ""));
    }
}
