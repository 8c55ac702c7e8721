//! What the PROXY protocol said of a connection: the values of `$proxy_protocol_*`.

use std::net::SocketAddr;

use super::arrival::address;
use crate::config::ip_text;
use crate::exchange::Told;
use crate::wire::proxy_protocol::{self, Address};

/// The connection that is passed on: addresses as texts, ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxied {
    source: (Box<[u8]>, u16),
    destination: (Box<[u8]>, u16),
    tlvs: Box<[u8]>,
}

impl Proxied {
    /// Takes it from a header.
    pub fn of(header: &proxy_protocol::Proxied) -> Proxied {
        let end = |(address, port): &(Address, u16)| {
            let text: Box<[u8]> = match address {
                Address::Text(text) => (*text).into(),
                Address::Ip(ip) => ip_text(*ip).into_bytes().into(),
            };
            (text, *port)
        };
        Proxied { source: end(&header.source), destination: end(&header.destination), tlvs: header.tlvs.into() }
    }

    /// The client's address, if it is one, and its port.
    pub fn client(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(address(&self.source.0)?, self.source.1))
    }
}

impl Told for Proxied {
    fn tell(&self, name: &str, _: i64) -> Option<Vec<u8>> {
        let port = |port: u16| port.to_string().into_bytes();
        match name.strip_prefix("proxy_protocol_")? {
            "addr" => Some(self.source.0.to_vec()),
            "port" => Some(port(self.source.1)),
            "server_addr" => Some(self.destination.0.to_vec()),
            "server_port" => Some(port(self.destination.1)),
            other => {
                let tlv = other.strip_prefix("tlv_")?;
                proxy_protocol::tlv(&self.tlvs, tlv.as_bytes()).ok()?.map(std::borrow::Cow::into_owned)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        let header = proxy_protocol::read(b"PROXY TCP4 192.0.2.1 192.0.2.2 1234 5678\r\n").unwrap();
        let told = Proxied::of(header.proxied.as_ref().unwrap());
        let text = |name: &str| told.tell(name, 0).map(|value| String::from_utf8(value).unwrap());
        assert_eq!(text("proxy_protocol_addr").as_deref(), Some("192.0.2.1"));
        assert_eq!(text("proxy_protocol_port").as_deref(), Some("1234"));
        assert_eq!(text("proxy_protocol_server_addr").as_deref(), Some("192.0.2.2"));
        assert_eq!(text("proxy_protocol_server_port").as_deref(), Some("5678"));
        assert_eq!(text("proxy_protocol_tlv_alpn"), None);
        assert_eq!(told.client(), Some(([192, 0, 2, 1], 1234).into()));
    }
}
