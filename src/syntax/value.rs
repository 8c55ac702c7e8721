//! A word's text to its value, as nginx copies it: some backslashes vanish, some make a character, most stay.

/// The value of a word whose quotes are already off.
pub(super) fn value(raw: &str) -> Box<str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return raw.into();
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let resolved = match (c, chars.peek()) {
            ('\\', Some(&next @ ('"' | '\'' | '\\'))) => Some(next),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('r')) => Some('\r'),
            ('\\', Some('n')) => Some('\n'),
            _ => None,
        };
        out.push(resolved.unwrap_or(c));
        if resolved.is_some() {
            chars.next();
        }
    }
    out.into()
}
