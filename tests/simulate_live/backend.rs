//! The peers of a case: a thread each, doing what the scenario says.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use crate::case::{Case, Fault, FaultKind, Millis};
use crate::clock::Clock;

/// How late a timeout of a socket may come, twice over.
const COARSE: Duration = Duration::from_millis(60);

/// One peer.
pub struct Backend {
    address: SocketAddr,
    faults: Vec<Fault>,
    service: Option<f64>,
    body: f64,
    later: Duration,
    learns: bool,
    clock: Arc<Clock>,
}

/// Starts the peers of a case; they stay until the process ends.
pub fn start(case: &Case, clock: &Arc<Clock>, later: Duration) {
    for address in case.peers() {
        let scenario = &case.scenario;
        let mut faults: Vec<Fault> = scenario.fault.iter().filter(|fault| fault.peer == address).cloned().collect();
        faults.sort_by_key(|fault| fault.from);
        let own = scenario.backend.iter().find(|backend| backend.peer == address);
        let service = own.map(|backend| backend.service);
        let body = own.and_then(|backend| backend.body).unwrap_or(0.0);
        let backend =
            Backend { address, faults, service, body, later, learns: case.learns(), clock: Arc::clone(clock) };
        thread::spawn(move || Arc::new(backend).run());
    }
}

impl Backend {
    /// Listens, except where nothing does and where connections hang.
    fn run(self: Arc<Self>) {
        let mut from = Duration::ZERO;
        for fault in &self.faults {
            let (begin, end) = (Duration::from_millis(fault.from), Duration::from_millis(fault.to));
            match fault.kind {
                FaultKind::Refuse => {
                    self.listen(from, Some(begin));
                    self.clock.check(begin);
                }
                FaultKind::Unreachable => {
                    self.listen(from, Some(begin));
                    let full = self.full();
                    self.clock.check(begin);
                    self.clock.sleep_until(end);
                    drop(full);
                }
                _ => continue,
            }
            from = end;
        }
        self.listen(from, None);
    }

    /// A listener whose queue is full: the system answers no further connection.
    fn full(&self) -> (Socket, TcpStream) {
        let socket = Socket::new(Domain::for_address(self.address), Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&self.address.into()).unwrap();
        socket.listen(0).unwrap();
        let waiting = TcpStream::connect(self.address).unwrap();
        (socket, waiting)
    }

    /// `accept` keeps to the socket's read timeout: so the thread needs no other alarm. The kernel is coarse there; near
    /// the end it asks again and again.
    fn listen(self: &Arc<Self>, from: Duration, to: Option<Duration>) {
        if to == Some(from) {
            return;
        }
        if !from.is_zero() {
            self.clock.sleep_until(from);
        }
        let listener = TcpListener::bind(self.address).unwrap_or_else(|e| panic!("{}: {e}", self.address));
        self.clock.check(from);
        loop {
            let left = to.map(|to| self.clock.until(to));
            if left == Some(Duration::ZERO) {
                return;
            }
            let near = left.is_some_and(|left| left <= COARSE);
            listener.set_nonblocking(near).unwrap();
            SockRef::from(&listener)
                .set_read_timeout(left.filter(|_| !near).map(|left| left.saturating_sub(COARSE / 2)))
                .unwrap();
            match listener.accept() {
                Ok((stream, _)) => {
                    let backend = Arc::clone(self);
                    thread::spawn(move || backend.serve(stream));
                }
                Err(_) if near => thread::sleep(Duration::from_millis(1)),
                Err(_) => {}
            }
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        let begun = self.clock.now();
        // It has the listener's.
        stream.set_read_timeout(None).unwrap();
        let head = read_head(&mut stream);
        let now = begun.as_millis() as Millis;
        let fault = self.faults.iter().find(|fault| (fault.from..fault.to).contains(&now));
        let mut extra = 0.0;
        let code = match fault.map(|fault| (fault.kind, fault.code)) {
            Some((FaultKind::Reset | FaultKind::Refuse | FaultKind::Unreachable, _)) => return,
            Some((FaultKind::Timeout, _)) => {
                let _ = stream.read(&mut [0]);
                return;
            }
            Some((FaultKind::Invalid, _)) => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n");
                return;
            }
            Some((FaultKind::Status, code)) => code.unwrap_or(500),
            Some((FaultKind::Slow, _)) => {
                extra = fault.and_then(|fault| fault.extra).unwrap_or(0.0);
                200
            }
            None => 200,
        };
        let asked = header(&head, "x-case-service").and_then(|text| text.parse().ok());
        let service = if code == 200 { asked.or(self.service).unwrap_or(0.0) + extra } else { 0.0 };
        let due = begun + Duration::from_secs_f64(service) + self.later;
        self.clock.sleep_until(due);
        let cookie = header(&head, "x-case-session")
            .filter(|session| {
                let pair = format!("sess={session}");
                let sent = header(&head, "cookie").unwrap_or_default();
                self.learns && !sent.split("; ").any(|cookie| cookie == pair)
            })
            .map(|session| format!("Set-Cookie: sess={session}\r\n"));
        let body = if head.starts_with("HEAD ") || code == 204 || code == 304 { "" } else { "ok\n" };
        let answer = format!(
            "HTTP/1.1 {code} Answer\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n",
            body.len(),
            cookie.unwrap_or_default(),
        );
        let _ = stream.write_all(answer.as_bytes());
        self.clock.check(due);
        if self.body > 0.0 {
            let due = due + Duration::from_secs_f64(self.body);
            self.clock.sleep_until(due);
            self.clock.check(due);
        }
        let _ = stream.write_all(body.as_bytes());
    }
}

/// Reads a request without a body to its end.
fn read_head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&part[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a header, its name given in lower case.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    headers(head, name).next()
}

/// The values of all headers of a name.
pub fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = head.split("\r\n").skip(1).take_while(|line| !line.is_empty());
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.filter(move |(at, _)| at.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
