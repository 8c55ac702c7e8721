//! Sockets as `nginx -t` tries them: `ngx_open_listening_sockets`.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, SockAddr, Socket, Type};

use super::refusal;
use crate::config::Listening;
use crate::config::address::Address;

/// Opens the socket and lets go of it. That the address is in use is no fault of the configuration.
///
/// # Errors
/// nginx's message.
pub fn bind(listening: &Listening) -> Result<(), String> {
    let address = &listening.address;
    let failed = |what: &str, error: &io::Error| Err(format!("{what} failed ({})", refusal(error)));
    let native = match native(address) {
        Ok(native) => native,
        Err(error) => return failed(&format!("bind() to {address}"), &error),
    };
    let kind = if listening.udp { Type::DGRAM } else { Type::STREAM };
    let socket = match Socket::new(native.domain(), kind, None) {
        Ok(socket) => socket,
        Err(error) => return failed(&format!("socket() {address}"), &error),
    };
    if !listening.udp {
        // nginx gives up where this fails, which it does on no system that has sockets.
        let _ = socket.set_reuse_address(true);
    }
    if native.domain() == Domain::IPV6 {
        let _ = socket.set_only_v6(listening.ipv6only);
    }
    match socket.bind(&native) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(()),
        Err(error) => return failed(&format!("bind() to {address}"), &error),
        Ok(()) => {}
    }
    if let Address::Unix(path) = address {
        let _ = std::fs::remove_file(super::native(path));
    }
    if listening.udp {
        return Ok(());
    }
    let backlog = listening.backlog;
    match socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX)) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Ok(()),
        Err(error) => failed(&format!("listen() to {address}, backlog {backlog}"), &error),
        Ok(()) => Ok(()),
    }
}

fn native(address: &Address) -> io::Result<SockAddr> {
    match address {
        Address::Inet(address) => Ok(SockAddr::from(SocketAddr::clone(address))),
        Address::Unix(path) => SockAddr::unix(super::native(path)),
    }
}
