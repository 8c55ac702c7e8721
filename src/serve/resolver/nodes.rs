//! What a resolver knows and what it is asking for: one node a name, as in nginx's trees. A node is asked for until an
//! answer settles it; whoever wants the same name meanwhile waits with the others. Time is in whole seconds, as nginx's
//! clock is here, and an argument. Nothing is sent from here.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::rc::Rc;

use tokio::sync::oneshot;

use super::message::{Answer, Bad, Kind, Records, Srv};

/// Seconds until a query is sent again.
pub const RESEND: u64 = 5;
/// Seconds for which a node is kept that nobody asks for.
const EXPIRE: u64 = 30;
/// Seconds for which a failure is good, where `valid=` does not say.
pub const FAILED: u64 = 10;
/// `Host not found`
pub const NOT_FOUND: u8 = 3;

/// What is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its SRV records, not its addresses.
    pub is_service: bool,
    /// The name in lower case, without a point at its end.
    pub name: Rc<[u8]>,
}

/// What a name turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It has addresses: of IPv4, of IPv6.
    Addresses(Rc<[Vec<IpAddr>; 2]>),
    /// It is another name.
    Alias(Rc<[u8]>),
    /// A service, by priority.
    Services(Rc<[Srv]>),
}

/// What is known of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub what: What,
    /// The last second in which that is good.
    pub valid: u64,
}

/// Why a name cannot be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The response code.
    pub code: u8,
    /// The last second in which that is good.
    pub valid: u64,
}

/// What who waits is told.
pub type Outcome = Result<Known, Failed>;

/// A query on its way.
#[derive(Debug)]
pub struct Query {
    /// What it asks for.
    pub kind: Kind,
    /// Its number.
    pub ident: u16,
    /// The message.
    pub message: Rc<[u8]>,
    /// The answer over UDP was truncated.
    pub tcp: bool,
    /// What came, if it came.
    answer: Option<Vec<IpAddr>>,
}

impl Query {
    /// A query that was not sent.
    #[must_use]
    pub fn new(kind: Kind, ident: u16, message: Vec<u8>) -> Query {
        Query { kind, ident, message: message.into(), tcp: false, answer: None }
    }

    /// It has no answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.answer.is_none()
    }
}

#[derive(Debug)]
struct Asked {
    queries: Vec<Query>,
    /// The fault that one of two queries ended with.
    code: u8,
    ttl: u32,
    waiting: Vec<oneshot::Sender<Outcome>>,
}

#[derive(Debug)]
enum State {
    Asked(Asked),
    Known(Known),
}

#[derive(Debug)]
struct Node {
    state: State,
    /// The server that is asked.
    server: usize,
    /// While it is asked for the second in which it is asked for again, later the last second in which it is kept.
    expire: u64,
}

/// A query to send: the message, and whether over TCP.
pub type Open = (Rc<[u8]>, bool);

/// A query to send again, over TCP.
pub struct Again {
    /// The server that truncated its answer.
    pub server: usize,
    /// The message.
    pub message: Rc<[u8]>,
}

/// What an answer settles: what a name is and the seconds for which that is good, or the fault's code. `None` while more is
/// to come.
type Settled = Option<Result<(What, u32), u8>>;

/// What a look at the nodes says.
pub enum Look {
    /// It is known.
    Known(Known),
    /// It is being asked for.
    Wait(oneshot::Receiver<Outcome>),
    /// It has to be asked for.
    Ask,
}

/// All nodes.
#[derive(Debug, Default)]
pub struct Nodes {
    known: HashMap<Key, Node>,
    /// Those that are asked for, the one that is asked for again first in front.
    asked: VecDeque<Key>,
    /// When nodes may be forgotten, by time; what is said of a node that was used since does not count.
    forgotten: VecDeque<(u64, Key)>,
    /// Seconds for which answers are good, whatever they say.
    valid: Option<u64>,
}

impl Nodes {
    /// None yet.
    #[must_use]
    pub fn new(valid: Option<u64>) -> Nodes {
        // A time of 0 is as good as none.
        Nodes { valid: valid.filter(|valid| *valid > 0), ..Nodes::default() }
    }

    /// The last second in which a failure of now is good.
    #[must_use]
    pub fn failed_until(&self, now: u64) -> u64 {
        now.saturating_add(self.valid.unwrap_or(FAILED))
    }

