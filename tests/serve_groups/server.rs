//! The program under test, with requests to it and a name server for it.

use std::collections::HashMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::live::{DEADLINE, free_ports, wait};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record, RecordType};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use tempfile::TempDir;

/// A server in nginx's place. In its configuration `%N` stands for a port of its own, the front is at `%0`.
pub struct Server {
    folder: TempDir,
    child: Child,
    ports: Vec<u16>,
}

impl Server {
    /// With this content of `http`, and lines of the main context, as open-source nginx or as another target.
    pub fn start(main: &str, http: &str, target: Option<&str>) -> Server {
        let (folder, ports) = (tempfile::tempdir().unwrap(), free_ports(8));
        let ports: Vec<u16> = (ports..ports + 8).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
        command.env_remove("NGINXLB_TARGET").args(["nginx", "-c", "nginx.conf", "-e", "early.log", "-p"]);
        command.arg(folder.path()).stderr(Stdio::null());
        if let Some(target) = target {
            command.env("NGINXLB_TARGET", target);
        }
        let path = folder.path().join("nginx.conf");
        fs::write(path, configuration(&folder, &ports, main, http)).unwrap();
        let child = command.spawn().unwrap();
        let server = Server { folder, child, ports };
        wait("the file of the process number", || {
            let log = server.read("early.log") + &server.read("error.log");
            assert!(!log.contains("[emerg]"), "{log}");
            server.read("nginx.pid").ends_with('\n').then_some(())
        });
        server
    }

    pub fn port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Waits for this text in the error log.
    pub fn logged(&self, text: &str) {
        wait(text, || self.read("error.log").contains(text).then_some(()));
    }

    /// Takes another configuration and waits until the old workers are gone, or it was refused.
    pub fn reload(&self, main: &str, http: &str) {
        let path = self.folder.path().join("nginx.conf");
        fs::write(path, configuration(&self.folder, &self.ports, main, http)).unwrap();
        let count = |log: String| log.matches("exited with code 0").count() + log.matches("[emerg]").count();
        let before = count(self.read("error.log"));
        kill(Pid::from_raw(self.child.id() as i32), Signal::SIGHUP).unwrap();
        wait("the reload", || (count(self.read("error.log")) > before).then_some(()));
    }

    /// A connection to the front.
    pub fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(("127.0.0.1", self.ports[0])).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        client
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
    pub fn end(mut self) -> String {
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).unwrap();
        answer
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

fn configuration(folder: &TempDir, ports: &[u16], main: &str, http: &str) -> String {
    // The super-user stays what it is: it owns the folder.
    let user = if Uid::effective().is_root() { "user root root;" } else { "" };
    let mut text = format!(
        "{user} daemon off; pid nginx.pid; error_log error.log info; {main}\nevents {{}}\nhttp {{ access_log off;\n\
         client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
         {http} }}\n"
    );
    for (number, port) in ports.iter().enumerate() {
        text = text.replace(&format!("%{number}"), &port.to_string());
    }
    text.replace('@', folder.path().to_str().unwrap())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
