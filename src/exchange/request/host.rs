//! The host that a request asks for: nginx's `ngx_http_validate_host`.

/// The length of the host without its port and without a dot at its end, and the port (0 for none); nothing if nginx
/// refuses it.
pub fn valid_host(host: &[u8]) -> Option<(usize, u16)> {
    let literal = host.first() == Some(&b'[');
    let end = if literal {
        let close = host.iter().position(|byte| *byte == b']')? + 1;
        host[1..close - 1].iter().all(|byte| is_host_byte(*byte) || *byte == b':').then_some(close)?
    } else {
        let end = memchr::memchr(b':', host).unwrap_or(host.len());
        host[..end].iter().all(|byte| is_host_byte(*byte) || *byte == b'%').then_some(end)?
    };
    let (name, rest) = host.split_at(end);
    if name.windows(2).any(|pair| pair == b"..") {
        return None;
    }
    let port = match rest {
        [] => 0,
        [b':', digits @ ..] => port(digits)?,
        _ => return None,
    };
    let length = name.strip_suffix(b".").unwrap_or(name).len();
    (length > 0).then_some((length, port))
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

fn port(digits: &[u8]) -> Option<u16> {
    let add = |port: u16, digit: &u8| {
        digit.is_ascii_digit().then_some(())?;
        port.checked_mul(10)?.checked_add(u16::from(digit - b'0'))
    };
    digits.iter().try_fold(0, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        type Case = (&'static [u8], Option<(usize, u16)>);
        let cases: [Case; 18] = [
            (b"example.com", Some((11, 0))),
            (b"Example.com:8080", Some((11, 8080))),
            (b"example.com.", Some((11, 0))),
            (b"example.com.:80", Some((11, 80))),
            (b"a..b", None),
            (b"a.b..", None),
            (b".a", Some((2, 0))),
            (b"a:", Some((1, 0))),
            (b"a:x", None),
            (b"a:65535", Some((1, 65535))),
            (b"a:65536", None),
            (b"[::1]:80", Some((5, 80))),
            (b"[::1", None),
            (b"[::1]x", None),
            (b"", None),
            (b".", None),
            (b":80", None),
            (b"a/b", None),
        ];
        for (host, want) in cases {
            assert_eq!(valid_host(host), want, "{}", host.escape_ascii());
        }
    }
}
