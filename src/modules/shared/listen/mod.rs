//! `listen` and `server_name`, wherever they stand: addresses, the options of their sockets, the names of servers.

mod names;
mod options;
mod ports;

pub use names::{Form, ServerName, ServerNames, server_name};
pub use options::{Dialect, KeepAlive, MULTIPATH, OF_SOCKET, Options, Socket, addresses};
pub use ports::{Listener, Port, Ports, add, add_alone, settle};
