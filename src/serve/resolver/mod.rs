//! nginx's resolver (`ngx_resolver.c`): names to addresses, with nginx's timing. A and AAAA queries go out together, over UDP,
//! and over TCP when an answer was truncated; after 5 seconds they are sent again, to the next server. All who want a name
//! share its queries. Answers are kept as long as they say, or as `valid=` says, in whole seconds; faults are not kept.
//!
//! One resolver is of one thread and runs tasks of its own: it lives inside a `LocalSet`. Left out are names of addresses
//! (PTR), which only nginx's `mail` asks for, and name servers at UNIX domain sockets.

mod message;
mod nodes;
mod server;
#[cfg(test)]
mod tests;
mod watch;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::balance::Random;
use crate::config::address::{Address, inet_address};
use crate::exchange::Located;
use crate::modules::shared::resolver as settings;
use crate::serve::log::Level;
use message::{Answer, Bad, Kind, Srv};
use nodes::{Failed, Key, Known, Look, NOT_FOUND, Nodes, Outcome, Query, RESEND, What};
use server::{Server, Task};

pub use watch::{Update, watch};

/// So many names in a row may each be another name's.
const MOST_ALIASES: usize = 50;
/// The number of `ETIMEDOUT`, which nginx has for names that nobody answers for.
const TIMED_OUT: u16 = 110;

/// Where a resolver logs: the message in nginx's words, without time and process.
pub type Log = Rc<dyn Fn(Level, &str)>;

/// Why a name could not be resolved. Its text is nginx's: `3: Host not found`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The code of the answer (RFC 1035), or 110 if there was none in time.
    pub code: u16,
    /// Until when nginx takes it as true that there is no such name. It asks again all the same.
    pub valid_until: Instant,
}

impl Failure {
    /// The name, or its addresses, do not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code == u16::from(NOT_FOUND)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, words(self.code))
    }
}

fn words(code: u16) -> &'static str {
    match code {
        1 => "Format error",
        2 => "Server failure",
        3 => "Host not found",
        4 => "Unimplemented",
        5 => "Operation refused",
        TIMED_OUT => "Operation timed out",
        _ => "Unknown error",
    }
}

/// The addresses of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// At least one: IPv4 in the order of the answer, then IPv6; what was known already begins at a place drawn by chance.
    pub addresses: Vec<IpAddr>,
    /// How long that is good.
    pub valid_until: Instant,
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Addresses by priority; within one priority a record drawn by weight comes first, the others follow it around.
    pub found: Result<Vec<Located>, Failure>,
    /// Hosts that could not be resolved, which matters not if others could.
    pub unresolved: Vec<(String, Failure)>,
    /// How long that is good.
    pub valid_until: Instant,
}

/// A resolver: what a `resolver` directive sets up, for one worker.
#[derive(Clone)]
pub struct Resolver {
    shared: Rc<Shared>,
}

/// What its tasks share.
struct Shared {
    me: Weak<Shared>,
    servers: Vec<Server>,
    kinds: Vec<Kind>,
    nodes: RefCell<Nodes>,
    /// The server that the next name is asked for at.
    next_server: Cell<usize>,
    resending: RefCell<Option<Task>>,
    random: RefCell<Box<dyn Random>>,
    log: Log,
    /// The second 0.
    began: Instant,
}

impl Resolver {
    /// A resolver that knows nothing yet. `random` gives its queries their numbers and the order of addresses.
    #[must_use]
    pub fn new(settings: &settings::Resolver, random: Box<dyn Random>, log: Log) -> Resolver {
        let inet = |address: &Address| match address {
            Address::Inet(address) => Some(Server::new(*address)),
            Address::Unix(_) => None,
        };
        let kinds = [(Kind::A, settings.ipv4), (Kind::Aaaa, settings.ipv6)];
        let shared = Rc::new_cyclic(|me| Shared {
            me: me.clone(),
            servers: settings.servers.iter().filter_map(inet).collect(),
            kinds: kinds.into_iter().filter(|(_, wanted)| *wanted).map(|(kind, _)| kind).collect(),
            nodes: RefCell::new(Nodes::new(settings.valid)),
            next_server: Cell::new(0),
            resending: RefCell::default(),
            random: RefCell::new(random),
            log,
            began: Instant::now(),
        });
        Resolver { shared }
    }

    /// The addresses of a name; `wait` is the `resolver_timeout` of who asks, 0 for as long as it takes. One point at the
    /// name's end does not count; an IPv4 address is itself.
    ///
    /// # Errors
    /// The server's code, or that none answered in time.
    pub async fn addresses(&self, name: &str, wait: Duration) -> Result<Resolved, Failure> {
        if let Some(address) = inet_address(name) {
            return Ok(Resolved { addresses: vec![address.into()], valid_until: Instant::now() });
        }
        self.host(name.as_bytes(), wait).await
    }

