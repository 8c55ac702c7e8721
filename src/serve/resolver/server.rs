//! One name server and the ways to it: a UDP socket, and a TCP connection while there is need of one. Sending never waits;
//! what comes back goes to the resolver. A socket that fails is closed and opened again for the next query.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

use nix::errno::Errno;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::Shared;
use crate::serve::log::Level;

/// The longest datagram that is read; nginx does not ask for more.
const DATAGRAM: usize = 4096;
/// Bytes that may wait for a TCP connection.
const QUEUED: usize = 8192;
/// How long a TCP connection is kept after something was sent.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);

/// A task that ends with its owner.
#[derive(Debug)]
pub struct Task(AbortHandle);

impl Task {
    /// Starts one.
    pub fn start(work: impl Future<Output = ()> + 'static) -> Task {
        Task(tokio::task::spawn_local(work).abort_handle())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One name server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    udp: RefCell<Option<(Rc<UdpSocket>, Task)>>,
    tcp: RefCell<Option<(Rc<Queue>, Task)>>,
}

/// What is to be sent over a TCP connection.
#[derive(Debug, Default)]
struct Queue {
    bytes: RefCell<Vec<u8>>,
    more: Notify,
    is_broken: Cell<bool>,
}

impl Server {
    /// A server to which nothing was sent.
    #[must_use]
    pub fn new(address: SocketAddr) -> Server {
        Server { address, udp: RefCell::default(), tcp: RefCell::default() }
    }

    /// Sends a query. Says whether it went well, as far as is known.
    pub fn send(&self, query: &[u8], tcp: bool, index: usize, shared: &Shared) -> bool {
        if tcp { self.send_tcp(query, index, shared) } else { self.send_udp(query, index, shared) }
    }

    fn send_udp(&self, query: &[u8], index: usize, shared: &Shared) -> bool {
        let mut udp = self.udp.borrow_mut();
        if udp.is_none() {
            match open(self.address) {
                Ok(socket) => {
                    let socket = Rc::new(socket);
                    let task = Task::start(listen(shared.me.clone(), index, socket.clone()));
                    *udp = Some((socket, task));
                }
                Err(error) => {
                    self.fault(shared, Level::Crit, "connect() failed", Some(&error));
                    return false;
                }
            }
        }
        let Some((socket, _)) = &*udp else { return false };
        match SockRef::from(&**socket).send(query) {
            Ok(sent) if sent == query.len() => return true,
            Ok(_) => self.fault(shared, Level::Crit, "send() incomplete", None),
            // A full buffer: nginx counts it as sent in part.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.fault(shared, Level::Crit, "send() incomplete", None);
            }
            Err(error) => self.fault(shared, Level::Error, "send() failed", Some(&error)),
        }
        *udp = None;
        false
    }

    fn send_tcp(&self, query: &[u8], index: usize, shared: &Shared) -> bool {
        let mut tcp = self.tcp.borrow_mut();
        if tcp.as_ref().is_none_or(|(queue, _)| queue.is_broken.get()) {
            let queue = Rc::new(Queue::default());
            let task = Task::start(talk(shared.me.clone(), index, queue.clone()));
            *tcp = Some((queue, task));
        }
        let Some((queue, _)) = &*tcp else { return false };
        let mut bytes = queue.bytes.borrow_mut();
        if bytes.len() + 2 + query.len() > QUEUED {
            self.fault(shared, Level::Crit, "buffer overflow", None);
            return false;
        }
        bytes.extend_from_slice(&(query.len() as u16).to_be_bytes());
        bytes.extend_from_slice(query);
        queue.more.notify_one();
        true
    }

    /// Logs a fault of the connection, with nginx's end of the line.
    fn fault(&self, shared: &Shared, level: Level, what: &str, error: Option<&io::Error>) {
        let number = error.and_then(io::Error::raw_os_error);
        let error = number.map(|number| format!(" ({number}: {})", Errno::from_raw(number).desc())).unwrap_or_default();
        (shared.log)(level, &format!("{what}{error} while resolving, resolver: {}", self.address));
    }
}

/// A socket that hears from this server only.
fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// Hands on what comes over UDP, until the socket fails.
async fn listen(shared: Weak<Shared>, index: usize, socket: Rc<UdpSocket>) {
    let mut buffer = [0; DATAGRAM];
    loop {
        let got = socket.recv(&mut buffer).await;
        let Some(shared) = shared.upgrade() else { return };
        match got {
            Ok(length) => shared.answered(&buffer[..length], false),
            Err(error) => {
                let server = &shared.servers[index];
                server.fault(&shared, Level::Error, "recv() failed", Some(&error));
                let closed = server.udp.borrow_mut().take();
                drop(closed);
                return;
            }
        }
    }
}

/// Talks over TCP until nothing is sent for a while or the connection ends.
async fn talk(shared: Weak<Shared>, index: usize, queue: Rc<Queue>) {
    let faults = |what: &str, error: &io::Error| {
        if let Some(shared) = shared.upgrade() {
            shared.servers[index].fault(&shared, Level::Error, what, Some(error));
        }
    };
    let Some(address) = shared.upgrade().map(|shared| shared.servers[index].address) else { return };
    let ends = Instant::now() + TCP_TIMEOUT;
    let connected = tokio::select! {
        connected = TcpStream::connect(address) => Some(connected),
        () = sleep_until(ends) => None,
    };
    match connected {
        Some(Ok(stream)) => {
            if let Err((what, error)) = converse(&shared, stream, &queue, ends).await {
                faults(what, &error);
            }
        }
        Some(Err(error)) => faults("recv() failed", &error),
        None => {}
    }
    queue.is_broken.set(true);
}

type Fault = (&'static str, io::Error);

async fn converse(shared: &Weak<Shared>, mut stream: TcpStream, queue: &Queue, mut ends: Instant) -> Result<(), Fault> {
    let (mut reader, mut writer) = stream.split();
    let (mut sending, mut got) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; DATAGRAM];
    loop {
        if sending.is_empty() {
            std::mem::swap(&mut sending, &mut *queue.bytes.borrow_mut());
        }
        tokio::select! {
            sent = writer.write(&sending), if !sending.is_empty() => {
                sending.drain(..sent.map_err(|error| ("send() failed", error))?);
                ends = Instant::now() + TCP_TIMEOUT;
            }
            read = reader.read(&mut buffer) => {
                match read.map_err(|error| ("recv() failed", error))? {
                    0 => return Ok(()),
                    length => got.extend_from_slice(&buffer[..length]),
                }
                let Some(shared) = shared.upgrade() else { return Ok(()) };
                take_messages(&mut got, &shared);
            }
            () = queue.more.notified() => {}
            () = sleep_until(ends) => return Ok(()),
        }
    }
}

/// Hands on the messages that are whole: each has its length in front, in two bytes.
fn take_messages(got: &mut Vec<u8>, shared: &Shared) {
    let mut at = 0;
    while let Some(&[high, low]) = got.get(at..at + 2) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(message) = got.get(at + 2..at + 2 + length) else { break };
        shared.answered(message, true);
        at += 2 + length;
    }
    got.drain(..at);
}
