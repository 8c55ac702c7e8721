//! Listening sockets: nginx's `ngx_open_listening_sockets` and `ngx_configure_listening_sockets`.
//!
//! The process keeps each open as long as a configuration listens there, so that none is ever closed by a reload. Workers
//! share one socket for an address; with `reuseport` each has its own. `deferred` and `fastopen` are left out, they only
//! save a step and there is no safe way to set them; a line in the log says so.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, SockRef, TcpKeepalive, Type};

use crate::config::address::Address;
use crate::config::{Config, ScopeId};
use crate::exchange::ListenerId;
use crate::modules::shared::listen::{self, KeepAlive, Options, Ports};
use crate::serve::log::{Level, Logs, MAIN, native, refusal};

/// How often nginx tries to get an address that is in use.
const TRIES: usize = 5;

/// How long it waits in between.
const PAUSE: Duration = Duration::from_millis(500);

/// A socket that listens, not blocking.
#[derive(Debug)]
pub enum Socket {
    /// Of an address and port.
    Tcp(TcpListener),
    /// Of a path.
    Unix(UnixListener),
}

impl Socket {
    fn try_clone(&self) -> io::Result<Socket> {
        match self {
            Socket::Tcp(socket) => socket.try_clone().map(Socket::Tcp),
            Socket::Unix(socket) => socket.try_clone().map(Socket::Unix),
        }
    }

    fn reference(&self) -> SockRef<'_> {
        match self {
            Socket::Tcp(socket) => SockRef::from(socket),
            Socket::Unix(socket) => SockRef::from(socket),
        }
    }
}

/// Whose connections a socket takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Those of a listener of `http`.
    Http(ListenerId),
    /// Those of a listener of `stream`.
    Stream(ListenerId),
}

/// A socket that a configuration wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where.
    pub address: Address,
    /// Whose connections it takes.
    pub takes: Takes,
    options: listen::Socket,
    ipv6only: bool,
    backlog: i32,
}

impl Wanted {
    /// Those of `http` and `stream`, in nginx's order.
    pub fn of(config: &Config) -> Vec<Wanted> {
        let of_realm = |realm: Option<ScopeId>, takes: fn(ListenerId) -> Takes| {
            let ports = realm.and_then(|realm| config.scope(realm).slot::<Ports>());
            let listeners = ports.into_iter().flat_map(Ports::listeners).enumerate();
            listeners.map(move |(at, listener)| (takes(ListenerId(at as u32)), listener))
        };
        let listeners: Vec<_> =
            of_realm(config.http, Takes::Http).chain(of_realm(config.stream, Takes::Stream)).collect();
        let wanted = config.listening.iter().filter(|listening| !listening.udp).filter_map(|listening| {
            let same = |(_, listener): &&(Takes, &listen::Listener)| {
                listener.span == listening.span && listener.address == listening.address
            };
            let (takes, listener) = listeners.iter().find(same)?;
            Some(Wanted {
                address: listening.address.clone(),
                takes: *takes,
                options: listener.socket.clone(),
                ipv6only: listening.ipv6only,
                backlog: i32::try_from(listening.backlog).unwrap_or(i32::MAX),
            })
        });
        wanted.collect()
    }

    fn reuseport(&self) -> bool {
        self.options.options.contains(Options::REUSEPORT)
    }

    /// Opens one socket.
    fn open(&self) -> Result<Socket, Failed> {
        let address = &self.address;
        let failed = |call: &str| {
            let call = call.to_owned();
            move |error: io::Error| Failed {
                in_use: error.kind() == io::ErrorKind::AddrInUse,
                message: format!("{call} failed ({})", refusal(&error)),
            }
        };
        let bind = format!("bind() to {address}");
        let target = match address {
            Address::Inet(address) => SockAddr::from(*address),
            Address::Unix(path) => SockAddr::unix(native(path)).map_err(failed(&bind))?,
        };
        let socket = socket2::Socket::new(target.domain(), Type::STREAM, None);
        let socket = socket.map_err(failed(&format!("socket() {address}")))?;
        socket.set_reuse_address(true).map_err(failed(&format!("setsockopt(SO_REUSEADDR) {address}")))?;
        if self.reuseport() {
            socket.set_reuse_port(true).map_err(failed(&format!("setsockopt(SO_REUSEPORT) {address}")))?;
        }
        if target.domain() == Domain::IPV6 {
            socket.set_only_v6(self.ipv6only).map_err(failed(&format!("setsockopt(IPV6_V6ONLY) {address}")))?;
        }
        socket.set_nonblocking(true).map_err(failed(&format!("fcntl(O_NONBLOCK) {address}")))?;
        socket.bind(&target).map_err(failed(&bind))?;
        if let Address::Unix(path) = address {
            let mode = fs::Permissions::from_mode(0o666);
            fs::set_permissions(native(path), mode).map_err(failed(&format!("chmod() \"{path}\"")))?;
        }
        let listen = format!("listen() to {address}, backlog {}", self.backlog);
        socket.listen(self.backlog).map_err(failed(&listen))?;
        Ok(match address {
            Address::Inet(_) => Socket::Tcp(socket.into()),
            Address::Unix(_) => Socket::Unix(socket.into()),
        })
    }

