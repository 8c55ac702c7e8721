//! Connecting to a peer: `ngx_event_connect_peer`.

use std::io;
use std::net::SocketAddr;

use nix::sys::socket::{setsockopt, sockopt};
use socket2::SockRef;
use tokio::net::{TcpSocket, UnixStream};

use super::framing::Framing;
use super::link::Link;
use super::request::Sending;
use super::secure::Security;
use crate::config::ip_text;
use crate::exchange::NearEnd;
use crate::serve::clock;
use crate::serve::log::{Level, refusal};
use crate::serve::stream::{Plain, Stream};

/// Why there is no connection.
#[derive(Debug)]
pub enum Unconnected {
    /// The peer, or the way to it: the next one may be better.
    Refused(io::Error),
    /// There was no TLS, or not with whom it was to be: nginx's message. The next peer may be better.
    Unsafe(String),
    /// Something here, as nginx says it: the request is over.
    Here(Level, String),
}

impl From<io::Error> for Unconnected {
    fn from(error: io::Error) -> Unconnected {
        Unconnected::Refused(error)
    }
}

/// Connects to an address as `$upstream_addr` writes it, from this local address if one is given, with TLS if it is to
/// have any.
///
/// # Errors
/// The peer's refusal, or a fault of the near end.
pub async fn connect(
    addr: &str,
    near: &NearEnd,
    local: Option<SocketAddr>,
    security: Option<&Security<'_>>,
) -> Result<Box<Link>, Unconnected> {
    let plain = connect_plain(addr, near, local).await?;
    if let Plain::Tcp(tcp) = &plain
        && security.is_some()
    {
        // The pieces of a handshake would wait for each other. A request goes in one piece.
        tcp.set_nodelay(true)?;
    }
    let stream = match security {
        Some(security) => security.secure(plain).await?,
        None => Stream::Plain(plain),
    };
    Ok(Box::new(Link {
        stream,
        rest: Vec::new(),
        framing: Framing::Done,
        http2: None,
        opened: clock::now(),
        requests: 0,
        is_reused: false,
        persists: false,
        sending: Sending::default(),
    }))
}

/// [`connect`], without TLS and without what a connection for requests is.
///
/// # Errors
/// The same.
pub async fn connect_plain(addr: &str, near: &NearEnd, local: Option<SocketAddr>) -> Result<Plain, Unconnected> {
    match addr.strip_prefix("unix:") {
        Some(_) if local.is_some() => Err(cannot_bind(local, &io::Error::from_raw_os_error(nix::libc::EINVAL))),
        Some(path) => Ok(Plain::Unix(UnixStream::connect(path).await?)),
        None => {
            let address: SocketAddr = addr.parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
            let socket = open(address, near, local)?;
            Ok(Plain::Tcp(socket.connect(address).await?))
        }
    }
}

/// A socket for a peer at this address.
fn open(peer: SocketAddr, near: &NearEnd, local: Option<SocketAddr>) -> Result<TcpSocket, Unconnected> {
    let made = if peer.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket =
        made.map_err(|error| Unconnected::Here(Level::Alert, format!("socket() failed ({})", refusal(&error))))?;
    // What the system does not want of these changes nothing that a request would notice.
    if near.receive_buffer > 0 {
        let _ = socket.set_recv_buffer_size(near.receive_buffer);
    }
    if near.send_buffer > 0 {
        let _ = socket.set_send_buffer_size(near.send_buffer);
    }
    if near.keepalive {
        let _ = socket.set_keepalive(true);
    }
    let Some(local_address) = local else { return Ok(socket) };
    if near.transparent {
        let raw = SockRef::from(&socket);
        let (name, done) = match local_address {
            SocketAddr::V4(_) => ("IP_TRANSPARENT", raw.set_ip_transparent_v4(true)),
            SocketAddr::V6(_) => ("IPV6_TRANSPARENT", raw.set_ip_transparent_v6(true)),
        };
        done.map_err(|error| {
            Unconnected::Here(Level::Alert, format!("setsockopt({name}) failed ({})", refusal(&error)))
        })?;
    }
    if local_address.port() == 0 {
        // The port is found when it connects: one port then serves many peers. Older systems do without.
        let _ = setsockopt(&socket, sockopt::IpBindAddressNoPort, &true);
    }
    socket.bind(local_address).map_err(|error| cannot_bind(local, &error))?;
    Ok(socket)
}

fn cannot_bind(local: Option<SocketAddr>, error: &io::Error) -> Unconnected {
    let name = match local {
        Some(address) if address.port() == 0 => ip_text(address.ip()),
        Some(address) => address.to_string(),
        None => String::new(),
    };
    Unconnected::Here(Level::Crit, format!("bind({name}) failed ({})", refusal(error)))
}
