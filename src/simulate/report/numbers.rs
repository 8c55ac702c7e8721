//! Numbers as people read them.

/// `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `33.3 %`.
pub fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

/// `+3.2 %`, `-0.1 %`: how much a part has changed, in hundredths of the whole.
pub fn change(from: f64, to: f64) -> String {
    let change = (to - from) * 100.0;
    // -0.04 would be written as -0.0.
    if change.abs() < 0.05 { "0.0 %".to_owned() } else { format!("{change:+.1} %") }
}

/// `12 ms`, `1.25 s`, `2 min 5 s`, `3 h 20 min`.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => {
            let text = format!("{:.2}", milliseconds as f64 / 1000.0);
            format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
        }
        60_000..3_600_000 => joined(seconds / 60, "min", seconds % 60, "s"),
        _ => joined(seconds / 3600, "h", seconds % 3600 / 60, "min"),
    }
}

fn joined(large: u64, unit: &str, small: u64, sub: &str) -> String {
    if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {sub}") }
}

/// `a / b`; 0 where there is nothing to divide by.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Six decimals: what is beyond them is noise in a report.
pub fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_readable() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 1.0 / 3.0, 1.0].map(percent), ["0.0 %", "33.3 %", "100.0 %"]);
        assert_eq!(change(0.25, 0.5), "+25.0 %");
        assert_eq!(change(0.5, 0.4998), "0.0 %");
        let times = [0, 999, 1000, 1250, 60_000, 125_400, 3_600_000, 12_000_000].map(duration);
        assert_eq!(times, ["0 ms", "999 ms", "1 s", "1.25 s", "1 min", "2 min 5 s", "1 h", "3 h 20 min"]);
        assert_eq!(duration(59_999), "60 s");
    }
}