    /// Sets the options that may change while it listens.
    fn configure(&self, socket: &Socket, logs: &Logs) {
        let reference = socket.reference();
        let address = &self.address;
        let ignored = |what: &str, set: io::Result<()>| {
            if let Err(error) = set {
                let refusal = refusal(&error);
                logs.error(MAIN, Level::Alert, None, format_args!("{what} {address} failed ({refusal}), ignored"));
            }
        };
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        if let Some(bytes) = self.options.rcvbuf {
            ignored(&format!("setsockopt(SO_RCVBUF, {bytes})"), reference.set_recv_buffer_size(size(bytes)));
        }
        if let Some(bytes) = self.options.sndbuf {
            ignored(&format!("setsockopt(SO_SNDBUF, {bytes})"), reference.set_send_buffer_size(size(bytes)));
        }
        match self.options.keepalive {
            None => {}
            Some(KeepAlive::Off) => ignored("setsockopt(SO_KEEPALIVE, 0)", reference.set_keepalive(false)),
            Some(KeepAlive::On { idle, interval, count }) => {
                ignored("setsockopt(SO_KEEPALIVE, 1)", reference.set_keepalive(true));
                let seconds = |seconds| Duration::from_secs(u64::from(seconds));
                let mut wanted = TcpKeepalive::new();
                wanted = if idle > 0 { wanted.with_time(seconds(idle)) } else { wanted };
                wanted = if interval > 0 { wanted.with_interval(seconds(interval)) } else { wanted };
                wanted = if count > 0 { wanted.with_retries(count) } else { wanted };
                if idle > 0 || interval > 0 || count > 0 {
                    ignored("setsockopt(TCP_KEEPIDLE)", reference.set_tcp_keepalive(&wanted));
                }
            }
        }
        // This is how a backlog is changed.
        ignored(&format!("listen() to {address}, backlog {}", self.backlog), reference.listen(self.backlog));
    }
}

struct Failed {
    in_use: bool,
    message: String,
}

/// All sockets of a configuration.
#[derive(Debug, Default)]
pub struct Bank {
    held: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    wanted: Wanted,
    /// One that is shared, or one for each worker.
    sockets: Vec<Socket>,
}

impl Bank {
    /// Opens what is wanted; what `before` has is taken from there.
    ///
    /// # Errors
    /// nginx's last message; those before it are in the log.
    pub fn open(wanted: &[Wanted], workers: usize, before: Option<&Bank>, logs: &Logs) -> Result<Bank, String> {
        let mut bank = Bank::default();
        for wanted in wanted {
            let known = before.and_then(|before| before.held.iter().find(|held| held.wanted.address == wanted.address));
            let count = if wanted.reuseport() { workers } else { 1 };
            let known = known.map(|held| &held.sockets[..]).unwrap_or_default();
            let sockets = known.iter().take(count).map(Socket::try_clone).collect::<Result<_, _>>();
            let sockets: Vec<_> = sockets.map_err(|error| format!("dup() failed ({})", refusal(&error)))?;
            if wanted.reuseport() {
                for socket in &sockets {
                    // It may have been shared so far; where this fails the others cannot be bound, and that is told.
                    let _ = socket.reference().set_reuse_port(true);
                }
            }
            bank.held.push(Held { wanted: wanted.clone(), sockets });
        }
        if let Err(message) = bank.fill(workers, logs) {
            if let Some(before) = before {
                bank.remove_unless_in(before);
            } else {
                bank.close();
            }
            return Err(message);
        }
        for held in &bank.held {
            held.sockets.iter().for_each(|socket| held.wanted.configure(socket, logs));
            held.say_what_is_ignored(logs);
        }
        Ok(bank)
    }

    /// Opens what is missing.
    fn fill(&mut self, workers: usize, logs: &Logs) -> Result<(), String> {
        for _ in 0..TRIES {
            let mut failed = false;
            for held in &mut self.held {
                let count = if held.wanted.reuseport() { workers } else { 1 };
                while held.sockets.len() < count {
                    match held.wanted.open() {
                        Ok(socket) => held.sockets.push(socket),
                        Err(Failed { in_use: false, message }) => return Err(message),
                        Err(Failed { message, .. }) => {
                            logs.error(MAIN, Level::Emerg, None, format_args!("{message}"));
                            failed = true;
                            break;
                        }
                    }
                }
            }
            if !failed {
                return Ok(());
            }
            logs.error(MAIN, Level::Notice, None, format_args!("try again to bind() after 500ms"));
            thread::sleep(PAUSE);
        }
        Err("still could not bind()".to_owned())
    }

    /// A worker's own handles.
    ///
    /// # Errors
    /// The system's, when there are too many.
    pub fn of_worker(&self, number: usize) -> io::Result<Vec<(Takes, Socket)>> {
        let own = |held: &Held| {
            let socket = held.sockets.get(number).or_else(|| held.sockets.first());
            socket.map(|socket| Ok((held.wanted.takes, socket.try_clone()?)))
        };
        self.held.iter().filter_map(own).collect()
    }

    /// Removes the paths that `other` does not listen on.
    pub fn remove_unless_in(&self, other: &Bank) {
        for held in self.held.iter().filter(|held| !held.sockets.is_empty()) {
            let address = &held.wanted.address;
            if !other.held.iter().any(|other| other.wanted.address == *address) {
                remove(address);
            }
        }
    }

    /// Lets go of all sockets, and removes their paths.
    pub fn close(&mut self) {
        for held in self.held.drain(..).filter(|held| !held.sockets.is_empty()) {
            remove(&held.wanted.address);
        }
    }
}

impl Held {
    fn say_what_is_ignored(&self, logs: &Logs) {
        let options = &self.wanted.options;
        let ignored =
            [("deferred", options.options.contains(Options::DEFERRED)), ("fastopen", options.fastopen.is_some())];
        for (name, _) in ignored.iter().filter(|(_, given)| *given) {
            let address = &self.wanted.address;
            logs.error(MAIN, Level::Warn, None, format_args!("\"{name}\" of \"listen {address}\" has no effect here"));
        }
    }
}

fn remove(address: &Address) {
    if let Address::Unix(path) = address {
        // If it is gone already, so much the better.
        let _ = fs::remove_file(native(path));
    }
}