    async fn host(&self, name: &[u8], wait: Duration) -> Result<Resolved, Failure> {
        let (known, is_cached) = self.find(Key { is_service: false, name: tidy(name) }, wait).await?;
        let What::Addresses(both) = &known.what else { return Err(self.shared.not_found()) };
        let addresses = if is_cached { self.shared.rotated(both) } else { both.concat() };
        Ok(Resolved { addresses, valid_until: self.shared.instant(known.valid) })
    }

    /// Where a service is, with the name of its SRV records: `_http._tcp.example.com`. `wait` counts for the records, then
    /// for the address of each host.
    pub async fn service(&self, name: &str, wait: Duration) -> Service {
        let found = self.find(Key { is_service: true, name: tidy(name.as_bytes()) }, wait).await;
        let failed = |failure: Failure, unresolved| Service {
            valid_until: failure.valid_until,
            found: Err(failure),
            unresolved,
        };
        let known = match found {
            Ok((known, _)) => known,
            Err(failure) => return failed(failure, Vec::new()),
        };
        let What::Services(records) = &known.what else { return failed(self.shared.not_found(), Vec::new()) };
        let hosts = all(records.iter().map(|record| self.host(&record.target, wait)).collect()).await;
        let mut valid_until = self.shared.instant(known.valid);
        let (mut located, mut unresolved) = (Vec::new(), Vec::new());
        for (record, host) in records.iter().zip(hosts) {
            match host {
                Ok(host) => {
                    valid_until = valid_until.min(host.valid_until);
                    located.push((record, host.addresses));
                }
                Err(failure) => unresolved.push((String::from_utf8_lossy(&record.target).into_owned(), failure)),
            }
        }
        if located.is_empty() {
            let code = unresolved
                .iter()
                .map(|(_, failure)| failure.code)
                .reduce(|first, code| if code == u16::from(NOT_FOUND) { code } else { first });
            let failure = Failure { code: code.unwrap_or(0), ..self.shared.not_found() };
            return failed(failure, unresolved);
        }
        Service { found: Ok(self.shared.by_weight(&located)), unresolved, valid_until }
    }

    /// Follows a name to what it is, within the time. Says whether that was known already.
    async fn find(&self, key: Key, wait: Duration) -> Result<(Known, bool), Failure> {
        let shared = &self.shared;
        let chase = self.chase(key);
        let found = if wait.is_zero() { Ok(chase.await) } else { timeout(wait, chase).await };
        shared.nodes.borrow_mut().forget(shared.now());
        match found {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(Failed { code, valid })) => Err(Failure { code: code.into(), valid_until: shared.instant(valid) }),
            Err(_) => Err(Failure { code: TIMED_OUT, ..shared.not_found() }),
        }
    }

    async fn chase(&self, mut key: Key) -> Result<(Known, bool), Failed> {
        for _ in 0..=MOST_ALIASES {
            let (known, is_cached) = self.step(&key).await?;
            match known.what {
                What::Alias(name) => key.name = name,
                _ => return Ok((known, is_cached)),
            }
        }
        Err(self.shared.failed())
    }

    /// What one name is, known or asked for.
    async fn step(&self, key: &Key) -> Result<(Known, bool), Failed> {
        let look = self.shared.nodes.borrow_mut().look(key, self.shared.now());
        let told = match look {
            Look::Known(known) => return Ok((known, true)),
            Look::Wait(told) => told,
            Look::Ask => self.shared.ask(key).ok_or_else(|| self.shared.failed())?,
        };
        // A node is never dropped while somebody waits.
        told.await.unwrap_or_else(|_| Outcome::Err(self.shared.failed())).map(|known| (known, false))
    }
}

/// In lower case, without a point at the end.
fn tidy(name: &[u8]) -> Rc<[u8]> {
    name.strip_suffix(b".").unwrap_or(name).to_ascii_lowercase().into()
}

