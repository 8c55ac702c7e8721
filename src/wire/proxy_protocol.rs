//! The PROXY protocol: who a connection really comes from, told by the balancer in front before the first byte.
//!
//! nginx reads it from what one `recv` gave, up to [`MOST`] bytes where it peeks before TLS. It never waits for the rest:
//! a header that came in two parts is a broken one, so there is no "more" among the results here.
//! The second version is read, not written: only `stream` and `mail` write one.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Most bytes that are looked at.
pub const MOST: usize = 4096;

/// What the second version begins with.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family and transport, length.
const FIXED: usize = 16;

/// A header.
#[derive(Debug, PartialEq, Eq)]
pub struct Header<'b> {
    /// The connection's own bytes begin here.
    pub len: usize,
    /// Who is behind it; none where the sender does not say: `UNKNOWN`, `LOCAL`, datagrams, UNIX domain sockets.
    pub proxied: Option<Proxied<'b>>,
}

/// The connection that is passed on.
#[derive(Debug, PartialEq, Eq)]
pub struct Proxied<'b> {
    /// The client.
    pub source: (Address<'b>, u16),
    /// Where it connected to.
    pub destination: (Address<'b>, u16),
    /// What else the second version tells: [`tlv`] looks into it.
    pub tlvs: &'b [u8],
}

/// An address. nginx takes from the first version whatever is made of hexadecimal digits, `.` and `:`.
#[derive(Debug, PartialEq, Eq)]
pub enum Address<'b> {
    /// As the sender wrote it; may be no address, or empty.
    Text(&'b [u8]),
    /// From the second version.
    Ip(IpAddr),
}

/// No PROXY protocol.
#[derive(Debug, PartialEq, Eq)]
pub enum Broken {
    /// What stands there up to the first line's end.
    Header(Vec<u8>),
    /// A version after the second.
    Version(u8),
    /// The second version says that it is longer than what came.
    Length,
    /// The second version is shorter than its addresses; nginx says nothing.
    Addresses,
}

impl Broken {
    /// What nginx logs, before `while reading PROXY protocol`; empty if it logs nothing.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        match self {
            Broken::Header(text) => [b"broken header: \"", &text[..], b"\""].concat(),
            Broken::Version(version) => format!("unknown PROXY protocol version: {version}").into_bytes(),
            Broken::Length => b"header is too large".to_vec(),
            Broken::Addresses => Vec::new(),
        }
    }
}

/// Reads the header that a connection begins with.
///
/// # Errors
/// What nginx closes the connection for.
pub fn read(bytes: &[u8]) -> Result<Header<'_>, Broken> {
    if bytes.len() >= FIXED && bytes.starts_with(SIGNATURE) {
        return second(bytes);
    }
    first(bytes).ok_or_else(|| {
        let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next();
        Broken::Header(line.unwrap_or_default().to_vec())
    })
}

fn first(bytes: &[u8]) -> Option<Header<'_>> {
    let rest = bytes.strip_prefix(b"PROXY ").filter(|_| bytes.len() >= 8)?;
    let left = |rest: &[u8]| bytes.len() - rest.len();
    if let Some(rest) = rest.strip_prefix(b"UNKNOWN") {
        let end = memchr::memmem::find(rest, b"\r\n")?;
        return Some(Header { len: left(rest) + end + 2, proxied: None });
    }
    let rest = rest.strip_prefix(b"TCP4 ").or_else(|| rest.strip_prefix(b"TCP6 "))?;
    let (source, rest) = address(rest)?;
    let (destination, rest) = address(rest)?;
    let (source_port, rest) = port(rest, b' ')?;
    let (destination_port, rest) = port(rest, b'\r')?;
    let rest = rest.strip_prefix(b"\n")?;
    let (source, destination) = ((source, source_port), (destination, destination_port));
    Some(Header { len: left(rest), proxied: Some(Proxied { source, destination, tlvs: &[] }) })
}

fn address(bytes: &[u8]) -> Option<(Address<'_>, &[u8])> {
    let (text, rest) = bytes.split_at(memchr::memchr(b' ', bytes)?);
    let good = text.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    good.then_some((Address::Text(text), &rest[1..]))
}

fn port(bytes: &[u8], end: u8) -> Option<(u16, &[u8])> {
    let (text, rest) = bytes.split_at(memchr::memchr(end, bytes)?);
    Some((u16::try_from(digits(text)?).ok()?, &rest[1..]))
}

/// A number without sign: nginx's `ngx_atoi`.
fn digits(text: &[u8]) -> Option<i64> {
    let digits = text.iter().all(u8::is_ascii_digit) && !text.is_empty();
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

fn second(bytes: &[u8]) -> Result<Header<'_>, Broken> {
    let version = bytes[12] >> 4;
    if version != 2 {
        return Err(Broken::Version(version));
    }
    let len = FIXED + usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
    let body = bytes.get(FIXED..len).ok_or(Broken::Length)?;
    let (proxy, stream) = (bytes[12] & 0xf == 1, bytes[13] & 0xf == 1);
    let proxied = match bytes[13] >> 4 {
        1 if proxy && stream => Some(addresses(body, |octets: [u8; 4]| Ipv4Addr::from(octets).into())?),
        2 if proxy && stream => Some(addresses(body, |octets: [u8; 16]| Ipv6Addr::from(octets).into())?),
        _ => None,
    };
    Ok(Header { len, proxied })
}