    /// No node is asked for.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.asked.is_empty()
    }

    /// How many there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// What is known of a name, or a place among those who wait for it.
    pub fn look(&mut self, key: &Key, now: u64) -> Look {
        let Some(node) = self.known.get_mut(key) else { return Look::Ask };
        match &mut node.state {
            State::Known(known) if known.valid >= now => {
                let known = known.clone();
                if node.expire != now + EXPIRE {
                    node.expire = now + EXPIRE;
                    self.forgotten.push_back((node.expire, key.clone()));
                }
                Look::Known(known)
            }
            State::Asked(asked) if asked.is_awaited() => {
                let (tell, told) = oneshot::channel();
                asked.waiting.retain(|waiting| !waiting.is_closed());
                asked.waiting.push(tell);
                Look::Wait(told)
            }
            _ => Look::Ask,
        }
    }

    /// A name is asked for, at a server.
    pub fn ask(&mut self, key: &Key, queries: Vec<Query>, server: usize, now: u64) -> oneshot::Receiver<Outcome> {
        self.asked.retain(|asked| asked != key);
        let (tell, told) = oneshot::channel();
        let asked = Asked { queries, code: 0, ttl: u32::MAX, waiting: vec![tell] };
        self.known.insert(key.clone(), Node { state: State::Asked(asked), server, expire: now + RESEND });
        self.asked.push_back(key.clone());
        told
    }

    /// The queries of a name that have no answer, over TCP or not, and the server to ask.
    #[must_use]
    pub fn open(&self, key: &Key) -> (usize, Vec<Open>) {
        let Some(Node { state: State::Asked(asked), server, .. }) = self.known.get(key) else { return (0, Vec::new()) };
        let open = asked.queries.iter().filter(|query| query.is_open());
        (*server, open.map(|query| (query.message.clone(), query.tcp)).collect())
    }

    /// Another server is asked for a name from now on: the next of so many.
    pub fn turn(&mut self, key: &Key, servers: usize) {
        if let Some(node) = self.known.get_mut(key) {
            node.server = (node.server + 1) % servers;
        }
    }

    /// The next name to ask for again; names that nobody waits for are given up. In how many seconds the next one is due,
    /// if there is one and it is not yet due.
    ///
    /// # Errors
    /// The seconds until then.
    pub fn due(&mut self, now: u64) -> Result<Option<Key>, u64> {
        while let Some(key) = self.asked.front() {
            let Some(node) = self.known.get_mut(key) else {
                self.asked.pop_front();
                continue;
            };
            if now < node.expire {
                return Err(node.expire - now);
            }
            let key = key.clone();
            self.asked.pop_front();
            if matches!(&node.state, State::Asked(asked) if asked.is_awaited()) {
                node.expire = now + RESEND;
                self.asked.push_back(key.clone());
                return Ok(Some(key));
            }
            self.known.remove(&key);
        }
        Ok(None)
    }

    /// Forgets what nobody has asked for in a while.
    pub fn forget(&mut self, now: u64) {
        while let Some((expire, key)) = self.forgotten.front() {
            if now <= *expire {
                return;
            }
            let is_last = |node: &Node| matches!(node.state, State::Known(_)) && node.expire == *expire;
            if self.known.get(key).is_some_and(is_last) {
                self.known.remove(key);
            }
            self.forgotten.pop_front();
        }
    }

    /// The name of the query of a number, among those asked for last.
    #[must_use]
    pub fn asked_with(&self, ident: u16) -> Option<&[u8]> {
        let recent = self.asked.iter().rev().take(100).filter(|key| !key.is_service);
        let is_it = |key: &&Key| match self.known.get(*key) {
            Some(Node { state: State::Asked(asked), .. }) => asked.queries.iter().any(|query| query.ident == ident),
            _ => false,
        };
        recent.into_iter().find(is_it).map(|key| &*key.name)
    }

    /// An answer has come. Says what is to be sent over TCP now, if it must.
    ///
    /// # Errors
    /// What nginx logs; the answer counts for nothing.
    pub fn answer(&mut self, answer: &Answer, now: u64, notes: &mut Vec<String>) -> Result<Option<Again>, Bad> {
        let key = Key { is_service: answer.kind == Kind::Srv, name: answer.name.as_slice().into() };
        let name = String::from_utf8_lossy(&answer.name);
        let unexpected = || Bad::Says(format!("unexpected DNS response for {name}"));
        let node = self.known.get_mut(&key).ok_or_else(unexpected)?;
        let State::Asked(asked) = &mut node.state else { return Err(unexpected()) };
        let mine = asked.queries.iter_mut().find(|query| query.kind == answer.kind && query.is_open());
        let query = mine.ok_or_else(unexpected)?;
        if answer.truncated && query.tcp {
            return Ok(None);
        }
        if answer.ident != query.ident {
            let (ident, expected) = (answer.ident, query.ident);
            return Err(Bad::Says(format!("wrong ident {ident} in DNS response for {name}, expect {expected}")));
        }
        if answer.truncated {
            query.tcp = true;
            let again = Again { server: node.server, message: query.message.clone() };
            let is_awaited = asked.is_awaited();
            node.expire = now + RESEND;
            self.asked.retain(|asked| *asked != key);
            if is_awaited {
                self.asked.push_back(key);
                return Ok(Some(again));
            }
            self.known.remove(&key);
            return Ok(None);
        }
        if let Some(outcome) = asked.take(answer, notes)? {
            self.settle(&key, outcome, now);
        }
        Ok(None)
    }

    /// A name is known or not to be found; all who wait are told.
    fn settle(&mut self, key: &Key, outcome: Result<(What, u32), u8>, now: u64) {
        self.asked.retain(|asked| asked != key);
        let Some(mut node) = self.known.remove(key) else { return };
        let outcome = match outcome {
            Ok((what, ttl)) => Ok(Known { what, valid: now.saturating_add(self.valid.unwrap_or(u64::from(ttl))) }),
            Err(code) => Err(Failed { code, valid: self.failed_until(now) }),
        };
        if let State::Asked(asked) = node.state {
            // Who came last is the first in nginx's list.
            for waiting in asked.waiting.into_iter().rev() {
                // Who does not listen any more need not be told.
                let _ = waiting.send(outcome.clone());
            }
        }
        if let Ok(known) = outcome {
            node.state = State::Known(known);
            node.expire = now + EXPIRE;
            self.forgotten.push_back((node.expire, key.clone()));
            self.known.insert(key.clone(), node);
        }
    }
}

