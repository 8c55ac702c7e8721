//! Numbers, addresses and times as nginx prints them.

use std::io::Write as _;
use std::net::IpAddr;

use crate::config::ip_text;
use crate::exchange::request::{Request, Slice};
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;

/// Appends an address.
pub fn push_address(bytes: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (n, octet) in v4.octets().into_iter().enumerate() {
                if n > 0 {
                    bytes.push(b'.');
                }
                push_octet(bytes, octet);
            }
        }
        IpAddr::V6(_) => bytes.extend_from_slice(ip_text(address).as_bytes()),
    }
}

fn push_octet(bytes: &mut Vec<u8>, octet: u8) {
    if octet >= 100 {
        bytes.push(b'0' + octet / 100);
    }
    if octet >= 10 {
        bytes.push(b'0' + octet / 10 % 10);
    }
    bytes.push(b'0' + octet % 10);
}

/// Appends formatted text to the request's buffer.
pub fn print(request: &mut Request, text: std::fmt::Arguments) -> Slice {
    let start = request.bytes.len();
    // Writing to a vector cannot fail.
    let _ = request.bytes.write_fmt(text);
    request.since(start)
}

/// Appends seconds with three decimals.
pub fn seconds(request: &mut Request, milliseconds: u64) -> Slice {
    print(request, format_args!("{}.{:03}", milliseconds / 1000, milliseconds % 1000))
}

fn is_escaped(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || b"\"#%&+;<>?\\^`{|}".contains(&byte)
}

/// The length of the n-th capture once it is escaped.
pub fn escaped_length(site: &Site, exchange: &Exchange, n: u8) -> usize {
    let capture = exchange.text(site, exchange.route.capture(n));
    capture.len() + 2 * capture.iter().filter(|byte| is_escaped(**byte)).count()
}

/// Appends a slice escaped for use among arguments (`NGX_ESCAPE_ARGS`).
pub fn push_escaped(site: &Site, request: &mut Request, slice: Slice) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for n in 0..slice.len as usize {
        let Some(byte) = site.resolve(request, slice).get(n).copied() else { return };
        if is_escaped(byte) {
            request.bytes.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            request.bytes.push(byte);
        }
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Sign, hours and minutes of a zone in seconds east of Greenwich.
fn hours(zone: i32) -> (char, u32, u32) {
    let minutes = zone.unsigned_abs() / 60;
    (if zone < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

/// `$time_local` of a zone in seconds east of Greenwich.
pub fn time_local(request: &mut Request, unix: u64, zone: i32) -> Slice {
    let (sign, east, more) = hours(zone);
    let unix = unix.saturating_add_signed(i64::from(zone));
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, seconds) = clock(unix);
    let month = MONTHS[month as usize - 1];
    print(
        request,
        format_args!("{day:02}/{month}/{year}:{hours:02}:{minutes:02}:{seconds:02} {sign}{east:02}{more:02}"),
    )
}

/// `$time_iso8601` of a zone in seconds east of Greenwich.
pub fn time_iso8601(request: &mut Request, unix: u64, zone: i32) -> Slice {
    let (sign, east, more) = hours(zone);
    let unix = unix.saturating_add_signed(i64::from(zone));
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, seconds) = clock(unix);
    print(
        request,
        format_args!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}{sign}{east:02}:{more:02}"),
    )
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A time as HTTP writes it; before 1970 it is 1970.
#[must_use]
pub fn http_time(unix: i64) -> String {
    let unix = u64::try_from(unix).unwrap_or(0);
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, seconds) = clock(unix);
    let (weekday, month) = (DAYS[(unix / 86_400 % 7) as usize], MONTHS[month as usize - 1]);
    format!("{weekday}, {day:02} {month} {year:04} {hours:02}:{minutes:02}:{seconds:02} GMT")
}

/// A time as cookies have it.
#[must_use]
pub fn cookie_time(unix: i64) -> String {
    let unix = u64::try_from(unix).unwrap_or(0);
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, seconds) = clock(unix);
    let (weekday, month) = (DAYS[(unix / 86_400 % 7) as usize], MONTHS[month as usize - 1]);
    // From 2038 on two digits would be taken for the past.
    let year = if year > 2037 { year.to_string() } else { format!("{:02}", year % 100) };
    format!("{weekday}, {day:02}-{month}-{year} {hours:02}:{minutes:02}:{seconds:02} GMT")
}

/// A time as a list of files has it in HTML: `28-Sep-1970 12:00`.
#[must_use]
pub fn list_time(unix: i64) -> String {
    let unix = u64::try_from(unix).unwrap_or(0);
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, _) = clock(unix);
    format!("{day:02}-{}-{year} {hours:02}:{minutes:02}", MONTHS[month as usize - 1])
}

/// A time as XML has it: `1986-12-31T10:00:00Z`.
#[must_use]
pub fn xml_time(unix: i64) -> String {
    let unix = u64::try_from(unix).unwrap_or(0);
    let (year, month, day) = date(unix / 86_400);
    let (hours, minutes, seconds) = clock(unix);
    format!("{year:4}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

/// Base64 with what fills it up.
pub fn base64_encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, n| bits << 8 | group.get(n).map_or(0, |byte| usize::from(*byte)));
        for n in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * n) & 63] as char;
            text.push(if n <= group.len() { digit } else { '=' });
        }
    }
    text
}

fn clock(unix: u64) -> (u64, u64, u64) {
    (unix / 3600 % 24, unix / 60 % 60, unix % 60)
}

/// The Gregorian date of a day since 1970-01-01, counted in years that begin in March.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let cases = [(0, (1970, 1, 1)), (59, (1970, 3, 1)), (11_016, (2000, 2, 29)), (20_000, (2024, 10, 4))];
        for (days, want) in cases {
            assert_eq!(date(days), want, "{days}");
        }
    }

    #[test]
    fn http_times() {
        assert_eq!(http_time(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_time(1_700_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
    }

    #[test]
    fn other_times() {
        assert_eq!(cookie_time(1_700_000_000), "Tue, 14-Nov-23 22:13:20 GMT");
        assert_eq!(list_time(1_700_000_000), "14-Nov-2023 22:13");
        assert_eq!(xml_time(1_700_000_000), "2023-11-14T22:13:20Z");
    }

    #[test]
    fn base64() {
        for (bytes, text) in [("", ""), ("u", "dQ=="), ("u:", "dTo="), ("u:p", "dTpw"), ("user", "dXNlcg==")] {
            assert_eq!(base64_encode(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn addresses() {
        for text in ["0.0.0.0", "10.20.130.255", "::1", "2001:db8::1"] {
            let mut bytes = Vec::new();
            push_address(&mut bytes, text.parse().expect("an address"));
            assert_eq!(bytes, text.as_bytes());
        }
    }
}
