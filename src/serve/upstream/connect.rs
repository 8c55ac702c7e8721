//! Connecting to a peer: `ngx_event_connect_peer`.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, UnixStream};

use super::framing::Framing;
use super::link::Link;
use super::secure::Security;
use crate::serve::clock;
use crate::serve::stream::{Plain, Stream};

/// Why there is no connection.
#[derive(Debug)]
pub enum Failed {
    /// The system says so.
    System(io::Error),
    /// There was no TLS: nginx's message.
    Handshake(String),
}

/// Connects to an address as `$upstream_addr` writes it, with TLS if it is to have any.
///
/// # Errors
/// [`Failed`].
pub async fn connect(addr: &str, security: Option<&Security<'_>>) -> Result<Link, Failed> {
    let plain = plain(addr).await.map_err(Failed::System)?;
    let stream = match security {
        Some(security) => security.secure(plain).await?,
        None => Stream::Plain(plain),
    };
    Ok(Link {
        stream,
        rest: Vec::new(),
        framing: Framing::Done,
        opened: clock::now(),
        requests: 0,
        is_reused: false,
        persists: false,
        is_sent: false,
    })
}

async fn plain(addr: &str) -> io::Result<Plain> {
    Ok(match addr.strip_prefix("unix:") {
        Some(path) => Plain::Unix(UnixStream::connect(path).await?),
        None => {
            let address: SocketAddr = addr.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
            let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            let tcp = socket.connect(address).await?;
            tcp.set_nodelay(true)?;
            Plain::Tcp(tcp)
        }
    })
}
