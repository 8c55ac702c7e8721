//! What the text of a regular expression tells without matching anything: its groups, and whether it can match a line
//! feed. nginx matches paths after decoding, so `%0a` in a request is a line feed here.

/// A capturing group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group<'p> {
    /// Its name, if it has one.
    pub name: Option<&'p str>,
    /// What is between its parentheses, name not counted.
    pub text: &'p str,
}

/// The capturing groups in the order of their numbers.
pub(super) fn groups(pattern: &str) -> Vec<Group<'_>> {
    let (mut found, mut open): (Vec<Group>, Vec<Option<(usize, usize)>>) = (Vec::new(), Vec::new());
    for (at, token) in tokens(pattern) {
        match token {
            "(" => {
                let inside = &pattern[at + 1..];
                let group = opening(inside);
                open.push(group.map(|(name, length)| {
                    found.push(Group { name, text: "" });
                    (found.len() - 1, at + 1 + length)
                }));
            }
            ")" => {
                if let Some((number, start)) = open.pop().flatten() {
                    found[number].text = &pattern[start..at];
                }
            }
            _ => {}
        }
    }
    found
}

/// The name of a group that captures and the length of its mark; `None` for one that does not capture.
fn opening(inside: &str) -> Option<(Option<&str>, usize)> {
    let Some(mark) = inside.strip_prefix('?') else { return Some((None, 0)) };
    let forms = [("P<", '>'), ("<", '>'), ("'", '\'')];
    let (start, end) = forms.into_iter().find(|(start, _)| mark.starts_with(start))?;
    let name = mark[start.len()..].split(end).next()?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some((Some(name), 1 + start.len() + name.len() + 1))
}

/// Whether what matches may contain a line feed. `.` does not match one.
pub(super) fn matches_line_feed(pattern: &str) -> bool {
    pattern.contains("(?s") || tokens(pattern).any(|(_, token)| token_matches_line_feed(token))
}

fn token_matches_line_feed(token: &str) -> bool {
    if let Some(class) = token.strip_prefix("[^") {
        return !["\n", "\\n", "\\s", "\\W", "\\D", "[:space:]", "[:cntrl:]"].iter().any(|kept| class.contains(kept));
    }
    let inside = |name: &&str| token.starts_with('[') && token.contains(*name);
    matches!(token, "\\s" | "\\W" | "\\D" | "\\n" | "\\v" | "\\R" | "\n")
        || ["\\s", "\\W", "\\D", "\\n", "\n", "[:space:]"].iter().any(inside)
}

/// Whether the pattern is anchored at both ends, so that it describes the whole subject.
pub(super) fn is_anchored(pattern: &str) -> bool {
    pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$") && !pattern.contains('|')
}

/// Characters, escaped characters (`\d`) and whole classes (`[...]`), with their offsets.
fn tokens(pattern: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &pattern[at..];
        let first = rest.chars().next()?;
        let length = match first {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => class_length(rest),
            _ => first.len_utf8(),
        };
        at += length;
        Some((at - length, &rest[..length]))
    })
}

/// The length of the class that `text` begins with.
fn class_length(text: &str) -> usize {
    let (mut escaped, mut named) = (false, false);
    // A bracket that closes right at the start stands for itself.
    let body = text[1..].strip_prefix('^').unwrap_or(&text[1..]);
    let start = text.len() - body.len() + usize::from(body.starts_with(']'));
    for (at, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if text[start + at..].starts_with("[:") => named = true,
            ']' if named => named = false,
            ']' => return start + at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: &[(Option<&str>, &str)]) {
        let found: Vec<_> = groups(pattern).into_iter().map(|group| (group.name, group.text)).collect();
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn finds_groups() {
        check(r"^/a$", &[]);
        check(r"^/(a)(b(c))$", &[(None, "a"), (None, "b(c)"), (None, "c")]);
        check(
            r"\((?:x)(?=y)(?<n>[^/)]+)[(](?P<m>.)(?'k'z)",
            &[(Some("n"), "[^/)]+"), (Some("m"), "."), (Some("k"), "z")],
        );
        check(r"[](](a)[^]()](b)[[:alpha:]](c)", &[(None, "a"), (None, "b"), (None, "c")]);
        check(r"(?<!a)(?<=b)(?i)(c)", &[(None, "c")]);
        check(r"(open", &[(None, "")]);
        check("\\", &[]);
    }

    #[test]
    fn knows_what_matches_line_feeds() {
        for pattern in [r"[^/]+", r"\s", r"\W*", r"[\s\S]", r"[^\w]", "(?s).", r"[^?]"] {
            assert!(matches_line_feed(pattern), "{pattern}");
        }
        for pattern in [r".*", r"\d+\S\w", r"[a-z/]+", r"[^\n]", r"[^\s/]+", r"\\s", r"[^\W]"] {
            assert!(!matches_line_feed(pattern), "{pattern}");
        }
    }
}
