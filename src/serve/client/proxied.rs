//! The PROXY protocol at the beginning of a connection: `ngx_proxy_protocol_read` as `ngx_http_wait_request_handler` and
//! `ngx_http_ssl_handshake` call it, and the variables that tell of it.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;

use crate::config::ip_text;
use crate::exchange::{Connection, ListenerId, Told};
use crate::serve::log::{Level, MAIN};
use crate::serve::state::Worker;
use crate::serve::stream::Plain;
use crate::wire::proxy_protocol::{Address, MOST, Proxied as Header, read, tlv};

/// What the PROXY protocol said, as it is told to variables.
#[derive(Debug)]
pub struct Proxied {
    /// Source and destination: address and port.
    ends: [(Vec<u8>, u16); 2],
    tlvs: Vec<u8>,
}

impl Proxied {
    fn new(header: &Header) -> Proxied {
        let end = |(address, port): &(Address, u16)| (text(address), *port);
        Proxied { ends: [end(&header.source), end(&header.destination)], tlvs: header.tlvs.to_vec() }
    }

    /// The source, if it is an address.
    fn source(&self) -> Option<SocketAddr> {
        let (address, port) = &self.ends[0];
        let address: IpAddr = std::str::from_utf8(address).ok()?.parse().ok()?;
        Some(SocketAddr::new(address, *port))
    }
}

fn text(address: &Address) -> Vec<u8> {
    match address {
        Address::Text(text) => text.to_vec(),
        Address::Ip(address) => ip_text(*address).into_bytes(),
    }
}

impl Told for Proxied {
    fn tell(&self, name: &str, _: i64) -> Option<Vec<u8>> {
        let [source, destination] = &self.ends;
        // A port of 0 is none.
        let port = |port: u16| if port == 0 { Vec::new() } else { port.to_string().into_bytes() };
        Some(match name {
            "proxy_protocol_addr" => source.0.clone(),
            "proxy_protocol_port" => port(source.1),
            "proxy_protocol_server_addr" => destination.0.clone(),
            "proxy_protocol_server_port" => port(destination.1),
            _ => {
                let name = name.strip_prefix("proxy_protocol_tlv_")?;
                tlv(&self.tlvs, name.as_bytes()).ok()??.into_owned()
            }
        })
    }
}

/// Takes the header off a connection that just began. What it says goes into `connection`; nothing where the sender does
/// not say who is behind it.
///
/// # Errors
/// There is none, or it did not come in time: the connection is closed.
pub async fn take(
    worker: &Worker,
    plain: &Plain,
    listener: ListenerId,
    connection: &mut Connection,
) -> Result<Option<Arc<dyn Told>>, Closed> {
    let default = worker.generation.site.listener(listener).default;
    let timeout = worker.generation.terms.server(default).header_timeout;
    match take_header(worker, plain, timeout, connection).await {
        Ok(told) => Ok(told),
        Err(Untold::Broken { message, is_empty: false }) if !message.is_empty() => {
            let client = connection.client.map_or_else(|| "unix:".to_owned(), ip_text);
            let address = &worker.generation.site.listener(listener).address;
            let about = format!(" while reading PROXY protocol, client: {client}, server: {address}");
            let message = [&message[..], about.as_bytes()].concat();
            worker.logs.error_bytes(MAIN, Level::Error, Some(connection.number), &message);
            Err(Closed)
        }
        Err(_) => Err(Closed),
    }
}

/// Why there is no header.
#[derive(Debug)]
pub enum Untold {
    /// It did not come in time.
    Late,
    /// The connection broke.
    Failed(io::Error),
    /// What came is none: what nginx says of it, and whether nothing came but the end.
    Broken {
        /// nginx's words; empty where it has none.
        message: Vec<u8>,
        /// The connection was closed.
        is_empty: bool,
    },
}

/// [`take`], within so many milliseconds, with the reason where it fails.
pub async fn take_header(
    worker: &Worker,
    plain: &Plain,
    timeout: u64,
    connection: &mut Connection,
) -> Result<Option<Arc<dyn Told>>, Untold> {
    let timer = worker.timers.timer();
    timer.set_after(timeout);
    let mut room = [0; MOST];
    let count = poll_fn(|cx| {
        while plain.poll_readable(cx).is_ready() {
            match plain.peek(&mut room) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                peeked => return Poll::Ready(peeked.map_err(Untold::Failed)),
            }
        }
        timer.poll(cx).map(|()| Err(Untold::Late))
    })
    .await?;
    match read(&room[..count]) {
        Ok(header) => {
            let proxied = header.proxied.as_ref().map(Proxied::new);
            let length = header.len;
            plain.try_read(&mut room[..length]).map_err(Untold::Failed)?;
            connection.proxied = proxied.as_ref().and_then(Proxied::source);
            Ok(proxied.map(|proxied| Arc::new(proxied) as Arc<dyn Told>))
        }
        Err(broken) => Err(Untold::Broken { message: broken.message(), is_empty: count == 0 }),
    }
}

/// The connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        let header = read(b"PROXY TCP4 192.0.2.1 192.0.2.2 123 0\r\nGET").expect("a header");
        let proxied = Proxied::new(header.proxied.as_ref().expect("a source"));
        let told = |name: &str| proxied.tell(name, 0).map(|text| String::from_utf8_lossy(&text).into_owned());
        assert_eq!(told("proxy_protocol_addr").as_deref(), Some("192.0.2.1"));
        assert_eq!(told("proxy_protocol_port").as_deref(), Some("123"));
        assert_eq!(told("proxy_protocol_server_addr").as_deref(), Some("192.0.2.2"));
        assert_eq!(told("proxy_protocol_server_port").as_deref(), Some(""));
        assert_eq!((told("proxy_protocol_tlv_alpn"), told("other")), (None, None));
        assert_eq!(proxied.source(), Some(([192, 0, 2, 1], 123).into()));
    }
}
