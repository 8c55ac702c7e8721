//! Ranges of bytes: `ngx_http_range_filter_module.c`. What makes the content out of memory or a file sends just the
//! [`Part`]s; of what comes from an upstream [`Cut`] lets one range through.

use super::filter::{Filtering, Refused};
use super::{Answer, Ranges, number, parse_time};
use crate::exchange::body::{BodyFilter, Broken};

/// A piece of the content that is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// What is sent before it; nothing for the only one.
    pub head: Vec<u8>,
    /// Its first byte, and that after its last.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
}

/// Answers 206 or 416 to a client that asks for ranges.
pub fn filter(it: &mut Filtering) -> Result<(), Refused> {
    let answer = &mut *it.answer;
    let request = &it.exchange.request;
    let (Some(length), true) = (answer.length, answer.status == 200 && request.version() >= 10) else { return Ok(()) };
    if answer.ranges == Ranges::No || it.terms.max_ranges == Some(0) {
        return Ok(());
    }
    let header = |name: &'static [u8]| request.values(name).next().map(|value| request.get(value));
    let asked = header(b"range").filter(|range| range.len() >= 7 && range[..6].eq_ignore_ascii_case(b"bytes="));
    let Some(asked) = asked.filter(|_| header(b"if-range").is_none_or(|condition| holds(condition, answer))) else {
        answer.list.push(b"Accept-Ranges", b"bytes");
        return Ok(());
    };
    let most = if answer.ranges == Ranges::Single { Some(1) } else { it.terms.max_ranges };
    match parse(&asked[6..], length, most) {
        Asked::Ranges(ranges) => {
            answer.status = 206;
            answer.status_line.clear();
            answer.list.remove(b"Content-Range");
            match *ranges {
                [(start, end)] => single(answer, start, end, length),
                _ => several(answer, &ranges, length, it.unique),
            }
            if answer.of_upstream
                && let [Part { start, end, .. }] = *answer.parts
            {
                it.filters.push_first(Box::new(Cut { at: 0, start, end }));
            }
            Ok(())
        }
        Asked::Impossible => {
            answer.list.remove(b"Content-Range");
            answer.list.push(b"Content-Range", format!("bytes */{length}").as_bytes());
            answer.length = None;
            Err(Refused { status: 416, keeps_headers: true })
        }
        Asked::TooMuch => {
            answer.list.push(b"Accept-Ranges", b"bytes");
            Ok(())
        }
    }
}

/// `If-Range`
fn holds(condition: &[u8], answer: &Answer) -> bool {
    if condition.len() >= 2 && condition.ends_with(b"\"") {
        return answer.list.get(b"ETag") == Some(condition);
    }
    answer.last_modified.is_some_and(|modified| parse_time(condition) == Some(modified))
}

fn single(answer: &mut Answer, start: u64, end: u64, length: u64) {
    answer.list.push(b"Content-Range", format!("bytes {start}-{}/{length}", end - 1).as_bytes());
    answer.length = Some(end - start);
    answer.parts = vec![Part { head: Vec::new(), start, end }];
}

fn several(answer: &mut Answer, ranges: &[(u64, u64)], length: u64, unique: u64) {
    let boundary = format!("{unique:020}");
    let mut before = format!("\r\n--{boundary}\r\n").into_bytes();
    if !answer.content_type.is_empty() {
        before.extend_from_slice(b"Content-Type: ");
        answer.write_type(&mut before);
        before.extend_from_slice(b"\r\n");
    }
    before.extend_from_slice(b"Content-Range: bytes ");
    answer.set_type(format!("multipart/byteranges; boundary={boundary}").as_bytes());
    answer.charset.clear();
    answer.parts_tail = format!("\r\n--{boundary}--\r\n").into_bytes();
    let mut all = answer.parts_tail.len() as u64;
    for (start, end) in ranges.iter().copied() {
        let mut head = before.clone();
        number(&mut head, start);
        head.push(b'-');
        number(&mut head, end - 1);
        head.push(b'/');
        number(&mut head, length);
        head.extend_from_slice(b"\r\n\r\n");
        all += head.len() as u64 + (end - start);
        answer.parts.push(Part { head, start, end });
    }
    answer.length = Some(all);
}

/// What a client asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// These, in order: first byte, and that after the last.
    Ranges(Vec<(u64, u64)>),
    /// Nothing that there is, or that can be read.
    Impossible,
    /// As much as all, or more than allowed: all is sent.
    TooMuch,
}

