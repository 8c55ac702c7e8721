//! The peers of a case: a thread each, doing what the scenario says.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::case::{Case, Fault, FaultKind, Millis};
use crate::clock::Clock;

/// One peer.
pub struct Backend {
    address: SocketAddr,
    faults: Vec<Fault>,
    service: Option<f64>,
    learns: bool,
    clock: Arc<Clock>,
}

/// Starts the peers of a case; they stay until the process ends.
pub fn start(case: &Case, clock: &Arc<Clock>) {
    for address in case.peers() {
        let scenario = &case.scenario;
        let mut faults: Vec<Fault> = scenario.fault.iter().filter(|fault| fault.peer == address).cloned().collect();
        faults.sort_by_key(|fault| fault.from);
        let service = scenario.backend.iter().find(|backend| backend.peer == address).map(|backend| backend.service);
        let backend = Backend { address, faults, service, learns: case.learns(), clock: Arc::clone(clock) };
        thread::spawn(move || Arc::new(backend).run());
    }
}

impl Backend {
    /// Listens, except where it refuses.
    fn run(self: Arc<Self>) {
        let mut from = Duration::ZERO;
        for refusal in self.faults.iter().filter(|fault| fault.kind == FaultKind::Refuse) {
            self.listen(from, Some(Duration::from_millis(refusal.from)));
            from = Duration::from_millis(refusal.to);
        }
        self.listen(from, None);
    }

    /// `accept` keeps to the socket's read timeout: so the thread needs no other alarm.
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
            SockRef::from(&listener).set_read_timeout(left).unwrap();
            if let Ok((stream, _)) = listener.accept() {
                let backend = Arc::clone(self);
                thread::spawn(move || backend.serve(stream));
            }
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        let begun = self.clock.now();
        let head = read_head(&mut stream);
        let now = begun.as_millis() as Millis;
        let fault = self.faults.iter().find(|fault| (fault.from..fault.to).contains(&now));
        let code = match fault.map(|fault| (fault.kind, fault.code)) {
            Some((FaultKind::Reset | FaultKind::Refuse, _)) => return,
            Some((FaultKind::Timeout, _)) => {
                let _ = stream.read(&mut [0]);
                return;
            }
            Some((FaultKind::Status, code)) => code.unwrap_or(500),
            None => 200,
        };
        let asked = header(&head, "x-case-service").and_then(|text| text.parse().ok());
        let service = if fault.is_some() { 0.0 } else { asked.or(self.service).unwrap_or(0.0) };
        let due = begun + Duration::from_secs_f64(service);
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
            "HTTP/1.1 {code} Answer\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{body}",
            body.len(),
            cookie.unwrap_or_default(),
        );
        let _ = stream.write_all(answer.as_bytes());
        self.clock.check(due);
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
