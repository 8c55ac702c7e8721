//! The host that a request asks for: nginx's `ngx_http_validate_host`.

/// The length of the host without its port and without a dot at its end, and the port (0 for none); nothing if nginx
/// refuses it.
pub fn valid_host(host: &[u8]) -> Option<(usize, u16)> {
    let literal = host.first() == Some(&b'[');
    let end = if literal {
        let close = host.iter().position(|byte| *byte == b']')? + 1;
        host[1..close - 1].iter().all(|byte| HOST_BYTES[usize::from(*byte)] || *byte == b':').then_some(close)?
    } else {
        let odd = host.iter().position(|byte| !HOST_BYTES[usize::from(*byte)]).unwrap_or(host.len());
        let end = host[odd..].iter().position(|byte| *byte == b':').map_or(host.len(), |colon| odd + colon);
        let escapes = host[odd..end].iter().all(|byte| HOST_BYTES[usize::from(*byte)] || *byte == b'%');
        escapes.then_some(end)?
    };
    let (name, rest) = host.split_at(end);
    let mut before = 0;
    for byte in name {
        if *byte == b'.' && before == b'.' {
            return None;
        }
        before = *byte;
    }
    let port = match rest {
        [] => 0,
        [b':', digits @ ..] => port(digits)?,
        _ => return None,
    };
    let length = name.strip_suffix(b".").unwrap_or(name).len();
    (length > 0).then_some((length, port))
}

/// The bytes that a name may have, but for `%`.
static HOST_BYTES: [bool; 256] = {
    let mut allowed = [false; 256];
    let others = b"-._~!$&'()*+,;=";
    let mut byte = 0;
    while byte < 256 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        allowed[others[at] as usize] = true;
        at += 1;
    }
    allowed
};

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
