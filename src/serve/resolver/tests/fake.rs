//! A name server that answers as a test says, over UDP and TCP on one port, and remembers what it was asked; and the
//! resolvers that ask it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SRV};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::balance::Random;
use crate::config::address::Address;
use crate::modules::shared::resolver as settings;
use crate::serve::resolver::{Failure, Resolved, Resolver};

/// Data of a record and its time to live.
pub type Rr = (RData, u32);

pub fn a(ip: &str, ttl: u32) -> Rr {
    (RData::A(ip.parse::<A>().unwrap()), ttl)
}

pub fn aaaa(ip: &str, ttl: u32) -> Rr {
    (RData::AAAA(ip.parse::<AAAA>().unwrap()), ttl)
}

pub fn alias(to: &str, ttl: u32) -> Rr {
    (RData::CNAME(CNAME(Name::from_ascii(to).unwrap())), ttl)
}

pub fn srv(priority: u16, weight: u16, port: u16, host: &str, ttl: u32) -> Rr {
    (RData::SRV(SRV::new(priority, weight, port, Name::from_ascii(host).unwrap())), ttl)
}

/// A question.
pub struct Ask {
    pub message: Vec<u8>,
    pub kind: RecordType,
    pub name: String,
    pub tcp: bool,
    /// How often it was asked, this time included.
    pub nth: usize,
}

impl Ask {
    fn reply(&self, records: &[Rr]) -> Message {
        // A name that hickory refuses is answered by hand.
        let message = Message::from_vec(&self.message).unwrap();
        let name = message.queries[0].name().clone();
        let mut reply = message.into_response();
        for (data, ttl) in records {
            reply.add_answer(Record::from_rdata(name.clone(), *ttl, data.clone()));
        }
        reply
    }

    /// An answer with these records.
    pub fn says(&self, records: &[Rr]) -> Vec<u8> {
        if self.name.len() > 250 {
            let [(RData::A(address), ttl)] = records else { panic!("only one address of a long name") };
            let mut reply = self.message.clone();
            (reply[2], reply[7]) = (0x81, 1);
            reply.extend([0xc0, 12, 0, 1, 0, 1]);
            reply.extend(ttl.to_be_bytes());
            reply.extend([0, 4]);
            reply.extend(address.0.octets());
            return reply;
        }
        self.reply(records).to_vec().unwrap()
    }

    /// An alias for a name that is longer than DNS allows.
    pub fn says_of_long(&self, to: &str) -> Vec<u8> {
        let mut reply = self.message.clone();
        (reply[2], reply[7]) = (0x81, 1);
        reply.extend([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60]);
        reply.extend((to.len() as u16 + 2).to_be_bytes());
        for label in to.split('.') {
            reply.push(label.len() as u8);
            reply.extend(label.as_bytes());
        }
        reply.push(0);
        reply
    }

    /// An answer that did not fit.
    pub fn cut(&self, records: &[Rr]) -> Vec<u8> {
        let mut reply = self.reply(records);
        reply.metadata.truncation = true;
        reply.to_vec().unwrap()
    }

    /// A fault.
    pub fn fails(&self, code: ResponseCode) -> Vec<u8> {
        let mut reply = self.reply(&[]);
        reply.metadata.response_code = code;
        reply.to_vec().unwrap()
    }
}

/// What somebody waits for to be said or asked so often.
#[derive(Default)]
pub struct Heard {
    list: RefCell<Vec<String>>,
    more: Notify,
}

impl Heard {
    pub fn add(&self, text: String) {
        self.list.borrow_mut().push(text);
        self.more.notify_waiters();
    }

    pub fn borrow(&self) -> std::cell::Ref<'_, Vec<String>> {
        self.list.borrow()
    }

    pub async fn heard(&self, count: usize) {
        loop {
            let more = self.more.notified();
            if self.list.borrow().len() >= count {
                return;
            }
            more.await;
        }
    }
}

/// The server.
pub struct Fake {
    pub address: SocketAddr,
    asked: Rc<Heard>,
    connections: Rc<RefCell<usize>>,
}

type Answerer = dyn Fn(&Ask) -> Vec<u8>;

struct Script {
    asked: Rc<Heard>,
    times: RefCell<HashMap<String, usize>>,
    answer: Box<Answerer>,
}