impl Asked {
    /// Somebody still waits.
    fn is_awaited(&self) -> bool {
        self.waiting.iter().any(|waiting| !waiting.is_closed())
    }

    /// What an answer settles: a name that is known now, with the seconds for which it is, or a fault.
    fn take(&mut self, answer: &Answer, notes: &mut Vec<String>) -> Result<Settled, Bad> {
        let mut code = if answer.code == 0 { self.code } else { answer.code };
        if code == 0 && answer.count > 0 {
            let records = answer.records()?;
            notes.extend_from_slice(&records.notes);
            self.ttl = self.ttl.min(records.ttl);
            return self.records(answer.kind, records);
        }
        let is_last = self.put(answer.kind, Vec::new());
        if code == 0 {
            if !is_last {
                return Ok(None);
            }
            if let Some(addresses) = self.addresses() {
                return Ok(Some(Ok((addresses, self.ttl))));
            }
            code = NOT_FOUND;
        }
        if is_last {
            return Ok(Some(Err(code)));
        }
        self.code = code;
        Ok(None)
    }

    fn records(&mut self, kind: Kind, records: Records) -> Result<Settled, Bad> {
        let Records { addresses, mut services, alias, .. } = records;
        let alias = alias.map(|alias| What::Alias(alias.into()));
        if kind == Kind::Srv {
            services.sort_by_key(|service| service.priority);
            let services = (!services.is_empty()).then(|| What::Services(services.into()));
            let what = services.or(alias).ok_or("no SRV type in DNS response")?;
            return Ok(Some(Ok((what, self.ttl))));
        }
        let has_addresses = !addresses.is_empty();
        let is_last = self.put(kind, addresses);
        match self.addresses().filter(|_| is_last).or(alias) {
            Some(what) if is_last => Ok(Some(Ok((what, self.ttl)))),
            None if !has_addresses => Err("no A or CNAME types in DNS response".into()),
            _ => Ok(None),
        }
    }

    /// Keeps the answer of a query; says whether it was the last.
    fn put(&mut self, kind: Kind, addresses: Vec<IpAddr>) -> bool {
        if let Some(query) = self.queries.iter_mut().find(|query| query.kind == kind) {
            query.answer = Some(addresses);
        }
        self.queries.iter().all(|query| !query.is_open())
    }

    /// The addresses that came, if any.
    fn addresses(&self) -> Option<What> {
        let of = |kind| {
            let query = self.queries.iter().find(|query| query.kind == kind);
            query.and_then(|query| query.answer.clone()).unwrap_or_default()
        };
        let both = [of(Kind::A), of(Kind::Aaaa)];
        both.iter().any(|list| !list.is_empty()).then(|| What::Addresses(Rc::new(both)))
    }
}
