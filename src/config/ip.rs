//! IP addresses as nginx reads and prints them: `ngx_inet_addr`, `ngx_inet6_addr`, `ngx_parse_addr`,
//! `ngx_parse_addr_port`, `ngx_inet_ntop`. They are laxer than the usual parsers, and the tests say where.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::address::port;
use crate::modules::Version;

/// An IP address alone (`ngx_parse_addr`).
#[must_use]
pub fn ip_address(text: &str) -> Option<IpAddr> {
    inet_address(text).map(IpAddr::from).or_else(|| inet6_address(text).map(IpAddr::from))
}

/// An IP address with or without a port, 0 for none (`ngx_parse_addr_port`).
#[must_use]
pub fn ip_address_port(text: &str, version: Version) -> Option<SocketAddr> {
    /// The first version that takes brackets without a port.
    const BRACKETS: Version = Version::read("1.27.3");
    if let Some(ip) = ip_address(text) {
        return Some(SocketAddr::new(ip, 0));
    }
    let (ip, after) = match text.strip_prefix('[') {
        Some(inside) => {
            let (ip, after) = inside.split_once(']')?;
            if after.is_empty() && version >= BRACKETS {
                return ip_address(ip).map(|ip| SocketAddr::new(ip, 0));
            }
            (ip, after.strip_prefix(':')?)
        }
        None => text.split_once(':')?,
    };
    let port = port(after)?;
    ip_address(ip).map(|ip| SocketAddr::new(ip, port))
}

/// Four numbers with points (`ngx_inet_addr`): empty ones count as 0; 255.255.255.255 is nginx's sign of an error.
#[must_use]
pub fn inet_address(text: &str) -> Option<Ipv4Addr> {
    let (mut address, mut octet, mut points) = (0_u32, 0_u32, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                octet = octet * 10 + u32::from(byte - b'0');
                if octet > 255 {
                    return None;
                }
            }
            b'.' => {
                address = (address << 8) + octet;
                octet = 0;
                points += 1;
            }
            _ => return None,
        }
    }
    let address = (address << 8) + octet;
    (points == 3 && address != u32::MAX).then(|| Ipv4Addr::from(address))
}

/// Eight groups, with one `::` for those left out, and IPv4 notation at the end (`ngx_inet6_addr`). As in nginx a
/// single `:` at the start is skipped, and `::1:` ends in a group of 0.
#[must_use]
pub fn inet6_address(text: &str) -> Option<Ipv6Addr> {
    if text.is_empty() {
        return None;
    }
    let text = text.strip_prefix(':').unwrap_or(text).as_bytes();
    let mut groups: Vec<u16> = Vec::with_capacity(8);
    // Where the `::` is, and where the last group began (nginx reads IPv4 notation from there).
    let (mut gap, mut began) = (None, None);
    let (mut digits, mut group) = (0, 0_u32);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b':' if digits > 0 => {
                began = Some(at + 1);
                groups.push(group as u16);
                if groups.len() == 8 {
                    return None;
                }
                (digits, group) = (0, 0);
            }
            b':' if gap.is_none() => {
                began = Some(at + 1);
                gap = Some(groups.len());
            }
            b'.' if digits > 0 => {
                if groups.len() > 6 {
                    return None;
                }
                let inet = u32::from(inet_address(std::str::from_utf8(&text[began?..]).ok()?)?);
                groups.push((inet >> 16) as u16);
                group = inet & 0xffff;
                break;
            }
            _ => {
                digits += 1;
                let digit = char::from(*byte).to_digit(16).filter(|_| digits <= 4)?;
                group = group * 16 + digit;
            }
        }
    }
    if digits == 0 && gap.is_none() {
        return None;
    }
    groups.push(group as u16);
    let missing = 8 - groups.len();
    if (missing == 0) != gap.is_none() {
        return None;
    }
    if let Some(gap) = gap {
        groups.splice(gap..gap, std::iter::repeat_n(0, missing));
    }
    <[u16; 8]>::try_from(groups).ok().map(Ipv6Addr::from)
}

/// An IP address as nginx prints it (`ngx_inet_ntop`).
#[must_use]
pub fn ip_text(ip: IpAddr) -> String {
    let v6 = match ip {
        IpAddr::V4(v4) => return v4.to_string(),
        IpAddr::V6(v6) => v6,
    };
    let groups = v6.segments();
    // The first of the longest runs of two zeros or more.
    let (mut gap, mut run, mut longest) = (None, 0, 1);
    for (n, group) in groups.iter().enumerate() {
        run = if *group == 0 { run + 1 } else { 0 };
        if run > longest {
            (gap, longest) = (Some(n + 1 - run), run);
        }
    }
    let last = v6.octets();
    let inet = gap == Some(0)
        && ((longest == 5 && groups[5] == 0xffff) || longest == 6 || (longest == 7 && last[14] != 0 && last[15] != 1));
    let (before, after) = match gap {
        Some(gap) => groups.split_at(gap),
        None => (&groups[..], &[][..]),
    };
    let hex = |groups: &[u16]| groups.iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":");
    let after = &after[longest.min(after.len())..];
    if gap.is_none() {
        return hex(before);
    }
    if !inet {
        return format!("{}::{}", hex(before), hex(after));
    }
    let marked = if longest == 5 { "ffff:" } else { "" };
    format!("::{marked}{}.{}.{}.{}", last[12], last[13], last[14], last[15])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::address::Address;

    #[test]
    fn ip_addresses() {
        let cases = [
            ("127.1", None),
            ("1..2.3", Some("1.0.2.3")),
            ("001.2.3.4", Some("1.2.3.4")),
            ("256.0.0.1", None),
            ("255.255.255.255", None),
            ("::", Some("::")),
            ("::1", Some("::1")),
            ("::1:", Some("::0.1.0.0")),
            (":1:2:3:4:5:6:7:8", Some("1:2:3:4:5:6:7:8")),
            ("1:2:3:4:5:6:7:8:9", None),
            ("1:2:3:4:5:6:7", None),
            ("1:2:3:4:5:6:7::", None),
            ("1::2::3", None),
            ("1:", None),
            ("2001:db8::1", Some("2001:db8::1")),
            ("::ffff:1.2.3.4", Some("::ffff:1.2.3.4")),
            ("::1.2.3.4", Some("::1.2.3.4")),
            ("64:ff9b::1.2.3.4", Some("64:ff9b::102:304")),
            ("1.2.3.4::", None),
            ("12345::", None),
            ("g::", None),
            ("1:0:0:2:0:0:0:3", Some("1:0:0:2::3")),
            ("1:2:3:4:5:6:7:0", Some("1:2:3:4:5:6:7:0")),
        ];
        for (text, want) in cases {
            assert_eq!(ip_address(text).map(ip_text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn with_ports() {
        let old = Version::read("1.22.1");
        let cases = [
            ("127.0.0.1", Some("127.0.0.1:0")),
            ("127.0.0.1:80", Some("127.0.0.1:80")),
            ("127.0.0.1:0", None),
            ("127.0.0.1:", None),
            ("[::1]:80", Some("[::1]:80")),
            ("::1", Some("[::1]:0")),
            ("name:80", None),
            ("[::1]x80", None),
            ("", None),
        ];
        for (text, want) in cases {
            let read = ip_address_port(text, old).map(|address| Address::Inet(address).to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
        assert!(ip_address_port("[::1]", old).is_none());
        assert!(ip_address_port("[::1]", Version::NEWEST).is_some());
    }
}
