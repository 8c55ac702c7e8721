//! The header lines of an upstream's answer, taken over one by one: some may come but once, and some must be right, whatever
//! the protocol (`ngx_http_upstream_headers_in` and what its rows call).

use crate::exchange::{Exchange, Headers};
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::serve::upstream::say::{READING_HEAD, say};
use crate::wire::http1::Field;

/// What becomes of a header that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// Only the first one counts.
    Ignored,
    /// The answer is refused.
    Refused,
}

/// Whether a header may come but once.
#[inline]
fn once(name: &[u8]) -> Option<Again> {
    let (known, again): (&[&str], _) = match name.len() {
        4 => (&["Date", "ETag"], Again::Ignored),
        6 => (&["Server", "Status"], Again::Ignored),
        7 => (&["Expires", "Refresh"], Again::Ignored),
        8 => (&["Location"], Again::Ignored),
        12 => (&["Content-Type"], Again::Ignored),
        13 => (&["Last-Modified"], Again::Ignored),
        14 => (&["Content-Length"], Again::Refused),
        15 => (&["X-Accel-Expires"], Again::Ignored),
        16 => (&["X-Accel-Redirect"], Again::Ignored),
        17 => (&["Transfer-Encoding"], Again::Refused),
        18 => (&["X-Accel-Limit-Rate"], Again::Ignored),
        _ => return None,
    };
    known.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())).then_some(again)
}

/// Gives the headers to the exchange.
///
/// # Errors
/// nginx's words for what makes them no header.
pub fn take(worker: &Worker, exchange: &mut Exchange, fields: &[Field], bytes: &[u8]) -> Result<(), Vec<u8>> {
    let mut headers = std::mem::take(&mut exchange.upstream_headers);
    headers.clear();
    let taken = fields.iter().try_for_each(|field| {
        let (name, value) = (field.name.of(bytes), field.value.of(bytes));
        if let Some(warning) = judge(&headers, name, value)? {
            say(worker, exchange, Level::Warn, &warning, READING_HEAD);
        } else {
            headers.push(name, value);
        }
        Ok(())
    });
    exchange.upstream_headers = headers;
    taken
}

/// Whether a header is taken after these: nothing, or a warning where it is left out.
#[inline]
fn judge(headers: &Headers, name: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, Vec<u8>> {
    let Some(again) = once(name) else { return Ok(None) };
    if let Some((known, before)) = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        let line = |name: &[u8], value: &[u8]| [b"\"", name, b": ", value, b"\""].concat();
        let start = b"upstream sent duplicate header line: ";
        let both = [&start[..], &line(name, value), b", previous value: ", &line(known, before)].concat();
        return if again == Again::Refused { Err(both) } else { Ok(Some([&both[..], b", ignored"].concat())) };
    }
    if again == Again::Refused {
        check_length(headers, name, value)?;
    }
    Ok(None)
}

/// What says how long the body is must be right, and alone.
fn check_length(headers: &Headers, name: &[u8], value: &[u8]) -> Result<(), Vec<u8>> {
    let is_length = name.eq_ignore_ascii_case(b"content-length");
    let other: &[u8] = if is_length { b"transfer-encoding" } else { b"content-length" };
    if headers.get(other).is_some() {
        return Err(b"upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time".to_vec());
    }
    if is_length && !is_number(value) {
        return Err([b"upstream sent invalid \"Content-Length\" header: \"", name, b": ", value, b"\""].concat());
    }
    if !is_length && !value.eq_ignore_ascii_case(b"chunked") {
        return Err([b"upstream sent unknown \"Transfer-Encoding\": \"", value, b"\""].concat());
    }
    Ok(())
}

/// `ngx_atoof`
fn is_number(text: &[u8]) -> bool {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits && std::str::from_utf8(text).is_ok_and(|text| text.parse::<i64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the last of these lines.
    fn check(lines: &[&str], wanted: &str) {
        let mut headers = Headers::default();
        let mut said = String::new();
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a header");
            said = match judge(&headers, name.as_bytes(), value.as_bytes()) {
                Ok(None) => String::new(),
                Ok(Some(warning)) => format!("warn {}", String::from_utf8(warning).expect("text")),
                Err(error) => format!("error {}", String::from_utf8(error).expect("text")),
            };
            headers.push(name.as_bytes(), value.as_bytes());
        }
        assert_eq!(said, wanted, "{lines:?}");
    }

    #[test]
    fn headers_that_come_again() {
        check(&["X-A: 1", "X-A: 2"], "");
        check(&["Set-Cookie: a", "Set-Cookie: b"], "");
        check(
            &["date: x", "Date: y"],
            "warn upstream sent duplicate header line: \"Date: y\", previous value: \"date: x\", ignored",
        );
        check(
            &["Content-Length: 1", "Content-Length: 1"],
            "error upstream sent duplicate header line: \"Content-Length: 1\", previous value: \"Content-Length: 1\"",
        );
    }

    #[test]
    fn lengths_are_right_and_alone() {
        let both = "error upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time";
        check(&["Content-Length: 1", "Transfer-Encoding: chunked"], both);
        check(&["Transfer-Encoding: Chunked", "content-length: 1"], both);
        check(&["Transfer-Encoding: gzip"], "error upstream sent unknown \"Transfer-Encoding\": \"gzip\"");
        for bad in ["+1", "1x", "9223372036854775808"] {
            let line = format!("Content-Length: {bad}");
            check(&[&line], &format!("error upstream sent invalid \"Content-Length\" header: \"{line}\""));
        }
        check(&["Content-Length: 9223372036854775807"], "");
    }
}
