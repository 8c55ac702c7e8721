//! Networks of IP addresses as nginx writes them: `192.0.2.0/24`, `2001:db8::/32`, `unix:`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ip::{ip_address, ip_text};

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cidr {
    /// IPv4: the first address and the bits that count.
    V4(Ipv4Addr, u8),
    /// IPv6: the first address and the bits that count.
    V6(Ipv6Addr, u8),
    /// Clients of a UNIX-domain socket.
    Unix,
}

impl Cidr {
    /// Every client: what `all` means.
    pub const ALL: [Cidr; 3] = [Cidr::V4(Ipv4Addr::UNSPECIFIED, 0), Cidr::V6(Ipv6Addr::UNSPECIFIED, 0), Cidr::Unix];

    /// `ngx_ptocidr`: an address with or without `/BITS`. The flag says that there were bits set after those that
    /// count, of which nginx warns (`low address bits of x are meaningless`).
    #[must_use]
    pub fn parse(text: &str) -> Option<(Cidr, bool)> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address = ip_address(address)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => super::values::number(bits).filter(|bits| *bits <= most)?,
            None => most,
        };
        let cidr = Cidr::network(address, bits as u8);
        Some((cidr, cidr.first() != Some(address)))
    }

    /// The network of `bits` bits that holds the address.
    #[must_use]
    pub fn network(address: IpAddr, bits: u8) -> Cidr {
        match address {
            IpAddr::V4(address) => Cidr::V4(Ipv4Addr::from_bits(address.to_bits() & mask4(bits)), bits),
            IpAddr::V6(address) => Cidr::V6(Ipv6Addr::from_bits(address.to_bits() & mask6(bits)), bits),
        }
    }

    /// The first address; a UNIX-domain socket has none.
    #[must_use]
    pub fn first(&self) -> Option<IpAddr> {
        match self {
            Cidr::V4(address, _) => Some(IpAddr::V4(*address)),
            Cidr::V6(address, _) => Some(IpAddr::V6(*address)),
            Cidr::Unix => None,
        }
    }

    /// Whether a client is in the network; `None` is a client of a UNIX-domain socket. An IPv4 address in IPv6 clothes
    /// (`::ffff:192.0.2.1`) is looked for among IPv4 networks.
    #[must_use]
    pub fn contains(&self, client: Option<IpAddr>) -> bool {
        match (self, client) {
            (Cidr::Unix, None) => true,
            (Cidr::V4(first, bits), Some(client)) => {
                matches!(unmapped(client), IpAddr::V4(client) if client.to_bits() & mask4(*bits) == first.to_bits())
            }
            (Cidr::V6(first, bits), Some(client)) => {
                matches!(unmapped(client), IpAddr::V6(client) if client.to_bits() & mask6(*bits) == first.to_bits())
            }
            (Cidr::Unix, Some(_)) | (_, None) => false,
        }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cidr::V4(first, bits) => write!(f, "{first}/{bits}"),
            Cidr::V6(first, bits) => write!(f, "{}/{bits}", ip_text(IpAddr::V6(*first))),
            Cidr::Unix => f.write_str("unix:"),
        }
    }
}

fn unmapped(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(client, IpAddr::V4),
        IpAddr::V4(_) => client,
    }
}

fn mask4(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0)
}

fn mask6(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, bool)>) {
        let got = Cidr::parse(text).map(|(cidr, low)| (cidr.to_string(), low));
        assert_eq!(got, want.map(|(text, low)| (text.to_owned(), low)), "{text}");
    }

    #[test]
    fn networks() {
        check("192.0.2.0/24", Some(("192.0.2.0/24", false)));
        check("192.0.2.1/24", Some(("192.0.2.0/24", true)));
        check("192.0.2.1", Some(("192.0.2.1/32", false)));
        check("1.2.3.4/0", Some(("0.0.0.0/0", true)));
        check("1..3.", Some(("1.0.3.0/32", false)));
        for wrong in ["1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.256", "255.255.255.255", "unix:", "all", "", "/8"] {
            check(wrong, None);
        }
    }

    #[test]
    fn networks_of_ipv6() {
        check("2001:db8::/32", Some(("2001:db8::/32", false)));
        check("2001:db8::1/32", Some(("2001:db8::/32", true)));
        check("::", Some(("::/128", false)));
        check("1::", Some(("1::/128", false)));
        check("::ffff:1.2.3.4", Some(("::ffff:1.2.3.4/128", false)));
        check(":1:2:3:4:5:6:7:8", Some(("1:2:3:4:5:6:7:8/128", false)));
        for wrong in [":", ":1.2.3.4", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "1:2:3:4:5:6:7::8", "::1/129", "g::"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn clients() {
        let net = |text| Cidr::parse(text).unwrap().0;
        let client = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert!(net("10.0.0.0/8").contains(client("10.1.2.3")));
        assert!(!net("10.0.0.0/8").contains(client("11.1.2.3")));
        assert!(net("10.0.0.0/8").contains(client("::ffff:10.1.2.3")));
        assert!(!net("::/0").contains(client("::ffff:10.1.2.3")));
        assert!(net("::/0").contains(client("2001:db8::1")));
        assert!(Cidr::Unix.contains(None) && !net("::/0").contains(None));
        assert!(Cidr::ALL.iter().any(|all| all.contains(client("10.0.0.1"))));
    }
}