fn addresses<const N: usize>(body: &[u8], ip: fn([u8; N]) -> IpAddr) -> Result<Proxied<'_>, Broken> {
    let taken = || {
        let (source, rest) = body.split_first_chunk::<N>()?;
        let (destination, rest) = rest.split_first_chunk::<N>()?;
        let (ports, tlvs) = rest.split_first_chunk::<4>()?;
        let end =
            |octets: &[u8; N], at: usize| (Address::Ip(ip(*octets)), u16::from_be_bytes([ports[at], ports[at + 1]]));
        Some(Proxied { source: end(source, 0), destination: end(destination, 2), tlvs })
    };
    taken().ok_or(Broken::Addresses)
}

/// The type that holds what the sender knows of TLS: flags, the result of the verification, then values of its own.
const SSL: u64 = 0x20;
/// Flags and result.
const SSL_FIXED: usize = 5;

/// The names of `$proxy_protocol_tlv_NAME`.
const NAMES: &[(&[u8], u64)] = &[(b"alpn", 1), (b"authority", 2), (b"unique_id", 5), (b"ssl", SSL), (b"netns", 0x30)];
/// The names of `$proxy_protocol_tlv_ssl_NAME`.
const SSL_NAMES: &[(&[u8], u64)] =
    &[(b"version", 0x21), (b"cn", 0x22), (b"cipher", 0x23), (b"sig_alg", 0x24), (b"key_alg", 0x25)];

/// Why a value cannot be had.
#[derive(Debug, PartialEq, Eq)]
pub enum BadTlv<'n> {
    /// A value is longer than what holds it.
    Broken,
    /// After `0x` stands no number.
    Invalid(&'n [u8]),
    /// No such name; the variable has no value.
    Unknown(&'n [u8]),
    /// The sender's values of TLS lack their beginning; nginx says nothing.
    Short,
}

impl BadTlv<'_> {
    /// What nginx logs; empty if it logs nothing.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let named = |what: &str, name: &[u8]| [what.as_bytes(), b" PROXY protocol TLV \"", name, b"\""].concat();
        match self {
            BadTlv::Broken => b"broken PROXY protocol TLV".to_vec(),
            BadTlv::Invalid(name) => named("invalid", name),
            BadTlv::Unknown(name) => named("unknown", name),
            BadTlv::Short => Vec::new(),
        }
    }
}

/// The value of `$proxy_protocol_tlv_NAME`: `name` is a known one, `ssl_` and a known one, or a type such as `0xea`.
/// None if the sender did not tell.
///
/// # Errors
/// The name or the values are not well formed.
pub fn tlv<'b, 'n>(tlvs: &'b [u8], name: &'n [u8]) -> Result<Option<Cow<'b, [u8]>>, BadTlv<'n>> {
    let Some(inner) = name.strip_prefix(b"ssl_") else { return named(tlvs, name, name, NAMES) };
    let Some(ssl) = typed(tlvs, SSL)? else { return Ok(None) };
    let (fixed, rest) = ssl.split_first_chunk::<SSL_FIXED>().ok_or(BadTlv::Short)?;
    if inner == b"verify" {
        let verify = u32::from_be_bytes([fixed[1], fixed[2], fixed[3], fixed[4]]);
        return Ok(Some(Cow::Owned(verify.to_string().into_bytes())));
    }
    named(rest, inner, name, SSL_NAMES)
}

fn named<'b, 'n>(
    tlvs: &'b [u8],
    name: &'n [u8],
    whole: &'n [u8],
    names: &[(&[u8], u64)],
) -> Result<Option<Cow<'b, [u8]>>, BadTlv<'n>> {
    let kind = match name.strip_prefix(b"0x") {
        Some(number) => hexadecimal(number).ok_or(BadTlv::Invalid(whole))?,
        None => names.iter().find(|(known, _)| *known == name).ok_or(BadTlv::Unknown(whole))?.1,
    };
    Ok(typed(tlvs, kind)?.map(Cow::Borrowed))
}

/// A number: nginx's `ngx_hextoi`.
fn hexadecimal(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_hexdigit) && !text.is_empty();
    let text = std::str::from_utf8(text).ok().filter(|_| digits)?;
    i64::from_str_radix(text, 16).ok().map(i64::cast_unsigned)
}

/// The first value of this type; what stands after it is not looked at.
fn typed(mut tlvs: &[u8], kind: u64) -> Result<Option<&[u8]>, BadTlv<'static>> {
    while !tlvs.is_empty() {
        let (head, rest) = tlvs.split_first_chunk::<3>().ok_or(BadTlv::Broken)?;
        let length = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let (value, rest) = rest.split_at_checked(length).ok_or(BadTlv::Broken)?;
        if u64::from(head[0]) == kind {
            return Ok(Some(value));
        }
        tlvs = rest;
    }
    Ok(None)
}

/// Writes a header of the first version. `client` and `server` are the ends of the client's connection, none for one over
/// a UNIX domain socket; an address is written by `ip`, nginx's way of printing one.
pub fn write(client: Option<SocketAddr>, server: Option<SocketAddr>, ip: fn(IpAddr) -> String, out: &mut Vec<u8>) {
    let (Some(client), Some(server)) = (client, server) else {
        out.extend_from_slice(b"PROXY UNKNOWN\r\n");
        return;
    };
    let family = if client.is_ipv4() { 4 } else { 6 };
    let (from, to) = (ip(client.ip()), ip(server.ip()));
    let line = format!("PROXY TCP{family} {from} {to} {} {}\r\n", client.port(), server.port());
    out.extend_from_slice(line.as_bytes());
}

#[cfg(test)]
mod tests;
