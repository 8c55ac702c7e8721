//! Dates in a format that a page chooses: C's `strftime` in its plain locale.

/// A second and where it is read.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Unix time.
    pub unix: i64,
    /// Seconds that its place is east of Greenwich.
    pub zone: i32,
    /// It is that of Greenwich, whatever its place: `GMT`.
    pub is_gmt: bool,
}

/// What it is in a calendar.
struct Calendar {
    year: i64,
    /// From 0.
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// Sunday is 0.
    weekday: i64,
    /// From 0.
    yearday: i64,
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];

impl Calendar {
    fn of(second: i64) -> Calendar {
        let days = second.div_euclid(86_400);
        let rest = second.rem_euclid(86_400);
        // Years begin in March here, so that the leap day is the last of its year; 400 of them are 146,097 days.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 2 } else { month - 10 };
        let year = year_of_era + era * 400 + i64::from(month < 2);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month as usize];
        Calendar {
            year,
            month: month as usize,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
            yearday: before + day - 1 + i64::from(is_leap && month > 1),
        }
    }

    /// Year and week of ISO 8601.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6) % 7;
        let week = (self.yearday - weekday + 10) / 7;
        let weeks = |year: i64| {
            let last =
                |year: i64| (year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)).rem_euclid(7);
            if last(year) == 4 || last(year - 1) == 3 { 53 } else { 52 }
        };
        match week {
            0 => (self.year - 1, weeks(self.year - 1)),
            week if week > weeks(self.year) => (self.year + 1, 1),
            week => (self.year, week),
        }
    }
}

/// Appends a time in a format. What `strftime` does not know stands as written.
pub fn write(format: &[u8], moment: Moment, out: &mut Vec<u8>) {
    let zone = if moment.is_gmt { 0 } else { moment.zone };
    let at = Calendar::of(moment.unix + i64::from(zone));
    let mut rest = format;
    while let Some((byte, after)) = rest.split_first() {
        match after.split_first() {
            Some((which, after)) if *byte == b'%' => {
                match one(*which, &at, moment, zone) {
                    Some(text) => out.extend_from_slice(text.as_bytes()),
                    None => out.extend([b'%', *which]),
                }
                rest = after;
            }
            _ => {
                out.push(*byte);
                rest = after;
            }
        }
    }
}

fn one(which: u8, at: &Calendar, moment: Moment, zone: i32) -> Option<String> {
    let nested = |format: &str| {
        let mut text = Vec::new();
        write(format.as_bytes(), moment, &mut text);
        String::from_utf8(text).ok()
    };
    let hour12 = if at.hour % 12 == 0 { 12 } else { at.hour % 12 };
    let (day, month) = (DAYS[at.weekday as usize], MONTHS[at.month]);
    Some(match which {
        b'a' => day[..3].to_owned(),
        b'A' => day.to_owned(),
        b'b' | b'h' => month[..3].to_owned(),
        b'B' => month.to_owned(),
        b'c' => return nested("%a %b %e %H:%M:%S %Y"),
        b'C' => format!("{:02}", at.year / 100),
        b'd' => format!("{:02}", at.day),
        b'D' | b'x' => return nested("%m/%d/%y"),
        b'e' => format!("{:2}", at.day),
        b'F' => return nested("%Y-%m-%d"),
        b'g' => format!("{:02}", at.iso_week().0 % 100),
        b'G' => at.iso_week().0.to_string(),
        b'H' => format!("{:02}", at.hour),
        b'I' => format!("{hour12:02}"),
        b'j' => format!("{:03}", at.yearday + 1),
        b'k' => format!("{:2}", at.hour),
        b'l' => format!("{hour12:2}"),
        b'm' => format!("{:02}", at.month + 1),
        b'M' => format!("{:02}", at.minute),
        b'n' => "\n".to_owned(),
        b'p' => if at.hour < 12 { "AM" } else { "PM" }.to_owned(),
        b'P' => if at.hour < 12 { "am" } else { "pm" }.to_owned(),
        b'r' => return nested("%I:%M:%S %p"),
        b'R' => return nested("%H:%M"),
        b's' => moment.unix.to_string(),
        b'S' => format!("{:02}", at.second),
        b't' => "\t".to_owned(),
        b'T' | b'X' => return nested("%H:%M:%S"),
        b'u' => (if at.weekday == 0 { 7 } else { at.weekday }).to_string(),
        b'U' => format!("{:02}", (at.yearday + 7 - at.weekday) / 7),
        b'V' => format!("{:02}", at.iso_week().1),
        b'w' => at.weekday.to_string(),
        b'W' => format!("{:02}", (at.yearday + 7 - (at.weekday + 6) % 7) / 7),
        b'y' => format!("{:02}", at.year % 100),
        b'Y' => at.year.to_string(),
        b'Z' if moment.is_gmt => "GMT".to_owned(),
        b'Z' if zone == 0 => "UTC".to_owned(),
        b'z' | b'Z' => offset(zone),
        b'%' => "%".to_owned(),
        _ => return None,
    })
}

/// `+0100`
fn offset(zone: i32) -> String {
    let minutes = zone.unsigned_abs() / 60;
    format!("{}{:02}{:02}", if zone < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unix: i64, zone: i32, is_gmt: bool, format: &str, want: &str) {
        let mut out = Vec::new();
        write(format.as_bytes(), Moment { unix, zone, is_gmt }, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), want, "{unix} {format}");
    }

    #[test]
    fn as_strftime_has_it() {
        let usual = "%A, %d-%b-%Y %H:%M:%S %Z";
        check(0, 0, true, usual, "Thursday, 01-Jan-1970 00:00:00 GMT");
        check(951_827_696, 0, false, usual, "Tuesday, 29-Feb-2000 12:34:56 UTC");
        check(951_827_696, 7200, false, "%c %z %Z", "Tue Feb 29 14:34:56 2000 +0200 +0200");
        check(951_827_696, -12_600, true, "%F %R %z", "2000-02-29 12:34 +0000");
        check(1_704_067_199, 0, true, "%j %U %W %V %G %g %u %w %C", "365 53 52 52 2023 23 7 0 20");
        check(1_104_537_600, 0, true, "%V %G %y %e %k %l %I %p %P", "53 2004 05  1  0 12 12 AM am");
        check(1_230_768_000 - 86_400, 0, true, "%V %G %j", "01 2009 366");
        check(5, 0, true, "IF %s%%%n%t%Q%", "IF 5%\n\t%Q%");
    }
}
