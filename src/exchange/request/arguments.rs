//! `$arg_name` and `$cookie_name`: nginx's `ngx_http_arg`, `ngx_http_parse_cookie_lines` and
//! `ngx_http_parse_set_cookie_lines`. Names are compared in any case of letters.

/// Where a value begins, and its length.
type Place = Option<(usize, usize)>;

/// The place of the value of an argument in `args`.
pub fn argument(args: &[u8], name: &[u8]) -> Place {
    if name.is_empty() {
        return None;
    }
    let mut at = 0;
    for part in args.split(|byte| *byte == b'&') {
        if part.get(name.len()) == Some(&b'=') && part[..name.len()].eq_ignore_ascii_case(name) {
            let from = at + name.len() + 1;
            return Some((from, at + part.len() - from));
        }
        at += part.len() + 1;
    }
    None
}

/// The place of the value of a cookie in one `Cookie` header.
pub fn cookie(header: &[u8], name: &[u8]) -> Place {
    let mut at = 0;
    for part in header.split(|byte| *byte == b';') {
        let blank = blanks(part);
        if let Some((from, length)) = pair(&part[blank..], name) {
            return Some((at + blank + from, length));
        }
        at += part.len() + 1;
    }
    None
}

/// The place of the value of a cookie in one `Set-Cookie` header.
pub fn set_cookie(header: &[u8], name: &[u8]) -> Place {
    let first = header.split(|byte| *byte == b';').next()?;
    pair(first, name)
}

/// The place of the value in `name = value`.
fn pair(text: &[u8], name: &[u8]) -> Place {
    let after = text.get(name.len()..).filter(|_| text[..name.len()].eq_ignore_ascii_case(name))?;
    let sign = name.len() + blanks(after);
    let value = text.get(sign..)?.strip_prefix(b"=")?;
    let from = sign + 1 + blanks(value);
    Some((from, text.len() - from))
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(find: fn(&[u8], &[u8]) -> Place, text: &str, name: &str, want: Option<&str>) {
        let got = find(text.as_bytes(), name.as_bytes()).map(|(from, length)| &text[from..from + length]);
        assert_eq!(got, want, "{name} in {text}");
    }

    #[test]
    fn arguments() {
        check(argument, "a=1&b=2&a=3", "a", Some("1"));
        check(argument, "ba=1&A=2", "a", Some("2"));
        check(argument, "a&a=2=3", "a", Some("2=3"));
        check(argument, "a=", "a", Some(""));
        check(argument, "x", "a", None);
        check(argument, "=1", "", None);
    }

    #[test]
    fn cookies() {
        check(cookie, "a=1; b=2", "b", Some("2"));
        check(cookie, "ab=1;  A = 2;c", "a", Some("2"));
        check(cookie, "a; a=1,b=2", "a", Some("1,b=2"));
        check(set_cookie, "route=x; Path=/", "route", Some("x"));
        check(set_cookie, "a=b; route=x", "route", None);
    }
}
