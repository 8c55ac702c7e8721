//! Regular expressions of PCRE as RE2 and Go read them: which of them they can run, and how they are written there. They
//! have no look-around, no back-references, nothing possessive and nothing atomic. What they would read differently is
//! refused, too; of the rest the meaning is the same for texts without line ends.

use crate::config::Regex;

/// How a group with a name begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// `(?<name>`, which Go knows.
    Plain,
    /// `(?P<name>`, which all versions of RE2 know.
    Python,
}

/// The expression for Go; nothing where it cannot run it.
#[must_use]
pub fn of(regex: &Regex) -> Option<String> {
    Some(format!("{}{}", flag(regex), body(regex, Named::Plain)?))
}

/// What an expression is preceded by that knows no case.
#[must_use]
pub fn flag(regex: &Regex) -> &'static str {
    if regex.is_caseless() { "(?i)" } else { "" }
}

/// A text as an expression that matches just it.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// Whether there is a `|` outside of all brackets, or a flag that would not hold for what is put around.
#[must_use]
pub fn has_alternatives(body: &str) -> bool {
    let (mut depth, mut class, mut escaped) = (0, false, false);
    for byte in body.bytes() {
        if escaped {
            escaped = false;
            continue;
        }
        match byte {
            b'\\' => escaped = true,
            b'[' if !class => class = true,
            b']' => class = false,
            b'(' if !class => depth += 1,
            b')' if !class => depth -= 1,
            b'|' if !class && depth == 0 => return true,
            _ => {}
        }
    }
    body.starts_with("(?") && !["(?:", "(?P<", "(?<"].iter().any(|begin| body.starts_with(begin))
}

/// Escapes with a letter that mean the same in both.
const SAME: &[u8] = b"dDwWsSbBAzafnrtxpPQE";

/// The most that RE2 repeats.
const MOST_REPEATED: u32 = 1000;

/// The expression without the flag for its case; nothing where RE2 cannot run it.
#[must_use]
pub fn body(regex: &Regex, named: Named) -> Option<String> {
    let pattern = regex.pattern();
    // nginx's expressions are of bytes, RE2's of characters.
    if !pattern.is_ascii() {
        return None;
    }
    let bytes = pattern.as_bytes();
    let mut out = String::new();
    let (mut at, mut class) = (0, false);
    // Whether a quantifier ends here, so that a `+` would make it possessive.
    let mut quantified = false;
    while at < bytes.len() {
        let rest = &pattern[at..];
        let byte = bytes[at];
        let (taken, length) = match byte {
            b'\\' => escape(rest, class)?,
            b'[' if !class => {
                class = true;
                let negated = rest[1..].starts_with('^');
                // A `]` that comes first is one of the characters.
                let open = 1 + usize::from(negated);
                let length = open + usize::from(rest[open..].starts_with(']'));
                (rest[..length].to_owned(), length)
            }
            b'[' if rest.starts_with("[:") => {
                let end = rest.find(":]")? + 2;
                (rest[..end].to_owned(), end)
            }
            b']' if class => {
                class = false;
                ("]".to_owned(), 1)
            }
            b'(' if !class => group(rest, named)?,
            b'+' if !class && quantified => return None,
            b'{' if !class => {
                let end = rest.find('}').map_or(0, |end| end + 1);
                let count = |part: &str| part.is_empty() || part.parse().is_ok_and(|n: u32| n <= MOST_REPEATED);
                let counts = end > 2 && rest[1..end - 1].bytes().all(|b| b.is_ascii_digit() || b == b',');
                if !counts {
                    ("\\{".to_owned(), 1)
                } else if rest.starts_with("{,") || !rest[1..end - 1].split(',').all(count) {
                    return None;
                } else {
                    (rest[..end].to_owned(), end)
                }
            }
            _ => {
                let char = rest.chars().next()?;
                (char.to_string(), char.len_utf8())
            }
        };
        quantified = !class && matches!(byte, b'*' | b'+' | b'?') || (byte == b'{' && length > 1);
        out += &taken;
        at += length;
    }
    Some(out)
}

