//! File name patterns as C's `glob()` and `fnmatch()` read them in the C locale, which is nginx's: by bytes, a dot file
//! only by a pattern with that dot, `**` no more than `*`, a backslash before a character that means itself.

use super::text::encode;

/// Whether the part of a path between two slashes needs matching rather than comparing.
#[must_use]
pub fn has_wildcards(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

/// A part without its backslashes.
#[must_use]
pub fn literal(part: &str) -> String {
    let mut chars = part.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

/// Whether `path` as a whole matches `pattern`; no wildcard matches a slash.
#[must_use]
pub fn matches_path(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if matches_name(pattern, name) => {}
            _ => return false,
        }
    }
}

/// Whether a name without slashes matches.
#[must_use]
pub fn matches_name(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (encode(pattern), encode(name));
    let explicit_dot = pattern.starts_with(b".") || pattern.starts_with(b"\\.");
    (explicit_dot || !name.starts_with(b".")) && matches(&pattern, &name)
}

/// Goes back only to the last `*`, which is enough, and keeps the time within the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star = None;
    while n < name.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p + 1, n));
            p += 1;
        } else if let Some(length) = one(&pattern[p..], name[n]) {
            (p, n) = (p + length, n + 1);
        } else if let Some((after, from)) = star {
            star = Some((after, from + 1));
            (p, n) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// How much of the pattern's head matches the one byte.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match pattern {
        [b'?', ..] => Some(1),
        [b'\\', literal, ..] => (*literal == byte).then_some(2),
        [b'[', rest @ ..] => match set(rest, byte) {
            Some((found, length)) => found.then_some(length + 1),
            None => (byte == b'[').then_some(1),
        },
        [literal, ..] => (*literal == byte).then_some(1),
        [] => None,
    }
}

/// A bracket expression behind its `[`: whether `byte` is in it, and its length; none if it is never closed.
fn set(mut rest: &[u8], byte: u8) -> Option<(bool, usize)> {
    let whole = rest.len();
    let negated = matches!(rest, [b'!' | b'^', ..]);
    rest = &rest[usize::from(negated)..];
    let mut found = false;
    let mut first = true;
    loop {
        let (hit, length) = match rest {
            [b']', ..] if !first => return Some((found != negated, whole - rest.len() + 1)),
            [b'[', b':', class @ ..] if class_of(class, byte).is_some() => class_of(class, byte)?,
            _ => range(rest, byte)?,
        };
        found |= hit;
        first = false;
        rest = &rest[length..];
    }
}

/// `a`, `\]`, `[.a.]`, `[=a=]` or `a-z`
fn range(rest: &[u8], byte: u8) -> Option<(bool, usize)> {
    let (low, length) = member(rest)?;
    match &rest[length..] {
        [b'-', high @ ..] if !matches!(high, [b']', ..] | []) => {
            let (high, more) = member(high)?;
            Some(((low..=high).contains(&byte), length + 1 + more))
        }
        _ => Some((low == byte, length)),
    }
}

fn member(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b'\\', literal, ..] => Some((*literal, 2)),
        [b'[', b'.', literal, b'.', b']', ..] | [b'[', b'=', literal, b'=', b']', ..] => Some((*literal, 5)),
        [literal, ..] => Some((*literal, 1)),
        [] => None,
    }
}

/// `alpha:]` and its like, behind `[:`.
fn class_of(rest: &[u8], byte: u8) -> Option<(bool, usize)> {
    type Class = (&'static [u8], fn(&u8) -> bool);
    const CLASSES: [Class; 11] = [
        (b"alnum:]", u8::is_ascii_alphanumeric),
        (b"alpha:]", u8::is_ascii_alphabetic),
        (b"blank:]", |b| matches!(b, b' ' | b'\t')),
        (b"cntrl:]", u8::is_ascii_control),
        (b"digit:]", u8::is_ascii_digit),
        (b"graph:]", u8::is_ascii_graphic),
        (b"lower:]", u8::is_ascii_lowercase),
        (b"print:]", |b| (b' '..=b'~').contains(b)),
        (b"punct:]", u8::is_ascii_punctuation),
        (b"upper:]", u8::is_ascii_uppercase),
        (b"xdigit:]", u8::is_ascii_hexdigit),
    ];
    let (name, class) = CLASSES.iter().find(|(name, _)| rest.starts_with(name))?;
    Some((class(&byte), name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::matches_path;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(matches_path(pattern, path), expected, "{pattern} against {path}");
    }

    #[test]
    fn stars_stay_in_their_folder_and_off_dot_files() {
        check("/etc/nginx/*.conf", "/etc/nginx/a.conf", true);
        check("/etc/nginx/*.conf", "/etc/nginx/.conf", false);
        check("/etc/nginx/.*", "/etc/nginx/.conf", true);
        check("/etc/nginx/?conf", "/etc/nginx/.conf", false);
        check("/etc/nginx/*.conf", "/etc/nginx/sub/a.conf", false);
        check("/etc/**/a.conf", "/etc/nginx/a.conf", true);
        check("/etc/**/a.conf", "/etc/nginx/sub/a.conf", false);
        check("*a*b*c", "xaybzc", true);
        check("*a*b*c", "xaybz", false);
    }

    #[test]
    fn brackets_hold_ranges_classes_and_a_first_closing_one() {
        check("[a-c]x", "bx", true);
        check("[!a-c]x", "bx", false);
        check("[^a-c]x", "dx", true);
        check("[]a]", "]", true);
        check("[a-]", "-", true);
        check("[[:digit:]x]", "7", true);
        check("[[:digit:]x]", "a", false);
        check("[[.a.]-c[=x=]]", "b", true);
        check("[[.a.]-c[=x=]]", "x", true);
        check("[.]a", ".a", false);
        check("[a", "[a", true);
    }

    #[test]
    fn a_backslash_takes_the_meaning() {
        check(r"\*", "*", true);
        check(r"\*", "a", false);
        check(r"[\]]", "]", true);
        check(r"\.*", ".a", true);
    }
}
