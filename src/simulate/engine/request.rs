//! A record of the trace as a request of nginx, and the cookies that come and go with it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::flight::Flight;
use super::observer::Observer;
use super::run::{Engine, Sink};
use crate::balance::Millis;
use crate::config::address::Address;
use crate::exchange::{Affinity, Connection, Destined, Line, Listener, ListenerId, Site};
use crate::simulate::trace::{Batch, Record};

/// The last version that does without `Host`.
const HTTP_1_0: u8 = 10;

/// What is known of a connection before it comes: by listener.
pub(super) fn connections(site: &Site) -> Vec<Connection> {
    let server = |address: &Address| match address {
        Address::Inet(address) if address.ip().is_unspecified() => {
            Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()))
        }
        Address::Inet(address) => Some(*address),
        Address::Unix(_) => None,
    };
    let connection = |listener: &Listener| Connection {
        server: server(&listener.address),
        tls: listener.tls,
        ..Connection::default()
    };
    site.listeners().iter().map(connection).collect()
}

/// The listener that a request came to: that of the trace's port, or of its scheme, or the first.
#[inline]
fn listener_of(site: &Site, record: &Record) -> ListenerId {
    let port = |address: &Address| if let Address::Inet(address) = address { Some(address.port()) } else { None };
    let all = || site.listeners().iter().zip(0..);
    let by_port = record.port.and_then(|wanted| all().find(|(listener, _)| port(&listener.address) == Some(wanted)));
    let by_scheme = || record.tls.and_then(|tls| all().find(|(listener, _)| listener.tls == tls));
    by_port.or_else(by_scheme).map_or(ListenerId(0), |(_, number)| ListenerId(number))
}

impl<S: Sink, W: Observer> Engine<'_, S, W> {
    /// Makes a request of a record; gives the listener that it came to.
    #[inline]
    pub(super) fn request(&self, flight: &mut Flight, record: &Record, batch: &Batch, now: Millis) -> ListenerId {
        let epoch = self.options().started.unsigned_abs() * 1000;
        let generation = &self.generations[flight.generation as usize];
        let listener = listener_of(&generation.setup.site, record);
        let exchange = &mut flight.exchange;
        let connection = &generation.connections[listener.0 as usize];
        let tls = record.tls.unwrap_or(connection.tls);
        // A trace that knows no host is not a trace of requests that nginx refuses for want of one.
        let version = if record.host.len == 0 { record.version.min(HTTP_1_0) } else { record.version };
        let line = Line { method: batch.get(record.method), target: batch.get(record.uri), version };
        exchange.epoch = epoch;
        exchange.start(connection, line, now);
        exchange.request.come_from(record.client, tls, u64::from(flight.place) + 1);
        if record.host.len > 0 {
            exchange.request.host_header(batch.get(record.host));
        }
        let mut cookies = Vec::new();
        for header in batch.headers(record) {
            let (name, value) = (batch.get(header.name), batch.get(header.value));
            if flight.jar.is_some() && name == b"cookie" {
                cookies.extend_from_slice(value);
            } else {
                exchange.request.header(name, value);
            }
        }
        if let Some(jar) = flight.jar {
            self.jars.write(jar, &mut cookies);
            if !cookies.is_empty() {
                exchange.request.header(b"cookie", &cookies);
            }
        }
        listener
    }

    /// The backends of a group with `sticky learn` begin a session when a browser comes without one: the cookie by which
    /// nginx learns it is the session's name.
    pub(super) fn set_backend_cookies(&self, flight: &mut Flight) {
        let (Some(jar), Destined::Group(id)) = (flight.jar, &flight.exchange.tries.group) else { return };
        let upstream = self.generations[flight.generation as usize].setup.plan.upstream(*id);
        let Some(Affinity::Learn { cookies, .. }) = &upstream.affinity else { return };
        for name in cookies.iter().filter(|name| self.jars.get(jar, name).is_none()) {
            let mut value = name.clone().into_bytes();
            value.push(b'=');
            value.extend_from_slice(self.jars.name(jar));
            flight.exchange.upstream_headers.push(b"Set-Cookie", &value);
        }
    }

    /// The browser keeps what the answer sets.
    pub(super) fn take_cookies(&mut self, flight: &Flight) {
        let Some(jar) = flight.jar else { return };
        for cookie in &flight.exchange.tries.cookies {
            self.jars.keep(jar, &cookie.name, cookie.value.as_bytes());
        }
        for value in flight.exchange.upstream_headers.values(b"set-cookie") {
            let pair = || value.split(|byte| *byte == b';').next()?.split_once_at(b'=');
            if let Some((name, value)) = pair()
                && let Ok(name) = std::str::from_utf8(name)
            {
                self.jars.keep(jar, name, value);
            }
        }
    }
}

/// `split_once` of bytes.
trait SplitOnce {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for [u8] {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])> {
        let at = self.iter().position(|candidate| *candidate == byte)?;
        Some((&self[..at], &self[at + 1..]))
    }
}
