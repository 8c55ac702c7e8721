//! The host that a request asks for: nginx's `ngx_http_validate_host`.

/// The length of the host without its port and without a dot at its end, and the port (0 for none); nothing if nginx
/// refuses it.
pub fn valid_host(host: &[u8]) -> Option<(usize, u16)> {
    let (name, rest) = if host.first() == Some(&b'[') {
        let close = memchr::memchr(b']', host)? + 1;
        let (name, rest) = host.split_at(close);
        name[1..close - 1].iter().all(|byte| byte_of_host(*byte) != Byte::Never && *byte != b'%').then_some(())?;
        (name, rest)
    } else {
        host.split_at(name_length(host)?)
    };
    let port = match rest {
        [] => 0,
        [b':', digits @ ..] => port(digits)?,
        _ => return None,
    };
    let length = name.strip_suffix(b".").unwrap_or(name).len();
    (length > 0 && !has_two_dots(name)).then_some((length, port))
}

/// A host that was read, and what was found.
#[derive(Debug, Clone, Default)]
pub struct ReadHost {
    text: Vec<u8>,
    /// Bytes of the name, without port and last dot.
    pub length: usize,
    /// The port; 0 for none.
    pub port: u16,
    /// The name has no capitals.
    pub lower: bool,
}

impl ReadHost {
    /// Whether it is this one.
    #[inline]
    pub fn is(&self, text: &[u8]) -> bool {
        !text.is_empty() && self.text == text
    }

    /// Reads another one; whether nginx takes it.
    pub fn read(&mut self, text: &[u8]) -> bool {
        self.text.clear();
        let Some((length, port)) = valid_host(text) else { return false };
        self.text.extend_from_slice(text);
        (self.length, self.port) = (length, port);
        self.lower = !text[..length].iter().any(u8::is_ascii_uppercase);
        true
    }
}

fn has_two_dots(name: &[u8]) -> bool {
    memchr::memchr_iter(b'.', name).any(|dot| name.get(dot + 1) == Some(&b'.'))
}

/// The bytes before the colon of the port; nothing if one of them is not for a name.
fn name_length(host: &[u8]) -> Option<usize> {
    for (at, byte) in host.iter().enumerate() {
        match byte_of_host(*byte) {
            Byte::OfName => {}
            Byte::Colon => return Some(at),
            Byte::Never => return None,
        }
    }
    Some(host.len())
}

/// What a byte of a host may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// Part of a name.
    OfName,
    /// What stands before the port, or in an IPv6 address.
    Colon,
    /// Not allowed.
    Never,
}

fn byte_of_host(byte: u8) -> Byte {
    static BYTES: [Byte; 256] = {
        let mut bytes = [Byte::Never; 256];
        let mut byte = 0;
        while byte < 256 {
            if (byte as u8).is_ascii_alphanumeric() {
                bytes[byte] = Byte::OfName;
            }
            byte += 1;
        }
        let others = b"-._~!$&'()*+,;=%";
        let mut at = 0;
        while at < others.len() {
            bytes[others[at] as usize] = Byte::OfName;
            at += 1;
        }
        bytes[b':' as usize] = Byte::Colon;
        bytes
    };
    BYTES[usize::from(byte)]
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
