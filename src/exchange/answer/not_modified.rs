//! Conditional requests: `ngx_http_not_modified_filter_module.c`.

use super::filter::{Filtering, IfModifiedSince, Refused};
use super::parse_time;

/// Answers 304 or 412 where a condition of the client says so.
pub fn filter(it: &mut Filtering) -> Result<(), Refused> {
    const FAILED: Refused = Refused { status: 412, keeps_headers: false };
    if it.answer.status != 200 || it.answer.of_upstream || !it.exchange.request.is_conditional() {
        return Ok(());
    }
    let request = &it.exchange.request;
    let header = |name: &'static [u8]| request.values(name).next().map(|value| request.get(value));
    let etag = it.answer.list.get(b"ETag");
    let modified = it.answer.last_modified;
    if let Some(since) = header(b"if-unmodified-since")
        && modified.is_none_or(|modified| parse_time(since).unwrap_or(-1) < modified)
    {
        return Err(FAILED);
    }
    if header(b"if-match").is_some_and(|list| !matches(list, etag, false)) {
        return Err(FAILED);
    }
    let (since, none_match) = (header(b"if-modified-since"), header(b"if-none-match"));
    if since.is_none() && none_match.is_none() {
        return Ok(());
    }
    if since.is_some_and(|since| is_modified(since, modified, it.terms.if_modified_since))
        || none_match.is_some_and(|list| !matches(list, etag, true))
    {
        return Ok(());
    }
    let answer = &mut *it.answer;
    answer.status = 304;
    answer.status_line.clear();
    answer.clear_type();
    answer.length = None;
    answer.forget_ranges();
    answer.list.remove(b"Content-Encoding");
    answer.header_only = true;
    Ok(())
}

fn is_modified(since: &[u8], modified: Option<i64>, how: IfModifiedSince) -> bool {
    let Some(modified) = modified else { return true };
    let since = parse_time(since).unwrap_or(-1);
    match how {
        IfModifiedSince::Off => true,
        IfModifiedSince::Exact => since != modified,
        IfModifiedSince::Before => since < modified,
    }
}

/// Whether an entity tag is in a list; where `weak`, it does not matter whether either is a weak one.
fn matches(list: &[u8], etag: Option<&[u8]>, weak: bool) -> bool {
    if list == b"*" {
        return true;
    }
    let Some(etag) = etag else { return false };
    let strong = |tag: &'_ [u8]| -> usize { if weak && tag.len() > 2 && tag.starts_with(b"W/") { 2 } else { 0 } };
    let etag = &etag[strong(etag)..];
    let mut rest = list;
    while !rest.is_empty() {
        rest = &rest[strong(rest)..];
        if rest.len() < etag.len() {
            return false;
        }
        if let Some(after) = rest.strip_prefix(etag) {
            let blank = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if matches!(after.get(blank), None | Some(b',')) {
                return true;
            }
            rest = after;
        }
        let next = memchr::memchr(b',', rest).unwrap_or(rest.len());
        let blank = rest[next..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b',')).count();
        rest = &rest[next + blank..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags() {
        let cases = [
            ("*", None, false, true),
            ("\"a\"", None, false, false),
            ("\"a\"", Some("\"a\""), false, true),
            ("\"b\", \"a\"", Some("\"a\""), false, true),
            ("\"b\",\"a\" , \"c\"", Some("\"a\""), false, true),
            ("\"ab\"", Some("\"a\""), false, false),
            ("W/\"a\"", Some("\"a\""), false, false),
            ("W/\"a\"", Some("\"a\""), true, true),
            ("\"a\"", Some("W/\"a\""), true, true),
            ("\"a\"", Some("W/\"a\""), false, false),
        ];
        for (list, etag, weak, want) in cases {
            assert_eq!(matches(list.as_bytes(), etag.map(str::as_bytes), weak), want, "{list} {etag:?} {weak}");
        }
    }

    #[test]
    fn times() {
        let at = |text: &str, how| is_modified(text.as_bytes(), Some(10), how);
        let (same, later) = ("Thu, 01 Jan 1970 00:00:10 GMT", "Thu, 01 Jan 1970 00:00:11 GMT");
        assert!(!at(same, IfModifiedSince::Exact) && at(later, IfModifiedSince::Exact));
        assert!(!at(later, IfModifiedSince::Before) && at("never", IfModifiedSince::Before));
        assert!(at(same, IfModifiedSince::Off));
    }
}
