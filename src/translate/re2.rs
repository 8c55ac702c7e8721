//! Regular expressions for programs written in Go or built on RE2: which of PCRE's they can run, and how they are written
//! there. They know no look-around, no back-references, no possessive quantifiers and no atomic groups, and of what they
//! share the meaning is the same for texts without line ends.

use crate::config::Regex;

/// The expression as RE2 writes it; `None` for what it cannot run.
#[must_use]
pub fn of(regex: &Regex) -> Option<String> {
    let pattern = regex.pattern();
    let caseless = if regex.is_caseless() { "(?i)" } else { "" };
    runs(pattern).then(|| format!("{caseless}{pattern}"))
}

/// A text as an expression that matches just it.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// Whether RE2 takes it and means the same.
fn runs(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let (mut at, mut in_class, mut after_quantifier) = (0, false, false);
    while at < bytes.len() {
        let rest = &pattern.as_bytes()[at..];
        let quantifies = !in_class && is_quantifier(rest);
        match rest {
            [b'\\', next, ..] => {
                if !escape(*next) {
                    return false;
                }
                at += 1;
            }
            [b'[', b':', ..] if in_class => {}
            [b'[', ..] if !in_class => {
                in_class = true;
                // `]` stands for itself at the beginning of a class.
                let first = usize::from(rest.get(1) == Some(&b'^')) + 1;
                if rest.get(first) == Some(&b']') {
                    at += first;
                }
            }
            [b':', b']', ..] if in_class => at += 1,
            [b']', ..] => in_class = false,
            [b'(', b'?', ..] if !in_class && !group(&rest[2..]) => return false,
            [b'(', b'*', ..] if !in_class => return false,
            // `a*+` is possessive.
            [b'+', ..] if after_quantifier => return false,
            [b'{', digits @ ..] if quantifies && !few(digits) => return false,
            _ => {}
        }
        if quantifies && rest[0] == b'{' {
            at += rest.iter().position(|byte| *byte == b'}').unwrap_or(0);
        }
        after_quantifier = quantifies && !after_quantifier;
        at += 1;
    }
    pattern.is_ascii()
}

/// What may follow a backslash. The meaning of a digit would be a back-reference.
fn escape(next: u8) -> bool {
    match next {
        b'0'..=b'9' => false,
        letter if letter.is_ascii_alphabetic() => b"wWdDsSbBAzfnrtxpPQE".contains(&letter),
        other => other.is_ascii(),
    }
}

/// What may follow `(?`: a name, flags, nothing.
fn group(rest: &[u8]) -> bool {
    match rest {
        [b':', ..] | [b'P', b'<', ..] => true,
        [b'<', next, ..] => !matches!(next, b'=' | b'!'),
        _ => {
            let flags = rest.iter().take_while(|byte| b"imsU-".contains(byte)).count();
            flags > 0 && matches!(rest.get(flags), Some(b':' | b')'))
        }
    }
}

fn is_quantifier(rest: &[u8]) -> bool {
    match rest {
        [b'*' | b'+' | b'?', ..] => true,
        [b'{', digits @ ..] => {
            let end = digits.iter().position(|byte| *byte == b'}').unwrap_or(0);
            end > 0 && digits[0].is_ascii_digit() && digits[..end].iter().all(|b| b.is_ascii_digit() || *b == b',')
        }
        _ => false,
    }
}

/// RE2 repeats a thousand times at most.
fn few(digits: &[u8]) -> bool {
    let text: String = digits.iter().take_while(|byte| **byte != b'}').map(|byte| char::from(*byte)).collect();
    text.split(',').all(|part| part.is_empty() || part.parse::<u32>().is_ok_and(|number| number <= 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_both() {
        let good =
            [r"\.php$", r"^/a/(\d+)/(?<rest>.*)$", r"^/[^/]+/x{2,3}", r"[]\w]+", r"a+?b*?", r"(?i)x", r"[[:alpha:]]+"];
        for pattern in good {
            assert!(runs(pattern), "{pattern}");
        }
        let bad =
            [r"(?=a)", r"(?!a)", r"(?<!a)b", r"(a)\1", "a++", "a{2}+", r"\Kx", "(?>a)", "(*UTF8)a", "a{1001}", "ä"];
        for pattern in bad {
            assert!(!runs(pattern), "{pattern}");
        }
    }

    #[test]
    fn quoted_is_the_text() {
        assert_eq!(quoted("/a.b{c}"), r"/a\.b\{c\}");
    }
}
