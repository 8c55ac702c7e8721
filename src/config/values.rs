//! nginx's ways to read a number, a size, a time; what `nginx.org` calls "configuration file measurement units".
//!
//! Formula and limits are those of `ngx_parse.c` and `ngx_string.c`: digits only, no sign, at most `i64::MAX` after
//! scaling. Each returns `None` where nginx returns `NGX_ERROR`.

/// A number without sign: `ngx_atoi`.
#[must_use]
pub fn number(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A decimal number with `places` digits after the point kept as an integer: `ngx_atofp`, `12.5` with 2 places is 1250.
#[must_use]
pub fn fixed_point(text: &str, places: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.is_empty() || fraction.len() > places as usize {
        return None;
    }
    let padded = format!("{whole}{fraction:0<width$}", width = places as usize);
    number(&padded)
}

fn scaled(text: &str, units: &[(&[char], i64)]) -> Option<u64> {
    let (digits, scale) = units
        .iter()
        .find_map(|(letters, scale)| text.strip_suffix(*letters).map(|digits| (digits, *scale)))
        .unwrap_or((text, 1));
    number(digits)?.checked_mul(scale).map(i64::cast_unsigned)
}

/// Bytes, with `k` or `m`: `ngx_parse_size`.
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    scaled(text, &[(&['k', 'K'], 1 << 10), (&['m', 'M'], 1 << 20)])
}

/// Bytes, with `k`, `m` or `g`: `ngx_parse_offset`.
#[must_use]
pub fn offset(text: &str) -> Option<u64> {
    scaled(text, &[(&['k', 'K'], 1 << 10), (&['m', 'M'], 1 << 20), (&['g', 'G'], 1 << 30)])
}

/// The units of time from large to small, with their seconds; each may be used once and only before smaller ones.
const UNITS: &[(&str, i64)] = &[
    ("y", 60 * 60 * 24 * 365),
    ("M", 60 * 60 * 24 * 30),
    ("w", 60 * 60 * 24 * 7),
    ("d", 60 * 60 * 24),
    ("h", 60 * 60),
    ("m", 60),
    ("s", 1),
];

/// Rank of `ms`, after all of [`UNITS`].
const MILLISECONDS: usize = 7;

/// A time in milliseconds: `ngx_parse_time(line, 0)`. `y` and `M` are not allowed, as nginx starts at weeks here.
#[must_use]
pub fn msec(text: &str) -> Option<u64> {
    time(text, false).map(i64::cast_unsigned)
}

/// A time in seconds: `ngx_parse_time(line, 1)`; `ms` is not allowed.
#[must_use]
pub fn sec(text: &str) -> Option<u64> {
    time(text, true).map(i64::cast_unsigned)
}

fn time(text: &str, seconds: bool) -> Option<i64> {
    let unit_scale = if seconds { 1 } else { 1000 };
    // The first unit that may still come; a blank ends the units as a second would.
    let mut next = if seconds { 0 } else { 2 };
    let mut total: i64 = 0;
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let value: i64 = if digits == 0 { 0 } else { rest[..digits].parse().ok()? };
        any |= digits > 0;
        rest = &rest[digits..];
        let Some(first) = rest.chars().next() else {
            return total.checked_add(value.checked_mul(unit_scale)?).filter(|_| any);
        };
        let (rank, scale, length) = if rest.starts_with("ms") {
            (MILLISECONDS, 1, 2)
        } else if first == ' ' {
            (MILLISECONDS - 1, unit_scale, 1)
        } else {
            let rank = UNITS.iter().position(|(unit, _)| rest.starts_with(unit))?;
            (rank, UNITS[rank].1.checked_mul(unit_scale)?, 1)
        };
        if rank < next || (rank == MILLISECONDS && seconds) {
            return None;
        }
        next = if first == ' ' { MILLISECONDS + 1 } else { rank + 1 };
        total = total.checked_add(value.checked_mul(scale)?)?;
        rest = rest[length..].trim_start_matches(' ');
    }
    any.then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases = [("1k", Some(1024)), ("2M", Some(2 << 20)), ("1g", None), ("", None), ("k", None), ("-1", None)];
        for (text, want) in cases {
            assert_eq!(size(text), want, "{text}");
        }
        assert_eq!(offset("1g"), Some(1 << 30));
        assert_eq!(size("99999999999999999999"), None);
        assert_eq!(size("9223372036854775807k"), None);
    }

    #[test]
    fn times() {
        let cases = [
            ("10", Some(10_000)),
            ("1h30m", Some(5_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("30m1h", None),
            ("5ms", Some(5)),
            ("1s5ms", Some(1005)),
            ("1y", None),
            ("", None),
            ("s", None),
            ("1m1m", None),
            ("1d 5", Some(86_405_000)),
        ];
        for (text, want) in cases {
            assert_eq!(msec(text), want, "{text}");
        }
        assert_eq!(sec("1y"), Some(31_536_000));
        assert_eq!(sec("5ms"), None);
    }

    #[test]
    fn fixed_points() {
        assert_eq!(fixed_point("12.5", 2), Some(1250));
        assert_eq!(fixed_point("1", 2), Some(100));
        assert_eq!(fixed_point("1.234", 2), None);
        assert_eq!(fixed_point("1.2.3", 2), None);
    }
}
