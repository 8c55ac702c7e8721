//! A syslog server: one datagram a message, never waited for. A message that cannot be sent is lost.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::sync::{PoisonError, RwLock};

use super::file::native;
use super::time::{self, Local};
use crate::config::address::Address;
use crate::modules::shared::syslog::Syslog;

/// A server, and the socket to it.
#[derive(Debug)]
pub struct SyslogServer {
    settings: Syslog,
    hostname: String,
    socket: RwLock<Option<Socket>>,
}

#[derive(Debug)]
enum Socket {
    Udp(UdpSocket),
    Unix(UnixDatagram),
}

impl SyslogServer {
    /// A server that is not connected yet.
    #[must_use]
    pub fn new(settings: Syslog) -> SyslogServer {
        let name = nix::unistd::gethostname().unwrap_or_default();
        let hostname = name.to_string_lossy().to_ascii_lowercase();
        SyslogServer { settings, hostname, socket: RwLock::new(None) }
    }

    /// Sends a message with the severity that the directive gives, of an access log.
    pub fn send(&self, message: &[u8]) {
        self.send_with(self.settings.severity, message);
    }

    /// Sends a message with a severity: 0 for `emerg` to 7 for `debug`.
    pub fn send_with(&self, severity: u8, message: &[u8]) {
        let Syslog { facility, tag, nohostname, .. } = &self.settings;
        let priority = u32::from(*facility) * 8 + u32::from(severity);
        let time = Local::at(time::now().as_secs()).syslog();
        let host = if *nohostname { String::new() } else { format!("{} ", self.hostname) };
        let mut datagram = format!("<{priority}>{time} {host}{tag}: ").into_bytes();
        datagram.extend_from_slice(message);
        if self.write(&datagram).is_err() {
            *self.socket.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn write(&self, datagram: &[u8]) -> io::Result<usize> {
        if let Some(socket) = &*self.socket.read().unwrap_or_else(PoisonError::into_inner) {
            return socket.send(datagram);
        }
        let socket = Socket::connect(&self.settings.server)?;
        let sent = socket.send(datagram);
        *self.socket.write().unwrap_or_else(PoisonError::into_inner) = Some(socket);
        sent
    }
}

impl Socket {
    fn connect(server: &Address) -> io::Result<Socket> {
        match server {
            Address::Inet(address) => {
                let any = match address {
                    SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
                    SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
                };
                let socket = UdpSocket::bind(any)?;
                socket.connect(address)?;
                socket.set_nonblocking(true)?;
                Ok(Socket::Udp(socket))
            }
            Address::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.connect(native(path))?;
                socket.set_nonblocking(true)?;
                Ok(Socket::Unix(socket))
            }
        }
    }

    fn send(&self, datagram: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Udp(socket) => socket.send(datagram),
            Socket::Unix(socket) => socket.send(datagram),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_datagram_with_its_priority_and_tag() {
        let receiver = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let server = Address::Inet(receiver.local_addr().expect("an address"));
        let settings = Syslog { server, facility: 23, severity: 6, tag: "edge".to_owned(), nohostname: true };
        let server = SyslogServer::new(settings);
        server.send(b"one");
        server.send_with(3, b"two");
        let next = || {
            let mut bytes = [0; 256];
            let length = receiver.recv(&mut bytes).expect("a datagram");
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };
        let (one, two) = (next(), next());
        assert!(one.starts_with("<190>") && one.ends_with(" edge: one"), "{one}");
        assert!(two.starts_with("<187>") && two.ends_with(" edge: two"), "{two}");
    }
}