/// An escape, and how long it is.
fn escape(rest: &str, class: bool) -> Option<(String, usize)> {
    let letter = rest[1..].chars().next()?;
    let length = 1 + letter.len_utf8();
    if !letter.is_ascii_alphanumeric() {
        return Some((rest[..length].to_owned(), length));
    }
    match letter {
        'h' => Some((if class { "\\t " } else { "[\\t ]" }.to_owned(), length)),
        'b' if class => None,
        _ if letter.is_ascii() && SAME.contains(&(letter as u8)) => Some((rest[..length].to_owned(), length)),
        _ => None,
    }
}

/// The beginning of a group.
fn group(rest: &str, named: Named) -> Option<(String, usize)> {
    if rest.starts_with("(*") {
        return None;
    }
    let Some(inside) = rest.strip_prefix("(?") else { return Some(("(".to_owned(), 1)) };
    if inside.starts_with(':') {
        return Some(("(?:".to_owned(), 3));
    }
    for (own, length) in [("P<", 4), ("<", 3)] {
        let Some(name) = inside.strip_prefix(own) else { continue };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let begin = if named == Named::Plain { "(?<" } else { "(?P<" };
        return is_name.then(|| (begin.to_owned(), length));
    }
    let end = inside.find([':', ')'])?;
    let flags = inside[..end].bytes().all(|b| matches!(b, b'i' | b's' | b'm' | b'U' | b'-'));
    (flags && end > 0).then(|| (rest[..end + 3].to_owned(), end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_both() {
        let cases = [
            (r"\.php$", r"\.php$"),
            (r"^/a/(\d+)/(?<rest>.*)$", r"^/a/(\d+)/(?<rest>.*)$"),
            (r"(?P<x>a)", r"(?<x>a)"),
            (r"^/[^/]+/x{2,3}", r"^/[^/]+/x{2,3}"),
            (r"[]\w]+", r"[]\w]+"),
            ("a+?b*?", "a+?b*?"),
            ("(?i)x", "(?i)x"),
            ("[[:alpha:](]+", "[[:alpha:](]+"),
            ("a{x", r"a\{x"),
            (r"a\hb[\h]", r"a[\t ]b[\t ]"),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(of(&Regex::at_run_time(pattern).unwrap()).as_deref(), Some(wanted), "{pattern}");
        }
        let named = body(&Regex::at_run_time("(?<x>a)").unwrap(), Named::Python);
        assert_eq!(named.as_deref(), Some("(?P<x>a)"));
    }

    #[test]
    fn what_re2_does_not_have() {
        let patterns = [
            "a(?=b)",
            "a(?!b)",
            "(?<=a)b",
            "(?<!a)b",
            "(?>a)",
            "(a)\\1",
            "a++b",
            "a*+b",
            "a{2}+b",
            r"\Ka",
            r"(?<a>x)\k<a>",
            "a{1,2000}",
            r"\Ra",
            "(?|a|b)",
            r"\Z",
            "(?x) a",
            "(*UTF8)a",
            "ä",
            r"[\b]",
        ];
        for pattern in patterns {
            let regex = Regex::at_run_time(pattern);
            assert_eq!(regex.ok().and_then(|regex| of(&regex)), None, "{pattern}");
        }
    }

    #[test]
    fn quoted_is_the_text() {
        assert_eq!(quoted("/a.b{c}"), r"/a\.b\{c\}");
    }

    #[test]
    fn alternatives_outside_of_all_brackets() {
        for (pattern, wanted) in [("a|b", true), ("(a|b)", false), ("[a|b]", false), (r"a\|b", false), ("(?i)a", true)]
        {
            assert_eq!(has_alternatives(pattern), wanted, "{pattern}");
        }
    }
}
