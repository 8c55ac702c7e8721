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

/// A second on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    at: DateTime,
    /// Seconds east of Greenwich.
    offset: i32,
}

impl Local {
    /// Seconds since 1970 on this machine's calendar.
    #[must_use]
    pub fn at(seconds: u64) -> Local {
        static ZONE: OnceLock<TimeZone> = OnceLock::new();
        Local::in_zone(ZONE.get_or_init(TimeZone::system), seconds)
    }

    fn in_zone(zone: &TimeZone, seconds: u64) -> Local {
        let time = Timestamp::from_second(seconds.cast_signed()).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = zone.to_offset(time);
        Local { at: offset.to_datetime(time), offset: offset.seconds() }
    }

    /// Seconds east of Greenwich.
    #[must_use]
    pub fn offset(self) -> i32 {
        self.offset
    }

    /// `2026/11/26 01:23:45`, of the error log.
    #[must_use]
    pub fn error_log(self) -> String {
        format!("{:04}/{:02}/{:02} {}", self.at.year(), self.at.month(), self.at.day(), self.clock())
    }

    /// `26/Nov/2026:01:23:45 +0000`, of `$time_local`.
    #[must_use]
    pub fn common(self) -> String {
        let (sign, hours, minutes) = self.zone();
        let (day, month, year) = (self.at.day(), self.month(), self.at.year());
        format!("{day:02}/{month}/{year:04}:{} {sign}{hours:02}{minutes:02}", self.clock())
    }

    /// `2026-11-26T01:23:45+00:00`, of `$time_iso8601`.
    #[must_use]
    pub fn iso8601(self) -> String {
        let (sign, hours, minutes) = self.zone();
        let (year, month, day) = (self.at.year(), self.at.month(), self.at.day());
        format!("{year:04}-{month:02}-{day:02}T{}{sign}{hours:02}:{minutes:02}", self.clock())
    }

    /// `Nov 26 01:23:45`, of syslog.
    #[must_use]
    pub fn syslog(self) -> String {
        format!("{} {:2} {}", self.month(), self.at.day(), self.clock())
    }

    fn clock(self) -> String {
        format!("{:02}:{:02}:{:02}", self.at.hour(), self.at.minute(), self.at.second())
    }

    fn zone(self) -> (char, u32, u32) {
        let minutes = self.offset.unsigned_abs() / 60;
        (if self.offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }

    fn month(self) -> &'static str {
        MONTHS[usize::from(self.at.month().unsigned_abs()).saturating_sub(1) % MONTHS.len()]
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{Offset, TimeZone};

    use super::*;

    #[test]
    fn writes_a_second_as_nginx_does() {
        let zone = TimeZone::fixed(Offset::from_seconds(-16_200).expect("an offset"));
        let local = Local::in_zone(&zone, 1_791_234_005);
        assert_eq!(local.error_log(), "2026/10/05 16:30:05");
        assert_eq!(local.common(), "05/Oct/2026:16:30:05 -0430");
        assert_eq!(local.iso8601(), "2026-10-05T16:30:05-04:30");
        assert_eq!(local.syslog(), "Oct  5 16:30:05");
    }
}
