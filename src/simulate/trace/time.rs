//! Times as traces write them: decimal seconds, `$time_local`, `$time_iso8601`, RFC 3339; read to milliseconds since
//! 1970 and written again.
//!
//! Days are counted in years that begin in March, so that the leap day is a year's last: 400 of them have 146,097 days.

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;
/// Days of 400 years.
const ERA: i64 = 146_097;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Decimal seconds without sign as milliseconds, rounded: `$msec`, `$request_time`.
#[must_use]
pub fn decimal(text: &[u8]) -> Option<u64> {
    let dot = memchr::memchr(b'.', text).unwrap_or(text.len());
    let whole = number(&text[..dot])?;
    let fraction = text.get(dot + 1..).unwrap_or_default();
    if dot + 1 == text.len() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |place: usize| fraction.get(place).map_or(0, |digit| u64::from(digit - b'0'));
    let milliseconds = digit(0) * 100 + digit(1) * 10 + digit(2) + u64::from(digit(3) >= 5);
    whole.checked_mul(1000)?.checked_add(milliseconds)
}

/// A number without sign.
#[must_use]
pub fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// Seconds of floating point as milliseconds, rounded; `None` below zero or beyond the year 9999.
#[must_use]
pub fn floating(seconds: f64) -> Option<u64> {
    (0.0..253_402_300_800.0).contains(&seconds).then(|| (seconds * 1000.0).round() as u64)
}

/// `$time_local`: `25/Nov/2026:22:18:41 +0000`.
#[must_use]
pub fn local(text: &[u8]) -> Option<u64> {
    let (text, zone) = text.split_at_checked(20)?;
    if [text[2], text[6], text[11], text[14], text[17]] != *b"//:::" || zone.len() != 6 || zone[0] != b' ' {
        return None;
    }
    let month = MONTHS.iter().position(|month| month.as_bytes() == &text[3..6])? as u64 + 1;
    let date = days(number(&text[7..11])?, month, number(&text[..2])?)?;
    moment(date, clock([&text[12..14], &text[15..17], &text[18..20]])?, offset(&zone[1..])?)
}

/// `$time_iso8601` and RFC 3339: `2026-11-25T22:18:41+00:00`, `2026-11-25 22:18:41.125Z`.
#[must_use]
pub fn iso(text: &[u8]) -> Option<u64> {
    let (text, rest) = text.split_at_checked(19)?;
    if [text[4], text[7], text[13], text[16]] != *b"--::" || !b"Tt ".contains(&text[10]) {
        return None;
    }
    let date = days(number(&text[..4])?, number(&text[5..7])?, number(&text[8..10])?)?;
    let length = match rest.first()? {
        b'.' | b',' => 1 + rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let (fraction, zone) = rest.split_at(length);
    let milliseconds = match fraction {
        [] => 0,
        [_, digits @ ..] => decimal(&[b"0.", digits].concat())?,
    };
    let time = clock([&text[11..13], &text[14..16], &text[17..19]])?;
    moment(date, time + milliseconds as i64, offset(zone)?)
}

fn moment(days: i64, milliseconds: i64, offset: i64) -> Option<u64> {
    u64::try_from(days * DAY + milliseconds - offset).ok()
}

fn clock(parts: [&[u8]; 3]) -> Option<i64> {
    let [hour, minute, second] = parts.map(number);
    let (hour, minute, second) = (hour?, minute?, second?);
    (hour < 24 && minute < 60 && second <= 60).then_some(((hour * 60 + minute) * 60 + second) as i64 * 1000)
}

/// `Z`, `+0100` or `+01:00` in milliseconds.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        b"Z" | b"z" => return Some(0),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, [*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let milliseconds = clock([&hours, &minutes, b"00"])?;
    match sign {
        b'+' => Some(milliseconds),
        b'-' => Some(-milliseconds),
        _ => None,
    }
}

/// Days from 1970-01-01 to a date.
fn days(year: u64, month: u64, day: u64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year > 9999 {
        return None;
    }
    let (year, month, day) = (year as i64, month as i64, day as i64);
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - DAYS_TO_1970)
}

/// Milliseconds since 1970 as `$time_local` in UTC.
#[must_use]
pub fn write_local(milliseconds: u64) -> String {
    let (year, month, day) = date((milliseconds as i64).div_euclid(DAY));
    let second = milliseconds / 1000 % 86_400;
    let name = MONTHS[month as usize - 1];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{day:02}/{name}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000")
}

/// The year, month and day so many days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    // Every 4 years there is a day more, every 100 not, at the end of the 400 again.
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(read: impl Fn(&[u8]) -> Option<u64>, cases: &[(&str, Option<u64>)]) {
        for (text, expected) in cases {
            assert_eq!(read(text.as_bytes()), *expected, "{text}");
        }
    }

    #[test]
    fn decimal_seconds() {
        check(
            decimal,
            &[
                ("0.000", Some(0)),
                ("1", Some(1000)),
                ("0.1", Some(100)),
                ("12.0004", Some(12_000)),
                ("12.0005", Some(12_001)),
                ("0.9996", Some(1000)),
                ("1700000000.123", Some(1_700_000_000_123)),
                ("", None),
                ("1.", None),
                (".5", None),
                ("-1", None),
                ("1.2.3", None),
                ("99999999999999999999", None),
                ("18446744073709551615", None),
            ],
        );
    }

    #[test]
    fn time_local() {
        check(
            local,
            &[
                ("01/Jan/1970:00:00:00 +0000", Some(0)),
                ("25/Nov/2026:22:18:41 +0000", Some(1_795_645_121_000)),
                ("25/Nov/2026:22:18:41 +0230", Some(1_795_636_121_000)),
                ("29/Feb/2000:12:00:00 -0100", Some(951_829_200_000)),
                ("25/Xyz/2026:22:18:41 +0000", None),
                ("25/Nov/2026:22:61:41 +0000", None),
                ("32/Nov/2026:22:18:41 +0000", None),
                ("25/Nov/2026:22:18:41 0000", None),
                ("25/Nov/2026:22:18:41", None),
                ("01/Jan/1970:00:00:00 +0100", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn iso_8601() {
        check(
            iso,
            &[
                ("2026-11-25T22:18:41+00:00", Some(1_795_645_121_000)),
                ("2026-11-25 22:18:41Z", Some(1_795_645_121_000)),
                ("2026-11-25T22:18:41.1256Z", Some(1_795_645_121_126)),
                ("2026-11-25T22:18:41.5+01:00", Some(1_795_641_521_500)),
                ("2026-11-25T22:18:41", None),
                ("2026-11-25T22:18:41.Z", None),
                ("2026-13-25T22:18:41Z", None),
                ("yesterday", None),
            ],
        );
    }

    #[test]
    fn what_is_written_reads_as_the_same() {
        for day in (0..2_000_000).step_by(97) {
            let time = day * DAY as u64 / 7 / 1000 * 1000;
            let text = write_local(time);
            if text.len() == 26 {
                assert_eq!(local(text.as_bytes()), Some(time), "{text}");
            }
        }
    }

    #[test]
    fn floating_point() {
        assert_eq!(floating(0.11), Some(110));
        assert_eq!(floating(1.7e9 + 0.125), Some(1_700_000_000_125));
        assert_eq!([floating(-0.1), floating(f64::NAN), floating(f64::INFINITY), floating(1e300)], [None; 4]);
    }
}
