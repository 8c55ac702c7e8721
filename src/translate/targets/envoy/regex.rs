//! Regular expressions of PCRE as RE2 reads them, which Envoy has: no lookaround, no backreferences, nothing possessive.
//! What RE2 would read differently is refused, too.

use crate::config::Regex;

/// The expression for RE2, unanchored; nothing where RE2 does not have what it uses.
pub fn re2(regex: &Regex) -> Option<String> {
    let body = body(regex.pattern())?;
    Some(if regex.is_caseless() { format!("(?i){body}") } else { body })
}

/// The expression that fits a whole text, as Envoy wants it, where the other one fits somewhere in it.
pub fn whole(regex: &Regex) -> Option<String> {
    let body = body(regex.pattern())?;
    let flag = if regex.is_caseless() { "(?i)" } else { "" };
    Some(format!("{flag}{}", padded(&body, r"\C*", r"\C*")))
}

/// The expression for this text.
pub fn literal(text: &str) -> String {
    let quoted = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
    text.chars().map(quoted).collect()
}

/// The expression with `before` and `after` for the rest of the text, where it is not anchored.
pub fn padded(body: &str, before: &str, after: &str) -> String {
    if has_alternatives(body) {
        return format!("{before}(?:{body}){after}");
    }
    let (before, body) = match body.strip_prefix('^') {
        Some(body) => ("", body),
        None => (before, body),
    };
    match body.strip_suffix('$').filter(|body| !ends_escaped(body)) {
        Some(body) => format!("{before}{body}"),
        None => format!("{before}{body}{after}"),
    }
}

/// Whether what stands behind this text would be escaped.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Whether there is a `|` outside of all brackets, or a flag that would not hold for what is put around.
fn has_alternatives(body: &str) -> bool {
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
    body.starts_with("(?") && !body.starts_with("(?:") && !body.starts_with("(?P<")
}

/// Escapes with a letter that mean the same in both.
const SAME: &[u8] = b"dDwWsSbBAzafnrtxpPQE";

/// The most that RE2 repeats.
const MOST_REPEATED: u32 = 1000;

fn body(pattern: &str) -> Option<String> {
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
            b'(' if !class => group(rest)?,
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
fn group(rest: &str) -> Option<(String, usize)> {
    if rest.starts_with("(*") {
        return None;
    }
    let Some(inside) = rest.strip_prefix("(?") else { return Some(("(".to_owned(), 1)) };
    if inside.starts_with(':') {
        return Some(("(?:".to_owned(), 3));
    }
    for (own, length) in [("P<", 4), ("<", 3)] {
        let Some(name) = inside.strip_prefix(own) else { continue };
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        return named.then(|| ("(?P<".to_owned(), length));
    }
    let end = inside.find([':', ')'])?;
    let flags = inside[..end].bytes().all(|b| matches!(b, b'i' | b's' | b'm' | b'-'));
    (flags && end > 0).then(|| (rest[..end + 3].to_owned(), end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> String {
        Regex::at_run_time(pattern).ok().and_then(|regex| whole(&regex)).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn whole_texts() {
        let cases = [
            (r"\.php$", r"\C*\.php"),
            (r"^/a/(\d+)$", r"/a/(\d+)"),
            (r"^/a|b$", r"\C*(?:^/a|b$)\C*"),
            (r"a(b|c)", r"\C*a(b|c)\C*"),
            (r"^/x\$", r"/x\$\C*"),
            (r"^(?<who>\w+)\.test$", r"(?P<who>\w+)\.test"),
            (r"^(?i)/up/", r"(?i)/up/\C*"),
            (r"(?i)/up/", r"\C*(?:(?i)/up/)\C*"),
            (r"[^]a]|[[:alpha:](]", r"\C*(?:[^]a]|[[:alpha:](])\C*"),
            (r"^/a{2,3}{x$", r"/a{2,3}\{x"),
            (r"^a\hb$", r"a[\t ]b"),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(of(pattern), wanted, "{pattern}");
        }
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
        ];
        for pattern in patterns {
            assert_eq!(of(pattern), "-", "{pattern}");
        }
    }
}
