//! `$remote_addr`: an address, or `unix:` for a client of a UNIX domain socket.

use std::net::{IpAddr, Ipv4Addr};

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAddress;

/// Reads a client's address; `None` is a UNIX domain socket's.
///
/// # Errors
/// It is none.
pub fn read(text: &[u8]) -> Result<Option<IpAddr>, NoAddress> {
    if let Some(address) = ipv4(text) {
        return Ok(Some(IpAddr::V4(address)));
    }
    if text == b"unix:" {
        return Ok(None);
    }
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    address.map(Some).ok_or(NoAddress)
}

/// Four numbers, in one pass: most clients are such, and a log has millions of them.
fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let (mut address, mut octet, mut digits, mut dots) = (0u32, 0u32, 0, 0);
    for byte in text {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                octet = octet * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && octet < 256 && dots < 3 => {
                address = address << 8 | octet;
                (octet, digits, dots) = (0, 0, dots + 1);
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0 && octet < 256).then(|| Ipv4Addr::from(address << 8 | octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Option<&str>, NoAddress>) {
        let expected = expected.map(|client| client.map(|address| address.parse::<IpAddr>().unwrap()));
        assert_eq!(read(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn addresses() {
        check("1.2.3.4", Ok(Some("1.2.3.4")));
        check("255.255.255.255", Ok(Some("255.255.255.255")));
        check("::1", Ok(Some("::1")));
        check("2001:db8::17", Ok(Some("2001:db8::17")));
        check("unix:", Ok(None));
        for text in ["", "-", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "1.2.3.", "0001.2.3.4", "example.com"] {
            check(text, Err(NoAddress));
        }
    }
}
