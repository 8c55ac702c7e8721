//! A piece of a file as crossplane spells it: quotes off, most backslashes kept, line ends and broken bytes in its way.

use super::Dialect;
use crate::syntax::{Quote, Span, Word, encode};

/// The argument that a word becomes; `text` is its file's.
pub(super) fn word(text: &str, word: &Word, dialect: Dialect) -> String {
    let quote = match word.quote {
        Quote::Bare => return plain(&text[word.span.range()], dialect),
        Quote::Single => '\'',
        Quote::Double => '"',
    };
    let inner = word.span.start as usize + 1..word.span.end as usize - 1;
    unescaped(&plain(&text[inner], dialect), quote)
}

/// The text behind a comment's `#`. A backslash takes the line feed with it, and both are gone.
pub(super) fn comment(text: &str, span: Span, dialect: Dialect) -> String {
    let mut comment = characters(&text[span.range()].replace('\r', ""), dialect);
    let backslashes = comment.len() - comment.trim_end_matches('\\').len();
    comment.truncate(comment.len() - backslashes % 2);
    comment.split_off(1)
}

/// The code between a Lua block's braces.
pub(super) fn lua(code: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Python => plain(code, dialect),
        // The Lua lexer of Go reads past the place where carriage returns are dropped.
        Dialect::Go => characters(code, dialect),
    }
}

/// Line ends and characters, as reading the file gives them.
fn plain(text: &str, dialect: Dialect) -> String {
    if !text.contains('\r') {
        return characters(text, dialect);
    }
    let text = match dialect {
        Dialect::Python => text.replace("\r\n", "\n").replace('\r', "\n"),
        Dialect::Go => text.replace('\r', ""),
    };
    characters(&text, dialect)
}

/// Bytes that are no character become U+FFFD.
fn characters(text: &str, dialect: Dialect) -> String {
    let bytes = encode(text);
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        let broken = chunk.invalid().len();
        let count = if dialect == Dialect::Go { broken } else { broken.min(1) };
        out.extend(std::iter::repeat_n('\u{fffd}', count));
    }
    out
}

/// Only the quote that encloses the word loses its backslash.
fn unescaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some(next)) if next == quote => out.push(quote),
            (_, next) => {
                out.push(c);
                out.extend(next);
            }
        }
    }
    out
}

/// `if` without the parentheses around its condition.
pub(super) fn condition(args: &mut Vec<String>) {
    let (Some(first), Some(last)) = (args.first(), args.last()) else { return };
    if !first.starts_with('(') || !last.ends_with(')') {
        return;
    }
    let end = args.len() - 1;
    args[0] = args[0][1..].trim_start().to_owned();
    let last = args[end].strip_suffix(')').unwrap_or(&args[end]);
    args[end] = last.trim_end().to_owned();
    if args.last().is_some_and(String::is_empty) {
        args.pop();
    }
    if args.first().is_some_and(String::is_empty) {
        args.remove(0);
    }
}