/// `ngx_http_range_parse`
fn parse(text: &[u8], length: u64, most: Option<u64>) -> Asked {
    let mut ranges = Vec::new();
    let mut size = 0_u64;
    for piece in text.split(|byte| *byte == b',') {
        let Some((start, end)) = one(piece, length) else { return Asked::Impossible };
        if start < end {
            ranges.push((start, end));
            size = size.saturating_add(end - start);
            if size > i64::MAX as u64 {
                return Asked::Impossible;
            }
            if most.is_some_and(|most| ranges.len() as u64 > most) {
                return Asked::TooMuch;
            }
        } else if start == 0 {
            return Asked::TooMuch;
        }
    }
    if ranges.len() > 1 {
        // Without a limit nginx also counts what stands between the parts.
        let around = ranges.len() as u64 * 256;
        if size > length || (most.is_none() && size + around > length + 4096) {
            return Asked::TooMuch;
        }
    }
    if ranges.is_empty() { Asked::Impossible } else { Asked::Ranges(ranges) }
}

/// One range: `1-2`, `1-`, `-1`.
fn one(text: &[u8], length: u64) -> Option<(u64, u64)> {
    let mut at = Digits(text);
    at.blanks();
    if at.0.first() == Some(&b'-') {
        at.0 = &at.0[1..];
        let count = at.number()?;
        at.blanks();
        return at.0.is_empty().then(|| (length.saturating_sub(count), length));
    }
    let start = at.number()?;
    at.blanks();
    at.0 = at.0.strip_prefix(b"-")?;
    at.blanks();
    if at.0.is_empty() {
        return Some((start, length));
    }
    let end = at.number()?;
    at.blanks();
    at.0.is_empty().then(|| (start, if end >= length { length } else { end + 1 }))
}

struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    fn blanks(&mut self) {
        while let Some(rest) = self.0.strip_prefix(b" ") {
            self.0 = rest;
        }
    }

    fn number(&mut self) -> Option<u64> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        let number: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (i64::try_from(number).is_ok()).then_some(number)
    }
}

/// Lets one range of the content through.
#[derive(Debug)]
struct Cut {
    at: u64,
    start: u64,
    end: u64,
}

impl BodyFilter for Cut {
    fn filter(&mut self, input: &[u8], _: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        let within = |byte: u64| byte.saturating_sub(self.at).min(input.len() as u64) as usize;
        out.extend_from_slice(&input[within(self.start)..within(self.end)]);
        self.at += input.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_a_hundred_bytes() {
        let ranges = |ranges: &[(u64, u64)]| Asked::Ranges(ranges.to_vec());
        let cases = [
            ("0-8", None, ranges(&[(0, 9)])),
            ("99-", None, ranges(&[(99, 100)])),
            ("-5", None, ranges(&[(95, 100)])),
            ("-500", None, ranges(&[(0, 100)])),
            (" 1 - 2 ", None, ranges(&[(1, 3)])),
            ("1-2, 4-", None, ranges(&[(1, 3), (4, 100)])),
            ("1-2,200-", None, ranges(&[(1, 3)])),
            ("100-", None, Asked::Impossible),
            ("x", None, Asked::Impossible),
            ("1", None, Asked::Impossible),
            ("1-2,", None, Asked::Impossible),
            ("-0", None, Asked::Impossible),
            ("9223372036854775808-", None, Asked::Impossible),
            ("0-1,2-3", Some(1), Asked::TooMuch),
            ("0-99,0-99", Some(5), Asked::TooMuch),
            ("0-1000,0-0", None, Asked::TooMuch),
            ("5-0", None, Asked::Impossible),
        ];
        for (text, most, want) in cases {
            assert_eq!(parse(text.as_bytes(), 100, most), want, "{text}");
        }
    }

    #[test]
    fn one_range_of_a_stream() {
        let mut cut = Cut { at: 0, start: 2, end: 6 };
        let mut out = Vec::new();
        for piece in [&b"0"[..], b"123", b"4567", b"89"] {
            assert_eq!(cut.filter(piece, false, &mut out), Ok(()));
        }
        assert_eq!(out, b"2345");
    }

    #[test]
    fn parts() {
        let mut answer = Answer::default();
        answer.set_type(b"text/plain");
        several(&mut answer, &[(0, 2), (3, 4)], 10, 7);
        let sent: usize = answer.parts.iter().map(|part| part.head.len() + (part.end - part.start) as usize).sum();
        assert_eq!(answer.length, Some((sent + answer.parts_tail.len()) as u64));
        assert!(answer.content_type().ends_with(b"boundary=00000000000000000007"));
        assert!(answer.parts[1].head.ends_with(b"Content-Type: text/plain\r\nContent-Range: bytes 3-3/10\r\n\r\n"));
    }
}
