//! Connecting to a peer: `ngx_event_connect_peer`.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, UnixStream};

use super::framing::Framing;
use super::link::Link;
use super::request::Sending;
use crate::serve::clock;
use crate::serve::stream::{Plain, Stream};

/// Connects to an address as `$upstream_addr` writes it.
///
/// # Errors
/// The system's.
pub async fn connect(addr: &str) -> io::Result<Link> {
    let plain = match addr.strip_prefix("unix:") {
        Some(path) => Plain::Unix(UnixStream::connect(path).await?),
        None => {
            let address: SocketAddr = addr.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
            let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            let tcp = socket.connect(address).await?;
            tcp.set_nodelay(true)?;
            Plain::Tcp(tcp)
        }
    };
    Ok(Link {
        stream: Stream::Plain(plain),
        rest: Vec::new(),
        framing: Framing::Done,
        opened: clock::now(),
        requests: 0,
        is_reused: false,
        persists: false,
        sending: Sending::default(),
    })
}
