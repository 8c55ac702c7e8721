//! `--picks`: one line of JSON a request, as it ends.
//!
//! `{"id":7,"t":1.25,"status":200,"upstream":"backend","tried":["10.0.0.1:80"],"statuses":["200"]}`
//!
//! `id` is the trace's own, a number or a text; `t` its arrival in seconds; `upstream` the group it was sent to last, or
//! `null`; `tried` is `$upstream_addr` and `statuses` is `$upstream_status`, with `-` for a try without a status.
//!
//! Written by hand: a line a request must not cost more than the request.

use crate::simulate::outcome::{Label, Outcome};

/// Appends the line of a request. `upstreams` are the groups' names, which [`Outcome::upstream`] is an index into.
pub fn write<S: AsRef<str>>(out: &mut Vec<u8>, outcome: &Outcome<'_>, upstreams: &[S]) {
    out.extend_from_slice(b"{\"id\":");
    match outcome.id {
        Label::Number(number) => decimal(out, number),
        Label::Text(bytes) => text(out, bytes),
    }
    out.extend_from_slice(b",\"t\":");
    seconds(out, outcome.time.0);
    out.extend_from_slice(b",\"status\":");
    decimal(out, u64::from(outcome.status));
    out.extend_from_slice(b",\"upstream\":");
    match outcome.upstream.and_then(|index| upstreams.get(index as usize)) {
        Some(name) => text(out, name.as_ref().as_bytes()),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"tried\":[");
    for (at, attempt) in outcome.attempts.iter().enumerate() {
        separate(out, at);
        text(out, attempt.addr.as_bytes());
    }
    out.extend_from_slice(b"],\"statuses\":[");
    for (at, attempt) in outcome.attempts.iter().enumerate() {
        separate(out, at);
        out.push(b'"');
        match attempt.status {
            0 => out.push(b'-'),
            status => decimal(out, u64::from(status)),
        }
        out.push(b'"');
    }
    out.extend_from_slice(b"]}\n");
}

fn separate(out: &mut Vec<u8>, at: usize) {
    if at > 0 {
        out.push(b',');
    }
}

fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Seconds with as many of three decimals as are needed.
fn seconds(out: &mut Vec<u8>, milliseconds: u64) {
    decimal(out, milliseconds / 1000);
    let rest = (milliseconds % 1000) as u32;
    let decimals = [b'.', digit(rest / 100), digit(rest / 10 % 10), digit(rest % 10)];
    let length = decimals.iter().rposition(|byte| (b'1'..=b'9').contains(byte)).map_or(0, |last| last + 1);
    out.extend_from_slice(&decimals[..length]);
}

fn digit(number: u32) -> u8 {
    b'0' + number as u8
}

/// A text; bytes that are no UTF-8 become U+FFFD.
fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    if bytes.iter().all(|byte| (b' '..0x7f).contains(byte) && *byte != b'"' && *byte != b'\\') {
        out.extend_from_slice(bytes);
    } else {
        let quoted = serde_json::Value::from(String::from_utf8_lossy(bytes)).to_string();
        out.extend_from_slice(&quoted.as_bytes()[1..quoted.len() - 1]);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Ending;
    use crate::simulate::report::tests::{attempt, outcome};

    fn check(outcome: &Outcome<'_>, line: &str) {
        let mut out = Vec::new();
        write(&mut out, outcome, &["backend", "o\"ther"]);
        assert_eq!(String::from_utf8(out).unwrap(), format!("{line}\n"));
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }

    #[test]
    fn lines() {
        let tries = [attempt(0, 100, 502, Ending::Refused), attempt(1, 100, 0, Ending::ClientGone)];
        let both = outcome(100, Some(0), &tries, 499);
        check(
            &both,
            r#"{"id":7,"t":0.1,"status":499,"upstream":"backend","tried":["10.0.0.1:80","10.0.0.2:80"],"statuses":["502","-"]}"#,
        );
        let none = Outcome { id: Label::Text(b"a\"\n\xff"), ..outcome(12_005, None, &[], 404) };
        check(&none, r#"{"id":"a\"\n�","t":12.005,"status":404,"upstream":null,"tried":[],"statuses":[]}"#);
        let whole = Outcome { id: Label::Number(u64::MAX), ..outcome(3000, Some(1), &[], 200) };
        check(
            &whole,
            r#"{"id":18446744073709551615,"t":3,"status":200,"upstream":"o\"ther","tried":[],"statuses":[]}"#,
        );
    }
}
