//! Addresses as nginx reads and prints them: `ngx_parse_url` and `ngx_sock_ntop`.
//!
//! One reader serves `listen`, `server`, `proxy_pass`, `resolver`, `syslog:` and the rest; a [`UrlForm`] says what the
//! directive allows. What is refused comes back as a [`BadUrl`], whose phrase begins nginx's message. Names are asked
//! of a [`Host`], so nothing here touches the network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::fault::Fault;
use super::host::Host;
pub use super::ip::{inet_address, inet6_address, ip_address, ip_address_port, ip_text};
use super::values;

/// Room for a path in `sockaddr_un` on Linux, with the zero at its end.
const UNIX_PATH_ROOM: usize = 108;

/// What a directive lets its address be: the input flags of nginx's `ngx_url_t`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UrlForm {
    /// The port where none is written; 0 for none.
    pub default_port: u16,
    /// It is an address to listen on: a port alone, `*`, and ranges of ports are allowed, a URI is not.
    pub listen: bool,
    /// A URI may follow (`host:port/uri`, `unix:path:/uri`).
    pub uri_part: bool,
    /// A name is left unresolved.
    pub no_resolve: bool,
}

/// The family of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// IPv4; of an unresolved name too.
    Inet,
    /// IPv6.
    Inet6,
    /// A UNIX domain socket.
    Unix,
}

/// An address to connect to or to listen on. Its text is nginx's: `127.0.0.1:80`, `[::1]:80`, `unix:/tmp/socket`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// Address and port.
    Inet(SocketAddr),
    /// The path of a UNIX domain socket.
    Unix(Box<str>),
}

/// A parsed address with what nginx keeps of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// As written.
    pub text: String,
    /// The host: brackets kept, of a UNIX domain socket the path; empty if only a port was written.
    pub host: String,
    /// The port as written, a range whole; empty if there was none.
    pub port_text: String,
    /// The URI, with its first character (not for UNIX domain sockets: what follows the second `:`).
    pub uri: String,
    /// The port or the first of the range; the default where none was written; 0 for UNIX domain sockets.
    pub port: u16,
    /// The last port of a range.
    pub last_port: Option<u16>,
    /// The family of the first address.
    pub family: Family,
    /// No port was written (never so for UNIX domain sockets).
    pub no_port: bool,
    /// The first address is that of all interfaces.
    pub wildcard: bool,
    /// The addresses, ports of a range innermost; none for a name that was left unresolved.
    pub addresses: Vec<Address>,
}

/// Why an address is refused: the phrase that begins nginx's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadUrl {
    /// A character that the directive does not allow, or brackets that do not close.
    Host,
    /// Nothing before the port.
    NoHost,
    /// Not a number from 1 to 65535.
    Port,
    /// A range that ends before it begins.
    PortRange,
    /// Brackets around what is no IPv6 address.
    Inet6,
    /// `unix:` alone.
    NoPath,
    /// Longer than the system allows.
    LongPath,
    /// The name has no address.
    NotFound,
    /// It has no address on any machine: it is no name.
    NoName,
}

impl BadUrl {
    /// nginx's words.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            BadUrl::Host => "invalid host",
            BadUrl::NoHost => "no host",
            BadUrl::Port => "invalid port",
            BadUrl::PortRange => "invalid port range",
            BadUrl::Inet6 => "invalid IPv6 address",
            BadUrl::NoPath => "no path in the unix domain socket",
            BadUrl::LongPath => "too long path in the unix domain socket",
            BadUrl::NotFound | BadUrl::NoName => "host not found",
        }
    }

    /// The fault `PHRASE in WHAT`, for instance `invalid port in upstream "a:b"`.
    #[must_use]
    pub fn fault(self, what: impl fmt::Display) -> Fault {
        let fault = Fault::emerg(format!("{} in {what}", self.phrase()));
        match self {
            BadUrl::NotFound => fault.of_host().help("nginx resolves this name when it starts, and stops if it cannot"),
            BadUrl::NoName => fault.help("a host name has letters, digits, `-`, `_` and `.`"),
            BadUrl::Port => fault.help("a port is a number from 1 to 65535"),
            _ => fault,
        }
    }
}

