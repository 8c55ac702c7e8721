//! The time of day where the machine stands, as logs write it. The zone is `TZ`, or `/etc/localtime`.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time since 1970.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "logs tell the time of day")]
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Seconds since 1970 as a local date, and seconds east of Greenwich.
#[must_use]
pub fn local(seconds: u64) -> (DateTime, i32) {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    let zone = ZONE.get_or_init(TimeZone::system);
    let time = Timestamp::from_second(seconds.cast_signed()).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = zone.to_offset(time);
    (offset.to_datetime(time), offset.seconds())
}

/// `2026/11/26 01:23:45`, of the error log.
#[must_use]
pub fn error_log(seconds: u64) -> String {
    let (at, _) = local(seconds);
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{:04}/{:02}/{:02} {hour:02}:{minute:02}:{second:02}", at.year(), at.month(), at.day())
}

/// `26/Nov/2026:01:23:45 +0000`, of `$time_local`.
#[must_use]
pub fn common(seconds: u64) -> String {
    let (at, offset) = local(seconds);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
    let zone = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{:02}/{}/{:04}:{hour:02}:{minute:02}:{second:02} {zone}", at.day(), month(at), at.year())
}

/// `2026-11-26T01:23:45+00:00`, of `$time_iso8601`.
#[must_use]
pub fn iso8601(seconds: u64) -> String {
    let (at, offset) = local(seconds);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
    let zone = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}{zone}", at.year(), at.month(), at.day())
}

/// `Nov 26 01:23:45`, of syslog.
#[must_use]
pub fn syslog(seconds: u64) -> String {
    let (at, _) = local(seconds);
    format!("{} {:2} {:02}:{:02}:{:02}", month(at), at.day(), at.hour(), at.minute(), at.second())
}

fn month(at: DateTime) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs()).saturating_sub(1) % MONTHS.len()]
}
