//! Regular expressions of nginx, which are PCRE's: what they say if they only say simple things, and how RE2 would say them,
//! which is what implementations have.

use crate::config::Regex;
use crate::translate::re2::{self, Named, has_alternatives, quoted};

/// What a simple expression fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// This path.
    Exact(String),
    /// Paths that begin with this.
    Prefix(String),
    /// This path, and those that begin with it and a `/`.
    Segment(String),
}

/// A simple expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simple {
    /// What it fits.
    pub shape: Shape,
    /// The group that captures what follows the path, and whether the `/` before it is captured too.
    pub rest: Option<(u8, bool)>,
}

/// Reads expressions such as `^/api(/|$)(.*)`, `^/old/(.*)$`, `^/x$`.
#[must_use]
pub fn simple(pattern: &str) -> Option<Simple> {
    let pattern = pattern.strip_prefix('^').or_else(|| pattern.starts_with('/').then_some(pattern))?;
    if let Some(rest) = ["(.*)", "(.*)$", "(.+)$"].contains(&pattern).then_some(Some((1, true))) {
        return Some(Simple { shape: Shape::Prefix("/".to_owned()), rest });
    }
    let (literal, tail) = literal(pattern)?;
    let (shape, rest) = match tail {
        "$" => (Shape::Exact(literal), None),
        "(/|$)" => (Shape::Segment(literal), None),
        "(/|$)(.*)" | "(/|$)(.*)$" => (Shape::Segment(literal), Some((2, false))),
        "(?:/|$)(.*)" | "(?:/|$)(.*)$" => (Shape::Segment(literal), Some((1, false))),
        "" | ".*" | ".*$" => (Shape::Prefix(literal), None),
        "(.*)" | "(.*)$" if literal.ends_with('/') => (Shape::Prefix(literal), Some((1, false))),
        "(.*)" | "(.*)$" => (Shape::Prefix(literal), Some((1, true))),
        _ => return None,
    };
    match &shape {
        Shape::Segment(text) if text.ends_with('/') => None,
        _ => Some(Simple { shape, rest }),
    }
}

/// The text that an expression begins with, and the rest of it.
fn literal(pattern: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let (own, length) = match character {
            '\\' => {
                let escaped = rest[1..].chars().next().filter(char::is_ascii_punctuation)?;
                (escaped, 1 + escaped.len_utf8())
            }
            '^' | '$' | '.' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '*' | '+' | '?' => break,
            other => (other, other.len_utf8()),
        };
        text.push(own);
        rest = &rest[length..];
    }
    // What a quantifier counts is no fixed text.
    let fixed = text.starts_with('/') && !rest.starts_with(['*', '+', '?', '{', '|']);
    fixed.then_some((text, rest))
}

/// The expression as RE2 takes it, for whole paths that begin with `prefix`; nothing where RE2 cannot say it.
#[must_use]
pub fn portable(regex: &Regex, prefix: &str) -> Option<String> {
    let pattern = re2::body(regex, Named::Python)?;
    let whole = !has_alternatives(&pattern);
    let anchored = pattern.strip_prefix('^').filter(|_| whole);
    let begin = match (anchored, prefix) {
        (Some(_), "" | "/") => "^".to_owned(),
        (Some(own), prefix) if own.starts_with(&quoted(prefix)) => "^".to_owned(),
        (Some(_), _) => return None,
        (None, prefix) => format!("^{}.*", quoted(prefix)),
    };
    let inner = anchored.unwrap_or(&pattern);
    let ends = whole && inner.ends_with('$') && !inner.ends_with("\\$");
    let inner = if whole { inner.to_owned() } else { format!("(?:{inner})") };
    let end = if ends || inner.ends_with(".*") { "" } else { ".*" };
    Some(format!("{}{begin}{inner}{end}", re2::flag(regex)))
}

/// Paths that begin with this text, byte by byte.
#[must_use]
pub fn beginning(prefix: &str) -> String {
    format!("^{}.*", quoted(prefix))
}

/// This path and those below it.
#[must_use]
pub fn below(path: &str) -> String {
    format!("^{}(?:/.*)?$", quoted(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_ones_are_read() {
        let read = |pattern: &str| simple(pattern).map(|simple| format!("{:?} {:?}", simple.shape, simple.rest));
        let cases = [
            ("^/api(/|$)(.*)", Some("Segment(\"/api\") Some((2, false))")),
            ("^/old/(.*)$", Some("Prefix(\"/old/\") Some((1, false))")),
            ("^/old(.*)$", Some("Prefix(\"/old\") Some((1, true))")),
            ("^/a\\.b$", Some("Exact(\"/a.b\") None")),
            ("^(.*)$", Some("Prefix(\"/\") Some((1, true))")),
            ("^/", Some("Prefix(\"/\") None")),
            ("^/ab?c", None),
            ("^/a|/b", None),
            ("\\.php$", None),
            ("^/d/\\d+$", None),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(read(pattern).as_deref(), wanted, "{pattern}");
        }
    }

    #[test]
    fn others_are_said_as_re2_says_them() {
        let said = |pattern: &str, prefix: &str| portable(&Regex::at_run_time(pattern).unwrap(), prefix);
        assert_eq!(said("\\.php$", "").as_deref(), Some("^.*\\.php$"));
        assert_eq!(said("\\.php$", "/a.b/").as_deref(), Some("^/a\\.b/.*\\.php$"));
        assert_eq!(said("^/d/\\d+", "").as_deref(), Some("^/d/\\d+.*"));
        assert_eq!(said("a$|^/b", "").as_deref(), Some("^.*(?:a$|^/b).*"));
        assert_eq!(said("^/(?<x>a)$", "").as_deref(), Some("^/(?P<x>a)$"));
        assert_eq!(said("^/(?!a)", ""), None);
        assert_eq!(said("^/(a)\\1", ""), None);
        assert_eq!(said("^/b", "/a"), None);
    }
}