impl Url {
    /// Reads an address (`ngx_parse_url`).
    ///
    /// # Errors
    /// What nginx has against it.
    pub fn read(text: &str, form: UrlForm, host: &dyn Host) -> Result<Url, BadUrl> {
        match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("unix:") => Url::unix(text, form),
            _ if text.starts_with('[') => Url::inet6(text, form),
            _ => Url::inet(text, form, host),
        }
    }

    /// An address that is still to be read.
    #[must_use]
    pub fn unread(text: &str) -> Url {
        Url::blank(text, Family::Inet)
    }

    /// The addresses of a host that was left unresolved so far (`ngx_inet_resolve_host`).
    ///
    /// # Errors
    /// When it has none.
    pub fn of_name(name: &str, port: u16, host: &dyn Host) -> Result<Url, BadUrl> {
        let mut url = Url { port, host: name.to_owned(), ..Url::blank(name, Family::Inet) };
        url.resolve(host)?;
        Ok(url)
    }

    fn blank(text: &str, family: Family) -> Url {
        Url {
            text: text.to_owned(),
            host: String::new(),
            port_text: String::new(),
            uri: String::new(),
            port: 0,
            last_port: None,
            family,
            no_port: false,
            wildcard: false,
            addresses: Vec::new(),
        }
    }

    fn unix(text: &str, form: UrlForm) -> Result<Url, BadUrl> {
        let mut url = Url::blank(text, Family::Unix);
        let mut path = &text[5..];
        if let Some((before, uri)) = path.split_once(':').filter(|_| form.uri_part) {
            path = before;
            uri.clone_into(&mut url.uri);
        }
        if path.is_empty() {
            return Err(BadUrl::NoPath);
        }
        if path.len() >= UNIX_PATH_ROOM {
            return Err(BadUrl::LongPath);
        }
        path.clone_into(&mut url.host);
        url.addresses.push(Address::Unix(path.into()));
        Ok(url)
    }

    fn inet(text: &str, form: UrlForm, resolver: &dyn Host) -> Result<Url, BadUrl> {
        let mut url = Url::blank(text, Family::Inet);
        let mut rest = text;
        if let Some(uri) = text.find(['/', '?']) {
            rest = url.cut_uri(text, uri, form)?;
        }
        let has_uri = rest.len() < text.len();
        let mut host = rest;
        if let Some((before, port)) = rest.split_once(':') {
            url.read_port(port, form)?;
            host = before;
        } else if form.listen && !has_uri && url.read_port_alone(rest)? {
            url.wildcard = true;
            url.add(Ipv4Addr::UNSPECIFIED.into());
            return Ok(url);
        } else {
            url.no_port = true;
            url.port = form.default_port;
        }
        if host.is_empty() {
            return Err(BadUrl::NoHost);
        }
        host.clone_into(&mut url.host);
        let literal = if form.listen && host == "*" { Some(Ipv4Addr::UNSPECIFIED) } else { inet_address(host) };
        if let Some(ip) = literal {
            url.wildcard = ip.is_unspecified();
            url.add(ip.into());
        } else if !form.no_resolve {
            url.resolve(resolver)?;
        }
        Ok(url)
    }

    fn resolve(&mut self, host: &dyn Host) -> Result<(), BadUrl> {
        let named = is_host_name(&self.host);
        // A real machine may have an odd name in its hosts file.
        let found = host.resolve(&self.host).filter(|_| named || host.is_real()).unwrap_or_default();
        let first = found.first().ok_or(if named { BadUrl::NotFound } else { BadUrl::NoName })?;
        self.family = if first.is_ipv6() { Family::Inet6 } else { Family::Inet };
        self.wildcard = first.is_unspecified();
        for ip in found {
            self.add(ip);
        }
        Ok(())
    }

    fn inet6(text: &str, form: UrlForm) -> Result<Url, BadUrl> {
        let mut url = Url::blank(text, Family::Inet6);
        let close = text.find(']').ok_or(BadUrl::Host)?;
        let mut rest = text;
        if let Some(uri) = text[close..].find('/') {
            rest = url.cut_uri(text, close + uri, form)?;
        }
        let after = &rest[close + 1..];
        if after.is_empty() {
            url.no_port = true;
            url.port = form.default_port;
        } else {
            url.read_port(after.strip_prefix(':').ok_or(BadUrl::Host)?, form)?;
        }
        let inside = &rest[1..close];
        if inside.is_empty() {
            return Err(BadUrl::NoHost);
        }
        rest[..=close].clone_into(&mut url.host);
        let ip = inet6_address(inside).ok_or(BadUrl::Inet6)?;
        url.wildcard = ip.is_unspecified();
        url.add(ip.into());
        Ok(url)
    }

    /// Takes the URI that starts at `at` and gives what is before it.
    fn cut_uri<'t>(&mut self, text: &'t str, at: usize, form: UrlForm) -> Result<&'t str, BadUrl> {
        if form.listen || !form.uri_part {
            return Err(BadUrl::Host);
        }
        text[at..].clone_into(&mut self.uri);
        Ok(&text[..at])
    }

    fn read_port(&mut self, text: &str, form: UrlForm) -> Result<(), BadUrl> {
        text.clone_into(&mut self.port_text);
        let mut first = text;
        if let Some((before, last)) = text.split_once('-').filter(|_| form.listen) {
            self.last_port = Some(port(last).ok_or(BadUrl::Port)?);
            first = before;
        }
        self.port = port(first).ok_or(BadUrl::Port)?;
        if self.last_port.is_some_and(|last| self.port > last) {
            return Err(BadUrl::PortRange);
        }
        Ok(())
    }

    /// Tries `listen PORT` and `listen FIRST-LAST`; what has no number there is a host.
    fn read_port_alone(&mut self, text: &str) -> Result<bool, BadUrl> {
        let (first, last) = text.split_once('-').map_or((text, None), |(first, last)| (first, Some(last)));
        if values::number(first).is_none() || last.is_some_and(|last| values::number(last).is_none()) {
            return Ok(false);
        }
        self.read_port(text, UrlForm { listen: true, ..UrlForm::default() })?;
        Ok(true)
    }

    fn add(&mut self, ip: IpAddr) {
        let ports = self.port..=self.last_port.unwrap_or(self.port);
        self.addresses.extend(ports.map(|port| Address::Inet(SocketAddr::new(ip, port))));
    }
}

