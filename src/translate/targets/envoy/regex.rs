//! Regular expressions as Envoy wants them, which fit whole texts: nginx's fit somewhere in them.

use crate::config::Regex;
use crate::translate::re2::{self, Named, has_alternatives};

/// The expression that fits a whole text, as Envoy wants it, where the other one fits somewhere in it.
pub fn whole(regex: &Regex) -> Option<String> {
    let body = re2::body(regex, Named::Python)?;
    Some(format!("{}{}", re2::flag(regex), padded(&body, r"\C*", r"\C*")))
}

/// The expression for this text.
pub fn literal(text: &str) -> String {
    let quoted = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
    text.chars().map(quoted).collect()
}

/// The expression with `before` and `after` for the rest of the text, where it is not anchored.
pub fn padded(body: &str, before: &str, after: &str) -> String {
    if has_alternatives(body) {
        return format!("{before}(?:{body}){after}");
    }
    let (before, body) = match body.strip_prefix('^') {
        Some(body) => ("", body),
        None => (before, body),
    };
    match body.strip_suffix('$').filter(|body| !ends_escaped(body)) {
        Some(body) => format!("{before}{body}"),
        None => format!("{before}{body}{after}"),
    }
}

/// Whether what stands behind this text would be escaped.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> String {
        Regex::at_run_time(pattern).ok().and_then(|regex| whole(&regex)).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn whole_texts() {
        let cases = [
            (r"\.php$", r"\C*\.php"),
            (r"^/a/(\d+)$", r"/a/(\d+)"),
            (r"^/a|b$", r"\C*(?:^/a|b$)\C*"),
            (r"a(b|c)", r"\C*a(b|c)\C*"),
            (r"^/x\$", r"/x\$\C*"),
            (r"^(?<who>\w+)\.test$", r"(?P<who>\w+)\.test"),
            (r"^(?i)/up/", r"(?i)/up/\C*"),
            (r"(?i)/up/", r"\C*(?:(?i)/up/)\C*"),
            (r"[^]a]|[[:alpha:](]", r"\C*(?:[^]a]|[[:alpha:](])\C*"),
            (r"^/a{2,3}{x$", r"/a{2,3}\{x"),
            (r"^a\hb$", r"a[\t ]b"),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(of(pattern), wanted, "{pattern}");
        }
    }
}