/// Waits for all.
async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|cx| {
        for (future, done) in running.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

impl Shared {
    /// The second.
    fn now(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    fn instant(&self, second: u64) -> Instant {
        // No longer than a clock can count; `valid=` may say anything.
        self.began + Duration::from_secs(second.min(1 << 32))
    }

    fn failed(&self) -> Failed {
        Failed { code: NOT_FOUND, valid: self.nodes.borrow().failed_until(self.now()) }
    }

    fn not_found(&self) -> Failure {
        let Failed { code, valid } = self.failed();
        Failure { code: code.into(), valid_until: self.instant(valid) }
    }

    fn random(&self) -> u32 {
        self.random.borrow_mut().next()
    }

    /// Asks for a name; nobody if it cannot be one.
    fn ask(&self, key: &Key) -> Option<tokio::sync::oneshot::Receiver<Outcome>> {
        let kinds = if key.is_service { &[Kind::Srv] } else { &*self.kinds };
        let query = |kind: &Kind| {
            let ident = self.random() as u16;
            message::query(ident, &key.name, *kind).map(|message| Query::new(*kind, ident, message))
        };
        let queries = kinds.iter().map(query).collect::<Option<Vec<Query>>>()?;
        let server = self.next_server.get();
        self.next_server.set((server + 1) % self.servers.len().max(1));
        let was_idle = self.nodes.borrow().is_idle();
        let told = self.nodes.borrow_mut().ask(key, queries, server, self.now());
        if !self.send(key) {
            // Once more, at once.
            self.turn(key);
            self.send(key);
        }
        if was_idle {
            *self.resending.borrow_mut() = Some(Task::start(resend(self.me.clone())));
        }
        Some(told)
    }

    fn turn(&self, key: &Key) {
        self.nodes.borrow_mut().turn(key, self.servers.len().max(1));
    }

    /// Sends the queries of a name that have no answer.
    fn send(&self, key: &Key) -> bool {
        let (at, queries) = self.nodes.borrow().open(key);
        let Some(server) = self.servers.get(at) else { return false };
        queries.iter().all(|(message, tcp)| server.send(message, *tcp, at, self))
    }

    /// A message has come from a server.
    fn answered(&self, message: &[u8], tcp: bool) {
        let mut said = Vec::new();
        let taken = Answer::read(message, tcp)
            .and_then(|answer| self.nodes.borrow_mut().answer(&answer, self.now(), &mut said));
        for note in said {
            self.error(&note);
        }
        match taken {
            Ok(None) => {}
            Ok(Some(again)) => {
                if let Some(server) = self.servers.get(again.server) {
                    server.send(&again.message, true, again.server, self);
                }
            }
            Err(Bad::Says(text)) => self.error(&text),
            Err(Bad::Error { code, ident, named }) => {
                let nodes = self.nodes.borrow();
                let name = nodes.asked_with(ident).filter(|_| named).map(String::from_utf8_lossy);
                let name = name.map(|name| format!(", name:\"{name}\"")).unwrap_or_default();
                self.error(&format!("DNS error ({code}: {}), query id:{ident}{name}", words(code.into())));
            }
        }
        if self.nodes.borrow().is_idle() {
            let idle = self.resending.borrow_mut().take();
            drop(idle);
        }
    }

    fn error(&self, text: &str) {
        (self.log)(Level::Error, text);
    }

    /// Addresses from a place drawn by chance, each family from a place of its own (`ngx_resolver_export`).
    fn rotated(&self, both: &[Vec<IpAddr>; 2]) -> Vec<IpAddr> {
        let count = both.iter().map(Vec::len).sum::<usize>();
        if count == 1 && both[0].len() == 1 {
            return both.concat();
        }
        let by = self.random() as usize % count.max(1);
        let mut addresses = Vec::with_capacity(count);
        for list in both.iter().filter(|list| !list.is_empty()) {
            let (end, start) = list.split_at(self.random() as usize % list.len());
            addresses.extend(start.iter().chain(end));
        }
        addresses.rotate_right(by);
        addresses
    }

    /// The addresses of a service: of each priority, from a record drawn by its weight on (`ngx_resolver_report_srv`).
    fn by_weight(&self, located: &[(&Srv, Vec<IpAddr>)]) -> Vec<Located> {
        let mut found = Vec::new();
        for group in located.chunk_by(|(one, _), (other, _)| one.priority == other.priority) {
            let weight = |(record, addresses): &(&Srv, Vec<IpAddr>)| addresses.len() * usize::from(record.weight);
            let mut drawn = self.random() as usize % group.iter().map(weight).sum::<usize>().max(1);
            let first = group.iter().position(|record| {
                let is_it = drawn < weight(record);
                drawn = drawn.saturating_sub(weight(record));
                is_it
            });
            let (end, start) = group.split_at(first.unwrap_or(0));
            for (record, addresses) in start.iter().chain(end) {
                let name: Rc<str> = String::from_utf8_lossy(&record.target).into();
                found.extend(addresses.iter().map(|ip| Located {
                    address: SocketAddr::new(*ip, record.port),
                    name: (*name).into(),
                    priority: record.priority,
                    weight: record.weight,
                }));
            }
        }
        found
    }
}

/// Sends again what had no answer, until nothing is left.
async fn resend(shared: Weak<Shared>) {
    let mut wait = RESEND;
    loop {
        sleep(Duration::from_secs(wait)).await;
        let Some(shared) = shared.upgrade() else { return };
        wait = loop {
            let due = shared.nodes.borrow_mut().due(shared.now());
            match due {
                Err(wait) => break wait,
                Ok(None) => return,
                Ok(Some(key)) => {
                    shared.turn(&key);
                    shared.send(&key);
                }
            }
        };
    }
}