impl Script {
    fn answer(&self, message: &[u8], tcp: bool) -> Vec<u8> {
        let (mut at, mut name) = (12, Vec::new());
        while message[at] != 0 {
            let label = &message[at + 1..=at + usize::from(message[at])];
            name.push(String::from_utf8_lossy(label).into_owned());
            at += 1 + label.len();
        }
        let kind = RecordType::from(u16::from_be_bytes([message[at + 1], message[at + 2]]));
        let name = name.join(".");
        let question = format!("{}{kind} {name}", if tcp { "TCP " } else { "" });
        let nth = *self.times.borrow_mut().entry(question.clone()).and_modify(|times| *times += 1).or_insert(1);
        let answer = (self.answer)(&Ask { message: message.to_vec(), kind, name, tcp, nth });
        self.asked.add(question);
        answer
    }
}

impl Fake {
    /// A server that answers so; with nothing where nothing is said.
    pub fn start(answer: impl Fn(&Ask) -> Vec<u8> + 'static) -> Fake {
        let (tcp, udp) = sockets();
        let address = tcp.local_addr().unwrap();
        let asked = Rc::new(Heard::default());
        let script = Rc::new(Script { asked: asked.clone(), times: RefCell::default(), answer: Box::new(answer) });
        let connections = Rc::new(RefCell::new(0));
        tokio::task::spawn_local(serve_udp(UdpSocket::from_std(udp).unwrap(), script.clone()));
        tokio::task::spawn_local(serve_tcp(TcpListener::from_std(tcp).unwrap(), script, connections.clone()));
        Fake { address, asked, connections }
    }

    /// An address where nobody listens.
    pub fn gone() -> Fake {
        let address = sockets().0.local_addr().unwrap();
        Fake { address, asked: Rc::default(), connections: Rc::default() }
    }

    /// What it was asked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    /// Waits until it was asked so often.
    pub async fn heard(&self, count: usize) {
        self.asked.heard(count).await;
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        self.asked.list.borrow_mut().clear();
    }

    /// The TCP connections it has had.
    pub fn connections(&self) -> usize {
        *self.connections.borrow()
    }
}

/// Two sockets on one free port.
fn sockets() -> (std::net::TcpListener, std::net::UdpSocket) {
    loop {
        let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(udp) = std::net::UdpSocket::bind(tcp.local_addr().unwrap()) {
            tcp.set_nonblocking(true).unwrap();
            udp.set_nonblocking(true).unwrap();
            return (tcp, udp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, script: Rc<Script>) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        let answer = script.answer(&buffer[..length], false);
        if !answer.is_empty() {
            socket.send_to(&answer, from).await.unwrap();
        }
    }
}

async fn serve_tcp(listener: TcpListener, script: Rc<Script>, connections: Rc<RefCell<usize>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        *connections.borrow_mut() += 1;
        tokio::task::spawn_local(serve_stream(stream, script.clone()));
    }
}

async fn serve_stream(mut stream: TcpStream, script: Rc<Script>) {
    while let Ok(length) = stream.read_u16().await {
        let mut message = vec![0; usize::from(length)];
        stream.read_exact(&mut message).await.unwrap();
        let answer = script.answer(&message, true);
        // In two parts, as TCP may.
        stream.write_all(&(answer.len() as u16).to_be_bytes()).await.unwrap();
        stream.write_all(&answer).await.unwrap();
    }
}

/// Numbers from 1 on; 1 for good after the numbers of the first two queries.
struct Numbers(u32);

impl Random for Numbers {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        if self.0 <= 2 { self.0 * 1000 } else { 1 }
    }
}

/// A resolver that asks these, with the words `ipv4=off`, `ipv6=off`, `valid=SECONDS`; and what it logs.
pub fn resolver(servers: &[&Fake], words: &str) -> (Resolver, Rc<Heard>) {
    let settings = settings::Resolver {
        servers: servers.iter().map(|fake| Address::Inet(fake.address)).collect(),
        valid: words.split_once("valid=").map(|(_, seconds)| seconds.parse().unwrap()),
        ipv4: !words.contains("ipv4=off"),
        ipv6: !words.contains("ipv6=off"),
    };
    let heard = Rc::new(Heard::default());
    let log = heard.clone();
    (Resolver::new(&settings, Box::new(Numbers(0)), Rc::new(move |_, text| log.add(text.to_owned()))), heard)
}

/// Asks beside the test.
pub fn far(resolver: &Resolver, name: &str, wait: Duration) -> JoinHandle<Result<Resolved, Failure>> {
    let (resolver, name) = (resolver.clone(), name.to_owned());
    tokio::task::spawn_local(async move { resolver.addresses(&name, wait).await })
}

/// Lets so many seconds pass, and what is due then happen.
pub async fn jump(seconds: f64) {
    tokio::task::yield_now().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs_f64(seconds)).await;
    tokio::time::resume();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Runs a test.
pub fn check(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}
