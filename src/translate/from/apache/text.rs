//! Texts with `$1`, `%1` and `%{NAME}` in them, and what nginx has for each; nginx's own spelling of words.

use std::fmt::Write as _;

use super::capabilities as can;
use crate::translate::class::Capability;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// `$N`: what a group of the rule captured.
    Group(u8),
    /// `%N`: what a group of the last condition captured.
    Matched(u8),
    /// `%{NAME}`
    Variable(String),
    /// `${map:key}`
    Map,
}

/// The pieces of a text, as Apache reads them: a backslash takes the meaning from what follows.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let digit = after.bytes().next().filter(u8::is_ascii_digit).map(|digit| digit - b'0');
        let found = match (c, digit) {
            ('$', Some(group)) => Some((Part::Group(group), 1)),
            ('%', Some(group)) => Some((Part::Matched(group), 1)),
            ('%', None) if after.starts_with('{') => {
                after.find('}').map(|end| (Part::Variable(after[1..end].to_owned()), end + 1))
            }
            ('$', None) if after.starts_with('{') => after.find('}').map(|end| (Part::Map, end + 1)),
            _ => None,
        };
        match found {
            Some((part, length)) => {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(part);
                rest = &after[length..];
            }
            None if c == '\\' && !after.is_empty() => {
                let next = after.chars().next().unwrap_or('\\');
                plain.push(next);
                rest = &after[next.len_utf8()..];
            }
            None => {
                plain.push(c);
                rest = after;
            }
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

/// What stands for one of Apache's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// A variable of nginx, without the `$`.
    Variable(String),
    /// It is always this.
    Always(&'static str),
    /// `on` where TLS is spoken, `off` where not.
    Tls,
    /// The path, decoded.
    Path,
    /// The file that the path leads to.
    FileName,
}

/// The variable that is 200 once a rule has sent the request elsewhere, and empty before.
pub(super) const STATUS: &str = "apache_status";

/// What nginx has for `%{NAME}`.
pub(super) fn known(name: &str) -> Result<Known, &'static Capability> {
    let variable = |name: &str| Ok(Known::Variable(name.to_owned()));
    if let Some(header) = name.strip_prefix("HTTP:") {
        return variable(&format!("http_{}", header.to_ascii_lowercase().replace('-', "_")));
    }
    match name {
        "HTTP_HOST" | "HTTP_USER_AGENT" | "HTTP_REFERER" | "HTTP_COOKIE" | "HTTP_ACCEPT" | "HTTP_FORWARDED"
        | "REQUEST_METHOD" | "REMOTE_ADDR" | "REMOTE_PORT" | "REMOTE_USER" | "SERVER_PORT" | "SERVER_PROTOCOL"
        | "SERVER_ADDR" | "DOCUMENT_ROOT" => variable(&name.to_ascii_lowercase()),
        "HTTP_PROXY_CONNECTION" => variable("http_proxy_connection"),
        "QUERY_STRING" => variable("args"),
        "REQUEST_SCHEME" => variable("scheme"),
        "SERVER_NAME" => variable("host"),
        "THE_REQUEST" => variable("request"),
        "REQUEST_URI" => Ok(Known::Path),
        "REQUEST_FILENAME" | "SCRIPT_FILENAME" => Ok(Known::FileName),
        "HTTPS" => Ok(Known::Tls),
        "ENV:REDIRECT_STATUS" => variable(STATUS),
        "IS_SUBREQ" => Ok(Known::Always("false")),
        _ => Err(&can::VARIABLE),
    }
}

/// Whether a text depends on the path or on what the rules have made of the request.
pub(super) fn depends_on_path(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Group(_) => true,
        Part::Variable(name) => {
            ["REQUEST_URI", "REQUEST_FILENAME", "SCRIPT_FILENAME", "QUERY_STRING"].contains(&&**name)
        }
        Part::Text(_) | Part::Matched(_) | Part::Map => false,
    })
}

/// A piece of a value: a variable, with braces where a letter follows.
pub(super) fn joined(pieces: &[Piece]) -> Result<String, &'static Capability> {
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if text.contains('$') => return Err(&can::DOLLAR),
            Piece::Text(text) => out.push_str(text),
            Piece::Variable(name) => {
                let next = pieces.get(at + 1);
                let goes_on = matches!(next, Some(Piece::Text(text)) if text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
                let is_group = name.len() == 1 && name.as_bytes()[0].is_ascii_digit();
                out.extend(if goes_on && !is_group { ["${", name, "}"] } else { ["$", name, ""] });
            }
        }
    }
    Ok(out)
}

/// A piece of a value of nginx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Variable(String),
}

/// A word as nginx reads it again: in quotes where it has to be.
pub(super) fn word(value: &str) -> String {
    let ends = |c: char| c.is_ascii_whitespace() || ";{}\"'#".contains(c);
    let bare = !value.is_empty() && !value.contains(ends) && !value.starts_with('(') && !value.ends_with(')');
    let mut out = String::new();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_none_or(|next| r#"\"'tnr"#.contains(*next)) => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    if bare { out } else { format!("\"{out}\"") }
}

/// Plain text for the path of a redirect, as Apache escapes it unless it is told not to; `%` starts no escape there.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"$-_.+!*'(),:@&=/~;?".contains(&byte) {
            out.push(byte as char);
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{FileId, Item, parse};

    #[test]
    fn texts_fall_into_pieces() {
        let text = |text: &str| Part::Text(text.to_owned());
        let host = Part::Variable("HTTP_HOST".to_owned());
        assert_eq!(parts("a$1%2%{HTTP_HOST}b"), [text("a"), Part::Group(1), Part::Matched(2), host, text("b")]);
        assert_eq!(parts("\\$1\\%{x}$x%y%"), [text("$1%{x}$x%y%")]);
        assert_eq!(parts("${m:$1}"), [Part::Map]);
    }

    #[test]
    fn words_are_read_as_they_were_meant() {
        for value in
            ["a", "", "^/a\\.b$", "a b", "a;b{}", "\"'", "\\\\", "a\\", "\\t\\n", "^(a|b)", "#", "(a)", "é", "\\\"x"]
        {
            let text = format!("x {};", word(value));
            let tree = parse(FileId(0), &text);
            let [Item::Directive(directive)] = &*tree.items else { panic!("{text}") };
            assert_eq!((directive.words.len(), &*directive.words[1].value), (2, value), "{text}");
        }
    }
}
