//! nginx's limit on the length of a word or comment.
//!
//! nginx reads a file through a buffer of 4096 bytes and, when it has read all of it, moves what it has of the current
//! token (from behind the opening quote) to the front and fills the rest. A token that fills the buffer leaves no room:
//! `too long parameter`. The test comes before the byte after the 4096th is looked at, and only if the file has one; a
//! token counts as current until the next one, or a blank after the one that ended it, has been looked at. The result
//! does not depend on where the token lies in the file.

use super::span::Span;
use super::text::encode;
use super::tree::{FaultKind, Quote};

/// `NGX_CONF_BUFFER`
const BUFFER: usize = 4096;

/// A decoded character stands for at least a quarter of its length in bytes.
const LONGEST_DECODED: usize = 4 * (BUFFER + 1);

/// The fault of a word that is too long, `inner` being what is between its quotes.
pub(super) fn word(text: &str, inner: Span, quote: Quote, closed: bool) -> Option<FaultKind> {
    // The blank behind a quoted word comes two bytes after it.
    if inner.range().len() + 2 < BUFFER {
        return None;
    }
    let tail = &text.as_bytes()[inner.end as usize..];
    let behind = if quote == Quote::Bare { tail } else { tail.get(1..).unwrap_or(&[]) };
    let blank = matches!(behind.first(), Some(b' ' | b'\t' | b'\r' | b'\n'));
    let length = byte_length(&text[inner.range()]);
    let held = length + usize::from(quote != Quote::Bare && closed) + usize::from(blank);
    let kind = FaultKind::TooLong(if length >= BUFFER { quote } else { Quote::Bare });
    (held >= BUFFER && goes_on(text, inner)).then_some(kind)
}

/// The fault of a comment that is too long.
pub(super) fn comment(text: &str, span: Span) -> Option<FaultKind> {
    if span.range().len() < BUFFER {
        return None;
    }
    let too_long = byte_length(&text[span.range()]) >= BUFFER && goes_on(text, span);
    too_long.then_some(FaultKind::TooLong(Quote::Bare))
}

/// Whether the file has more bytes from the token's start than the buffer holds.
fn goes_on(text: &str, token: Span) -> bool {
    let rest = &text[token.start as usize..];
    byte_length(rest) > BUFFER
}

/// How many bytes `text` had in the file, or any number beyond the buffer.
fn byte_length(text: &str) -> usize {
    let end = (0..=LONGEST_DECODED.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    encode(&text[..end]).len()
}
