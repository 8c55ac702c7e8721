//! The program under test, with requests to it and a name server for it.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::live::{free_ports, wait_until};
use crate::common::served::{self, Served, all, command};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record, RecordType};
use nix::sys::signal::Signal;
use tempfile::TempDir;

/// How many ports each has.
const PORTS: u16 = 8;

impl Served {
    /// With this content of `http`, and lines of the main context, as open-source nginx or as another target. In them `%N`
    /// stands for a port of its own, the front is at `%0`, and `@` for the folder.
    pub fn start(main: &str, http: &str, target: Option<&str>) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_ports(PORTS));
        configure(&folder, port, main, http);
        let mut command = command(&folder);
        if let Some(target) = target {
            command.env("NGINXLB_TARGET", target);
        }
        Served::spawn(command, folder, port).listening()
    }

    /// Takes another configuration and waits until the old workers are gone, or it was refused.
    pub fn reload(&self, main: &str, http: &str) {
        configure(&self.folder, self.port, main, http);
        let count = || self.count("exited with code 0") + self.count("[emerg]");
        let before = count();
        self.signal(Signal::SIGHUP);
        wait_until("the reload", || count() > before);
    }

    /// The answer to a request for a path with these header lines.
    pub fn get(&self, path: &str, headers: &str) -> String {
        self.begin(path, headers).end()
    }

    /// A request whose answer is not waited for.
    pub fn begin(&self, path: &str, headers: &str) -> Begun {
        let mut client = self.connect();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        client.write_all(head.as_bytes()).unwrap();
        Begun(client)
    }
}

/// A request under way.
pub struct Begun(TcpStream);

impl Begun {
    /// Its answer.
    pub fn end(self) -> String {
        all(self.0)
    }
}

/// The value of a header of an answer.
pub fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// The status of an answer.
pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// The text of an answer.
pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

fn configure(folder: &TempDir, port: u16, main: &str, http: &str) {
    let mut text = served::configuration(main, http);
    for number in 0..PORTS {
        text = text.replace(&format!("%{number}"), &(port + number).to_string());
    }
    let text = text.replace('@', folder.path().to_str().unwrap());
    fs::write(folder.path().join("nginx.conf"), text).unwrap();
}

/// What a name server says of names.
#[derive(Clone)]
pub struct Dns {
    pub port: u16,
    known: Arc<Mutex<HashMap<String, Vec<Ipv4Addr>>>>,
    asked: Arc<Mutex<usize>>,
}

impl Dns {
    /// One that knows these names; others do not exist. A name without addresses makes it fail.
    pub fn start() -> Dns {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let dns = Dns { port, known: Arc::default(), asked: Arc::default() };
        let mine = dns.clone();
        thread::spawn(move || mine.answer(&socket));
        dns
    }

    pub fn set(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        self.known.lock().unwrap().insert(name.to_owned(), addresses);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    fn answer(&self, socket: &UdpSocket) {
        let mut room = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut room) {
            let reply = self.reply(&room[..length]);
            let _ = socket.send_to(&reply, from);
        }
    }

    fn reply(&self, asked: &[u8]) -> Vec<u8> {
        *self.asked.lock().unwrap() += 1;
        let message = Message::from_vec(asked).unwrap();
        let query = message.queries[0].clone();
        let mut reply = message.into_response();
        let name = query.name().to_ascii().trim_end_matches('.').to_owned();
        match self.known.lock().unwrap().get(&name) {
            None => reply.metadata.response_code = ResponseCode::NXDomain,
            Some(none) if none.is_empty() => reply.metadata.response_code = ResponseCode::ServFail,
            Some(addresses) if query.query_type() == RecordType::A => {
                for address in addresses {
                    let data = RData::A(A(*address));
                    reply.add_answer(Record::from_rdata(query.name().clone(), 1, data));
                }
            }
            Some(_) => {}
        }
        reply.to_vec().unwrap()
    }
}

/// Where connections to a server come from.
pub fn listen(address: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The addresses of a list of peers, as `$upstream_addr` writes it.
pub fn addresses(list: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = list.split(", ").map(|peer| peer.parse::<SocketAddr>().unwrap().ip()).collect();
    found.sort();
    found
}