impl Address {
    /// The port; 0 for a UNIX domain socket.
    #[must_use]
    pub fn port(&self) -> u16 {
        match self {
            Address::Inet(address) => address.port(),
            Address::Unix(_) => 0,
        }
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Address::Inet(SocketAddr::V4(_)) => Family::Inet,
            Address::Inet(SocketAddr::V6(_)) => Family::Inet6,
            Address::Unix(_) => Family::Unix,
        }
    }

    /// The address of all interfaces (`ngx_inet_wildcard`).
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Address::Inet(address) if address.ip().is_unspecified())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix:{path}"),
            Address::Inet(SocketAddr::V4(v4)) => write!(f, "{v4}"),
            Address::Inet(SocketAddr::V6(v6)) => write!(f, "[{}]:{}", ip_text((*v6.ip()).into()), v6.port()),
        }
    }
}

/// Whether DNS could have an address for it: labels of 1 to 63 bytes, of the characters that resolvers let pass.
fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(known);
    text.len() <= 253 && !text.starts_with('-') && text.split('.').all(label)
}

/// A port in digits, from 1 to 65535.
#[must_use]
pub fn port(text: &str) -> Option<u16> {
    values::number(text).and_then(|n| u16::try_from(n).ok()).filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::NoHost;

    const LISTEN: UrlForm = UrlForm { default_port: 80, listen: true, uri_part: false, no_resolve: false };
    const PASS: UrlForm = UrlForm { default_port: 80, listen: false, uri_part: true, no_resolve: true };
    const SERVER: UrlForm = UrlForm { default_port: 80, listen: false, uri_part: false, no_resolve: false };

    /// `HOST PORT URI ADDRESSES`, or nginx's phrase.
    fn shown(text: &str, form: UrlForm) -> String {
        match Url::read(text, form, &NoHost) {
            Ok(url) => {
                let addresses: Vec<String> = url.addresses.iter().map(Address::to_string).collect();
                format!("{} {} {} {}", url.host, url.port, url.uri, addresses.join(","))
            }
            Err(bad) => bad.phrase().to_owned(),
        }
    }

    #[test]
    fn urls() {
        let cases = [
            (LISTEN, "8080", " 8080  0.0.0.0:8080"),
            (LISTEN, "8080-8081", " 8080  0.0.0.0:8080,0.0.0.0:8081"),
            (LISTEN, "8081-8080", "invalid port range"),
            (LISTEN, "8081-99999", "invalid port"),
            (LISTEN, "99999-1", "invalid port"),
            (LISTEN, "0", "invalid port"),
            (LISTEN, "a-1", "a-1 80  127.0.0.1:80"),
            (LISTEN, "*:81", "* 81  0.0.0.0:81"),
            (LISTEN, "*", "* 80  0.0.0.0:80"),
            (LISTEN, "[::]:80-81", "[::] 80  [::]:80,[::]:81"),
            (LISTEN, "[::1]", "[::1] 80  [::1]:80"),
            (LISTEN, "[::1", "invalid host"),
            (LISTEN, "[::1]8", "invalid host"),
            (LISTEN, "[]", "no host"),
            (LISTEN, "[x]", "invalid IPv6 address"),
            (LISTEN, "127.0.0.1:80/", "invalid host"),
            (LISTEN, "127.0.0.1:-80", "invalid port"),
            (LISTEN, "127.0.0.1:80-", "invalid port"),
            (LISTEN, ":80", "no host"),
            (LISTEN, "", "no host"),
            (LISTEN, "unix:", "no path in the unix domain socket"),
            (LISTEN, "unix:/a:b", "/a:b 0  unix:/a:b"),
            (PASS, "unix:/a:/b", "/a 0 /b unix:/a"),
            (PASS, "unix:/a", "/a 0  unix:/a"),
            (PASS, "name/a:b", "name 80 /a:b "),
            (PASS, "name:81?a/b", "name 81 ?a/b "),
            (PASS, "name:/a", "invalid port"),
            (PASS, "/a", "no host"),
            (PASS, "[::1]:81/a]b", "[::1] 81 /a]b [::1]:81"),
            (PASS, "127.0.0.1:80-81", "invalid port"),
            (SERVER, "name", "name 80  127.0.0.1:80"),
            (SERVER, "name:", "invalid port"),
            (SERVER, "a:80:80", "invalid port"),
            (SERVER, "*:80", "host not found"),
            (SERVER, "<host>", "host not found"),
            (SERVER, "a..b", "host not found"),
            (SERVER, "app_server.", "app_server. 80  127.0.0.1:80"),
            (SERVER, "name/", "invalid host"),
        ];
        for (form, text, want) in cases {
            assert_eq!(shown(text, form), want, "{text}");
        }
        assert_eq!(shown(&format!("unix:{}", "a".repeat(108)), LISTEN), "too long path in the unix domain socket");
    }
}
