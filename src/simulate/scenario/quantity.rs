//! Times, as a scenario and its flags write them.

use crate::config::values;

/// The longest time, in seconds: thirty thousand years, and all its milliseconds are exact in a `f64`.
const LONGEST: f64 = 1e12;

/// Milliseconds of so many seconds; `None` for what is no time.
pub fn seconds(value: f64) -> Option<u64> {
    (0.0..=LONGEST).contains(&value).then(|| (value * 1000.0).round() as u64)
}

/// Milliseconds of a text: nginx's (`1m30s`, `500ms`), or one decimal number with `s`, `ms` or nothing behind it.
pub fn time(text: &str) -> Option<u64> {
    values::msec(text).filter(|ms| *ms as f64 <= LONGEST * 1000.0).or_else(|| decimal(text))
}

fn decimal(text: &str) -> Option<u64> {
    let (digits, scale) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    seconds(digits.parse::<f64>().ok().filter(|_| plain)? * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let cases = [
            ("500ms", Some(500)),
            ("1m30s", Some(90_000)),
            ("0.25", Some(250)),
            ("1.5s", Some(1500)),
            ("0.5ms", Some(1)),
            ("12", Some(12_000)),
            ("", None),
            (".", None),
            ("-1", None),
            ("1e3", None),
            ("inf", None),
            ("NaN", None),
            ("30m1h", None),
            ("9999999999999s", None),
        ];
        for (text, want) in cases {
            assert_eq!(time(text), want, "{text}");
        }
        assert_eq!(
            [seconds(-0.1), seconds(f64::NAN), seconds(f64::INFINITY), seconds(0.0015)],
            [None, None, None, Some(2)]
        );
    }
}
